"""The columns of each kind of CSV.

Source: the outer interface, "CSV columns"; a change there is a breaking change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain import csv_cells as cells
from bot.domain.appointments import AppointmentKind, AppointmentStatus
from bot.domain.calendar import Calendar
from bot.domain.csv_rows import Column, Kind
from bot.domain.people import SafeToText


def kinds(calendar: Calendar) -> dict[str, Kind]:
    """Every kind of file but `services`, by name; areas and times are those of the calendar."""
    area, starts = cells.area_in(calendar), cells.instant_in(calendar)
    people = Kind(
        "people",
        (
            Column("external_id", cells.text, required=True),
            Column("first_name", cells.text, required=True),
            Column("last_name", cells.text),
            Column("phone", cells.phone),
            Column("area", area, required=True),
            Column("language", cells.language),
            Column("safe_to_text", cells.one_of(SafeToText)),
            Column("contact_from", cells.wall_time),
            Column("contact_until", cells.wall_time),
            Column("needs", cells.list_of(cells.need)),
            Column("consent", cells.yes_no),
        ),
        key=("external_id",),
        check=_contact_hours,
    )
    releases = Kind(
        "releases",
        (
            Column("person", cells.text, required=True),
            Column("release_date", cells.day, required=True),
            Column("release_time", cells.wall_time),
            Column("prison", cells.text),
            Column("met_by", cells.phone),
            Column("address_tonight", cells.one_of(("yes", "no", "unknown"))),
        ),
        key=("person",),
    )
    appointments = Kind(
        "appointments",
        (
            Column("external_id", cells.text, required=True),
            Column("person", cells.text, required=True),
            Column("kind", cells.one_of(AppointmentKind), required=True),
            Column("starts_at", starts, required=True),
            Column("with", cells.text),
            Column("where", cells.text),
            Column("travel", cells.text),
            Column("status", cells.one_of(AppointmentStatus)),
        ),
        key=("external_id",),
    )
    workers = Kind(
        "workers",
        (
            Column("name", cells.text, required=True),
            Column("phone", cells.phone, required=True),
            Column("email", cells.email),
            Column("role", cells.role, required=True),
            Column("areas", cells.list_of(area), required=True),
        ),
        key=("phone",),
    )
    rota = Kind(
        "rota",
        (
            Column("area", area, required=True),
            Column("worker", cells.phone, required=True),
            Column("starts_at", starts, required=True),
            Column("ends_at", cells.instant_in(calendar, at_end=True), required=True),
            Column("level", cells.level),
        ),
        key=("area", "worker", "starts_at", "level"),
        check=_ends_after_it_starts,
    )
    return {kind.name: kind for kind in (people, releases, appointments, workers, rota)}


def _contact_hours(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    begin, end = values.get("contact_from"), values.get("contact_until")
    if (begin is None) != (end is None):
        missing = "contact_from" if begin is None else "contact_until"
        yield missing, "contact_from and contact_until belong together: fill in both or neither"
    elif begin is not None and begin == end:
        yield "contact_until", "is the same as contact_from, which leaves no time to write"


def _ends_after_it_starts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if values["ends_at"] <= values["starts_at"]:
        yield "ends_at", "is not after starts_at"
