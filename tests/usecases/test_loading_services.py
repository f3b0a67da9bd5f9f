from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.calendar import Calendar, load_areas
from bot.domain.services import Service
from bot.usecases.loading.services import (
    RowInvalid,
    checked_today,
    read_services_rows,
    service_from_row,
    service_from_values,
)

ROOT = Path(__file__).parents[2]
CALENDAR = Calendar(ZoneInfo("Europe/London"), load_areas(ROOT / "flows" / "areas.yaml"))
GOOD = {"id": "example-shelter", "name": "Example Shelter", "category": "housing", "area": "bolton"}


def test_a_row_is_read_into_an_entry() -> None:
    row = GOOD | {
        "what_for": "A bed – tonight.",
        "phone": "0161 496 0001",
        "text_number": "116 123",
        "opening_hours": "Mo-Fr 09:00-17:00;  PH off",
        "free_to_call": "YES",
        "verified": "yes",
        "notes": "[check]",
        "checked_on": "2028-02-29",
        "checked_by": "Amina",
    }

    assert service_from_row(row, calendar=CALENDAR) == Service(
        id="example-shelter",
        name="Example Shelter",
        what_for="A bed - tonight.",
        category="housing",
        area="Bolton",
        phone="+441614960001",
        text_number="116123",
        opening_hours="Mo-Fr 09:00-17:00; PH off",
        free_to_call="yes",
        verified=True,
        notes="[check]",
        checked_on=date(2028, 2, 29),
        checked_by="Amina",
    )


def test_what_is_left_blank_is_not_known() -> None:
    service = service_from_row(GOOD | {"phone": "", "free_to_call": "", "verified": " ", "checked_on": ""})

    assert (service.phone, service.free_to_call, service.verified, service.checked_on) == (
        "",
        "unknown",
        False,
        None,
    )


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("id", "Example Shelter", "small letters and digits with hyphens"),
        ("id", "", "is blank"),
        ("name", " ", "is blank"),
        ("category", "housin", "is not one of housing"),
        ("area", "Leeds", "there is no area called 'Leeds'"),
        ("phone", "0161 496 00", "is too short"),
        ("text_number", "ring us", "is not a phone number"),
        ("opening_hours", "Mo-Fr 9-5", "can't be read from '9-5' on"),
        ("free_to_call", "maybe", "is not one of yes, no, unknown"),
        ("verified", "true", "is not yes or no"),
        ("checked_on", "03/12/2026", "write it as"),
        ("checked_on", "2026-02-29", "there is no 2026-02-29 in the calendar"),
    ],
)
def test_a_wrong_cell_is_named_by_column_and_reason(column: str, cell: str, reason: str) -> None:
    with pytest.raises(RowInvalid) as caught:
        service_from_row(GOOD | {column: cell}, calendar=CALENDAR)

    assert caught.value.column == column
    assert reason in caught.value.reason


def test_every_wrong_cell_of_a_row_is_named() -> None:
    with pytest.raises(RowInvalid) as caught:
        service_from_row(GOOD | {"phone": "12", "verified": "perhaps"})

    assert [column for column, _ in caught.value.cells] == ["phone", "verified"]


def test_a_file_names_wrong_cells_by_line_and_gives_the_rows_that_are_right() -> None:
    data = (
        b"id,name,category,area,phone,opening_hours\n"
        b"a,A,housing,Bolton,0161 496 0001,24/7\n"
        b"b,B,housing,Bolton,0161,always\n"
        b"a,C,housing,Bolton,,\n"
    )

    found, problems = read_services_rows(data, "services.csv", CALENDAR)

    assert [service.id for service in found] == ["a"]
    assert [problem.where for problem in problems] == [
        "line 3, column phone", "line 3, column opening_hours", "line 4, column id",
    ]  # fmt: skip


def test_a_column_that_is_not_known_is_refused_by_name() -> None:
    _, [problem] = read_services_rows(b"id,name,category,area,colour\n", "services.csv", CALENDAR)

    assert "colour" in str(problem)


CHECKED = Service(
    "example-shelter", "Example Shelter", "A bed.", "housing", "Bolton", "+441614960001",
    opening_hours="24/7", verified=True, checked_on=date(2026, 3, 1), checked_by="Amina",
)  # fmt: skip


def test_a_column_that_is_not_in_the_file_stays_as_it_was() -> None:
    found = service_from_values({"id": "example-shelter", "name": "Example House", "what_for": None}, CHECKED)

    assert found == replace(CHECKED, name="Example House", what_for="")


@pytest.mark.parametrize(
    "change", [{"phone": "+441614960002"}, {"text_number": "+447700900001"}, {"opening_hours": None}]
)
def test_a_check_does_not_hold_for_a_number_or_hours_that_changed_since(
    change: dict[str, str | None],
) -> None:
    found = service_from_values(change, CHECKED)

    assert (found.checked_on, found.checked_by) == (None, "")


def test_a_check_that_is_given_with_a_new_number_holds() -> None:
    found = service_from_values({"phone": "+441614960002", "checked_on": date(2026, 3, 6)}, CHECKED)

    assert found.checked_on == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("path", "count"),
    [("directory/services.csv", 90), ("directory/to_find.csv", 13), ("demo/services.csv", 27)],
)
def test_the_files_that_ship_load_without_a_problem(path: str, count: int) -> None:
    found, problems = read_services_rows((ROOT / path).read_bytes(), path, CALENDAR)

    assert problems == []
    assert len(found) == count


def test_the_example_area_is_checked_on_the_day_it_is_loaded_and_a_checked_row_keeps_its_day() -> None:
    today = date(2026, 3, 6)
    blank = service_from_row(GOOD)
    checked = service_from_row(GOOD | {"checked_on": "2026-01-01", "checked_by": "Amina"})

    assert checked_today([blank, checked], today=today, by="the demo") == [
        service_from_row(GOOD | {"checked_on": "2026-03-06", "checked_by": "the demo"}),
        checked,
    ]
