"""What is right in a CSV, and how everything that is wrong with it is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.csv_kinds import kinds
from bot.domain.csv_rows import Row, read_rows
from bot.domain.people import SafeToText

CALENDAR = Calendar(
    ZoneInfo("Europe/London"), {"national": None, "Bolton": "national", "Salford": "national"}
)
KINDS = kinds(CALENDAR)
PEOPLE = "external_id,first_name,phone,area\n"
APPOINTMENTS = "external_id,person,kind,starts_at\n"
ROTA = "area,worker,starts_at,ends_at,level\n"


def read(kind: str, content: str | bytes) -> tuple[list[Row], list[str]]:
    data = content.encode() if isinstance(content, str) else content
    rows, problems = read_rows(KINDS[kind], data, "x.csv")
    return rows, [str(problem) for problem in problems]


def test_every_column_of_a_person_is_read() -> None:
    rows, problems = read(
        "people",
        "external_id,first_name,last_name,phone,area,language,safe_to_text,contact_from,contact_until,needs,consent\n"
        "P1,Amina,Khan,07700 900101,bolton,PL,discreet,9:00,17:30,id;Banking;id,yes\n",
    )

    assert problems == []
    assert rows[0].values == {
        "external_id": "P1", "first_name": "Amina", "last_name": "Khan", "phone": "+447700900101",
        "area": "Bolton", "language": "pl", "safe_to_text": SafeToText.DISCREET, "contact_from": time(9),
        "contact_until": time(17, 30), "needs": ("id", "banking"), "consent": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "phone", ["07700 900123", "+44 7700 900123", "0044 7700900123", "447700900123", "7700900123"]
)
def test_phones_in_any_uk_form_are_one_number(phone: str) -> None:
    rows, _ = read("people", f"{PEOPLE}P1,Amina,{phone},Bolton\n")

    assert rows[0].values["phone"] == "+447700900123"


def test_columns_may_come_in_any_order_with_a_byte_order_mark_and_blank_lines() -> None:
    rows, problems = read(
        "people", "\ufeffArea, first_name,external_id\r\n\r\nBolton,Ben,P1\r\n,,\r\nSalford,Amy,P2\r\n"
    )

    assert problems == []
    assert [(row.line, row.values["external_id"]) for row in rows] == [(3, "P1"), (5, "P2")]


def test_lines_are_counted_as_in_the_file_even_with_line_breaks_in_a_cell() -> None:
    rows, problems = read(
        "people",
        'external_id,first_name,area\nP1,"Ann\nMarie",Bolton\nP2,Ben,Nowhere\nP3,"C\n\nD",Bolton\nP4,,Bolton\n',
    )

    assert rows[0].values["first_name"] == "Ann Marie"
    assert problems == [
        "x.csv: line 4, column area: there is no area called 'Nowhere'",
        "x.csv: line 8, column first_name: is blank",
    ]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("external_id,first_name", "line 1, column area: is missing"),
        ("external_id,first_name,area,shoe_size", "line 1, column shoe_size: is not a column of people"),
        ("external_id,first_name,area,phone,phone", "line 1, column phone: is there twice"),
        ("external_id,first_name,area,", "line 1, column 4: has no name"),
        ("external_id;first_name;area", "line 1: columns have ; between them"),
    ],
)
def test_a_wrong_header_is_named(header: str, problem: str) -> None:
    rows, problems = read("people", f"{header}\nP1,Amina,Bolton\n")

    assert rows == []
    assert len(problems) == 1
    assert problems[0].startswith(f"x.csv: {problem}")


def test_every_wrong_column_of_a_header_is_named_at_once() -> None:
    _, problems = read("people", "first_name,colour,area,Area\nAmina,red,Bolton,Bolton\n")

    assert [p.split(": ")[1] for p in problems] == [
        "line 1, column colour", "line 1, column area", "line 1, column external_id",
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_a_file_without_a_header_is_refused(content: str) -> None:
    assert read("people", content) == ([], ["x.csv: line 1: there is no header row"])


def test_a_header_alone_is_a_file_without_rows() -> None:
    assert read("people", PEOPLE) == ([], [])


def test_a_byte_that_is_not_utf8_is_named_with_its_line() -> None:
    _, problems = read("people", PEOPLE.encode() + b"P1,Amina,,Bolton\nP2,Ren\xe9,,Bolton\n")

    assert problems == ["x.csv: line 3: byte 0xe9 is not UTF-8; save the file as CSV UTF-8"]


def test_a_quote_that_is_never_closed_is_named() -> None:
    _, problems = read("people", f'{PEOPLE}P1,"Amina,,Bolton\nP2,Ben,,Bolton\n')

    assert len(problems) == 1
    assert problems[0].endswith("a quote is opened and never closed")


@pytest.mark.parametrize("row", ["P1,Amina,,Bolton,more", "P1,Amina"])
def test_a_row_with_too_many_or_too_few_cells_is_named(row: str) -> None:
    _, problems = read("people", f"{PEOPLE}{row}\n")

    assert problems == [f"x.csv: line 2: has {row.count(',') + 1} cells, the header has 4"]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("phone", "0770", "too short"),
        ("phone", "call me", "is not a phone number"),
        ("phone", "999", "is not a phone that can be texted"),
        ("phone", "4.477E+11", "spoilt by a spreadsheet"),
        ("area", "Boltn", "there is no area called 'Boltn'; do you mean Bolton?"),
        ("language", "Polish please", "is not a language code"),
        ("safe_to_text", "maybe", "is not one of yes, discreet, no"),
        ("contact_from", "9am", "is not a time of day; write it as 09:30"),
        ("contact_from", "25:00", "there is no 25:00 on a clock"),
        ("contact_from", "09:00", "fill in both or neither"),
        ("needs", "id;b@nk", "is not a need"),
        ("needs", ";", "names nothing"),
        ("consent", "si", "is not yes or no"),
        ("first_name", "x" * 301, "is 301 characters long"),
        ("first_name", "A\x07", "has a character that can't be shown"),
    ],
)
def test_a_wrong_cell_of_a_person_is_named_by_line_column_and_reason(
    column: str, cell: str, reason: str
) -> None:
    values = {"external_id": "P1", "first_name": "Amina", "area": "Bolton", column: cell}

    rows, problems = read("people", f"{','.join(values)}\n{','.join(values.values())}\n")

    assert rows == []
    assert len(problems) == 1
    assert problems[0].startswith("x.csv: line 2, column ")
    assert reason in problems[0]


def test_contact_hours_that_leave_no_time_are_refused() -> None:
    _, problems = read(
        "people", "external_id,first_name,area,contact_from,contact_until\nP1,A,Bolton,09:00,09:00\n"
    )

    assert "column contact_until: is the same as contact_from" in problems[0]


def test_the_same_person_twice_is_named_with_the_line_it_was_on_before() -> None:
    _, problems = read("people", f"{PEOPLE}P1,Amina,,Bolton\nP2,Ben,,Bolton\nP1,Amina,,Salford\n")

    assert problems == ["x.csv: line 4, column external_id: is on line 2 too"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    _, problems = read("people", f"{PEOPLE}P1,,12,Nowhere\nP2,Ben,,Bolton\n,Carys,,\n")

    assert [p.split(": ")[1] for p in problems] == [
        "line 2, column first_name", "line 2, column phone", "line 2, column area",
        "line 4, column external_id", "line 4, column area",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2026-03-29 01:30", "there is no 01:30 on 2026-03-29: clocks go forward over it"),
        ("2026-02-29 10:00", "there is no 2026-02-29 in the calendar"),
        ("31/03/2026 10:00", "is not a time; write it as 2026-03-31 09:30"),
        ("2026-03-31", "is not a time"),
        ("2026-03-31 24:00", "there is no 24:00 on a clock"),
    ],
)
def test_a_time_that_does_not_exist_is_an_error_that_says_so(cell: str, reason: str) -> None:
    _, problems = read("appointments", f"{APPOINTMENTS}A1,P1,housing,{cell}\n")

    assert len(problems) == 1
    assert problems[0].startswith("x.csv: line 2, column starts_at: ")
    assert reason in problems[0]


def test_times_are_local_and_kept_in_utc() -> None:
    rows, _ = read(
        "appointments",
        f"{APPOINTMENTS}A1,P1,housing,2026-07-01 10:00\nA2,P1,Legal,2028-02-29 9:05\n"
        "A3,P1,other,2026-10-25 01:30\n",
    )

    assert [row.values["starts_at"] for row in rows] == [
        datetime(2026, 7, 1, 9, tzinfo=UTC),
        datetime(2028, 2, 29, 9, 5, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # the first of the two half past ones
    ]


@pytest.mark.parametrize(("column", "cell"), [("kind", "dentist"), ("status", "done")])
def test_words_that_are_not_on_the_list_are_refused_with_the_list(column: str, cell: str) -> None:
    values = {
        "external_id": "A1",
        "person": "P1",
        "kind": "health",
        "starts_at": "2026-07-01 10:00",
        column: cell,
    }

    _, problems = read("appointments", f"{','.join(values)}\n{','.join(values.values())}\n")

    assert f"'{cell}' is not one of" in problems[0]


def test_a_release_may_have_no_time() -> None:
    rows, problems = read(
        "releases", "person,release_date,release_time,address_tonight\nP1,2026-12-25,,unknown\n"
    )

    assert problems == []
    assert rows[0].values["release_date"] == date(2026, 12, 25)
    assert rows[0].values["release_time"] is None


def test_a_shift_that_ends_in_the_doubled_hour_ends_the_last_time_so_that_there_is_no_gap() -> None:
    rows, _ = read(
        "rota",
        f"{ROTA}Bolton,07700 900201,2026-10-24 22:00,2026-10-25 01:30,\n"
        "Bolton,07700 900202,2026-10-25 01:30,2026-10-25 09:00,2\n",
    )

    assert rows[0].values["ends_at"] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert rows[1].values["starts_at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("Bolton,07700 900201,2026-10-24 22:00,2026-10-24 22:00,1", "column ends_at: is not after starts_at"),
        ("Bolton,07700 900201,2026-10-24 22:00,2026-10-25 09:00,0", "column level: '0' is not a level"),
        (
            "Bolton,07700 900201,2026-10-24 22:00,2026-10-25 09:00,first",
            "column level: 'first' is not a level",
        ),
        ("Bolton,,2026-10-24 22:00,2026-10-25 09:00,1", "column worker: is blank"),
    ],
)
def test_a_wrong_shift_is_named(row: str, where: str) -> None:
    _, problems = read("rota", f"{ROTA}{row}\n")

    assert len(problems) == 1
    assert where in problems[0]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("areas", "Bolton;Salfrod", "there is no area called 'Salfrod'; do you mean Salford?"),
        ("email", "sam at example", "is not an email address"),
        ("role", "peer+mentor", "is not a role"),
    ],
)
def test_a_wrong_worker_is_named(column: str, cell: str, reason: str) -> None:
    values = {
        "name": "Sam",
        "phone": "07700 900201",
        "role": "Peer mentor",
        "areas": "Bolton;salford",
        column: cell,
    }

    _, problems = read("workers", f"{','.join(values)}\n{','.join(values.values())}\n")

    assert len(problems) == 1
    assert reason in problems[0]


def test_fancy_quotes_and_dashes_are_made_plain_for_they_cost_more() -> None:
    rows, _ = read(
        "appointments",
        "external_id,person,kind,starts_at,where\nA1,P1,other,2026-07-01 10:00,St John’s – Hall\n",
    )

    assert rows[0].values["where"] == "St John's - Hall"


@given(st.binary(max_size=400), st.sampled_from(sorted(KINDS)))
def test_no_file_whatever_makes_reading_raise(data: bytes, kind: str) -> None:
    read_rows(KINDS[kind], data, "x.csv")


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=5), max_size=6))
def test_no_cells_whatever_make_reading_raise(cells: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]

    rows, problems = read("people", PEOPLE + "\n".join(lines))

    assert len(rows) <= len(cells)
    assert all(": line " in problem for problem in problems)
