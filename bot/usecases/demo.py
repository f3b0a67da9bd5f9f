"""The example area: made-up people, workers, rota and appointments around today, to try things out with.

The files in `demo/` are those of `load`, with days written as `{+0}` (today), `{+1}` (tomorrow), `{friday}`
(the Friday of this weekend, or of the coming one) or `{monday}` (the Monday after it).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.deps import Deps
from bot.domain.csv_rows import read_rows
from bot.domain.services import Service
from bot.errors import InputInvalid
from bot.store import people, services, workers
from bot.usecases.loading import load_bytes
from bot.usecases.loading.services import checked_today, service_from_values, services_kind

FOLDER = Path(__file__).resolve().parent.parent.parent / "demo"
FIRST = "demo-amina"
ROTA_DAYS = 16
_FRIDAY = 4


def load_demo(deps: Deps, *, now: datetime) -> None:
    """Load the example area. Again: its rota goes on from today, and nothing else changes."""
    today = deps.calendar.local(now).date()
    _load_services(deps, today)
    with deps.store.read() as conn:
        is_there = people.by_external_id(conn, FIRST) is not None
    if not is_there:
        _load(deps, "people", now, _as_it_is)
        _load(deps, "workers", now, _as_it_is)
    _load(deps, "rota", now, lambda text: _rota(text, today))
    if not is_there:
        days = demo_days(deps, now)
        _load(deps, "releases", now, lambda text: _with_days(text, days))
        _load(deps, "appointments", now, lambda text: _with_days(text, days))
        _share_out(deps)


def _load(deps: Deps, kind: str, now: datetime, expand: Callable[[str], str]) -> None:
    path = FOLDER / f"{kind}.csv"
    content = expand(path.read_text("utf-8"))
    load_bytes(deps, kind, content.encode(), file=path.name, now=now)


def _load_services(deps: Deps, today: date) -> None:
    """The example services count as rung up today, for they are made up."""
    path = FOLDER / "services.csv"
    rows, problems = read_rows(services_kind(deps.calendar), path.read_bytes(), path.name)
    if problems:
        raise InputInvalid(problems)
    found = [service_from_values(row.values) for row in rows]
    with deps.store.begin() as conn:
        there = {service.id: service for service in services.all(conn)}
        fresh = [
            service for service in checked_today(found, today=today, by="example")
            if not _is_as_before(service.id, service.checked_on, there)
        ]  # fmt: skip
        services.save(conn, fresh)


def _is_as_before(service_id: str, checked_on: date | None, there: dict[str, Service]) -> bool:
    """Whether an entry was loaded within the last month; older ones are checked anew."""
    known = there.get(service_id)
    if known is None or known.checked_on is None or checked_on is None:
        return False
    return checked_on - known.checked_on < timedelta(days=30)


def _as_it_is(text: str) -> str:
    return text


def demo_days(deps: Deps, now: datetime) -> dict[str, date]:
    """The days that stand in the files between braces, as seen from `now`."""
    today = deps.calendar.local(now).date()
    friday = today + timedelta(days=_FRIDAY - today.weekday())
    days = {f"+{n}": today + timedelta(days=n) for n in range(15)}
    return {**days, "friday": friday, "monday": friday + timedelta(days=3)}


def _with_days(text: str, days: dict[str, date]) -> str:
    for name, day in days.items():
        text = text.replace(f"{{{name}}}", day.isoformat())
    return text


def _rota(text: str, today: date) -> str:
    """A day's shifts for each of the coming days, from yesterday on, who is first taking turns."""
    header, *lines = text.splitlines()
    phones = [
        row["phone"] for row in csv.DictReader(io.StringIO((FOLDER / "workers.csv").read_text("utf-8")))
    ]
    shown = [header]
    for n in range(-1, ROTA_DAYS):
        day = today + timedelta(days=n)
        turn = day.toordinal() % 2
        values = {"day": day.isoformat(), "next": (day + timedelta(days=1)).isoformat(),
                  "first": phones[turn], "second": phones[1 - turn]}  # fmt: skip
        for line in lines:
            for name, value in values.items():
                line = line.replace(f"{{{name}}}", value)
            shown.append(line)
    return "\n".join(shown) + "\n"


def _share_out(deps: Deps) -> None:
    """Say who is responsible for whom."""
    with deps.store.begin() as conn:
        lee = workers.by_phone(conn, "+447700900202")
        ben = people.by_external_id(conn, "demo-ben")
        if lee is not None and ben is not None:
            people.change(conn, ben.id, responsible_worker_id=lee.id)
