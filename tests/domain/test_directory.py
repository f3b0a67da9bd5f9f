from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.calendar import Calendar
from bot.domain.directory import gives_away, listing_line, rank, rows_to_ring, unfit_reasons
from bot.domain.services import Listing, Service

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(LONDON, {"national": None})
TODAY = date(2026, 3, 6)
NOW = datetime(2026, 3, 6, 16, 5, tzinfo=UTC)  # a Friday

FIT = Service(
    id="example-shelter",
    name="Example Shelter",
    what_for="A bed for the night.",
    category="housing",
    area="Bolton",
    phone="+441614960001",
    verified=True,
    checked_on=TODAY,
)


def test_a_verified_number_checked_today_without_a_flag_is_fit() -> None:
    assert unfit_reasons(FIT, today=TODAY) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phone": ""}, "no number"),
        ({"verified": False}, "number not verified"),
        ({"checked_on": None}, "never checked"),
        ({"checked_on": TODAY - timedelta(days=91)}, "last checked on 2025-12-05, over 90 days ago"),
        ({"checked_on": TODAY + timedelta(days=1)}, "checked on 2026-03-07, a day that is still to come"),
        ({"notes": "Ask for Sam. [weak source] Seen in 2024."}, "open flag [weak source]"),
        ({"notes": "[ask again]"}, "open flag [ask again]"),
    ],
)
def test_each_thing_that_is_missing_makes_it_unfit_and_is_named(
    change: dict[str, object], reason: str
) -> None:
    assert unfit_reasons(replace(FIT, **change), today=TODAY) == [reason]


def test_a_check_holds_for_ninety_days() -> None:
    assert unfit_reasons(replace(FIT, checked_on=TODAY - timedelta(days=90)), today=TODAY) == []


def test_a_number_for_texts_alone_is_a_number() -> None:
    assert unfit_reasons(replace(FIT, phone="", text_number="85258"), today=TODAY) == []


def test_everything_that_is_wrong_is_named() -> None:
    bare = replace(FIT, phone="", verified=False, notes="[no number] [check]", checked_on=None)

    assert unfit_reasons(bare, today=TODAY) == [
        "no number", "open flag [no number]", "open flag [check]", "never checked",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["Women in Prison", "Probation: Bolton", "Prisoners' Advice Service", "National Domestic Abuse Helpline",
     "Rape Crisis 24/7 line", "Unlock helpline", "Ex-Offender Support", "Recall help"],
)  # fmt: skip
def test_a_name_that_tells_gives_away(name: str) -> None:
    assert gives_away(replace(FIT, name=name))


@pytest.mark.parametrize("name", ["Example Shelter", "Citizens Advice", "NHS 111", "Booth Centre", "Galop"])
def test_a_plain_name_gives_nothing_away(name: str) -> None:
    assert not gives_away(replace(FIT, name=name))


def listing(
    *, open_until: datetime | None = None, opens_at: datetime | None = None, is_open: bool = True, **of: str
) -> Listing:
    return Listing(replace(FIT, **of), is_open and opens_at is None, open_until, opens_at)


def line(found: Listing, now: datetime = NOW) -> str:
    return listing_line(found, CALENDAR, now=now)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (datetime(2026, 3, 6, 22, tzinfo=UTC), "open until 10pm"),
        (datetime(2026, 3, 7, 0, tzinfo=UTC), "open until midnight"),
        (datetime(2026, 3, 7, 9, tzinfo=UTC), "open until 9am tomorrow"),
        (datetime(2026, 3, 8, 0, tzinfo=UTC), "open until midnight tomorrow"),
        (datetime(2026, 3, 9, 9, 30, tzinfo=UTC), "open until 9:30am Monday"),
        (datetime(2026, 3, 14, 9, tzinfo=UTC), "open until 9am Saturday 14 March"),
        (None, "open all day and night"),
    ],
)
def test_a_line_says_until_when_it_is_open(until: datetime | None, words: str) -> None:
    assert line(listing(open_until=until)) == f"Example Shelter 0161 496 0001, {words}"


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        (datetime(2026, 3, 6, 18, tzinfo=UTC), "opens 6pm"),
        (datetime(2026, 3, 7, 9, tzinfo=UTC), "opens 9am tomorrow"),
        (datetime(2026, 3, 9, 9, tzinfo=UTC), "opens 9am Monday"),
        (datetime(2026, 3, 12, 12, tzinfo=UTC), "opens noon Thursday"),
        (datetime(2026, 3, 13, 9, tzinfo=UTC), "opens 9am Friday 13 March"),
        (datetime(2026, 3, 8, 0, tzinfo=UTC), "opens midnight Sunday"),
    ],
)
def test_a_line_says_when_it_opens(opens: datetime, words: str) -> None:
    assert line(listing(opens_at=opens)) == f"Example Shelter 0161 496 0001, {words}"


def test_a_line_says_when_nobody_knows_the_hours() -> None:
    assert line(listing(is_open=False)) == "Example Shelter 0161 496 0001, ring to ask when it is open"
    assert line(listing(is_open=False, phone="", text_number="85258")).endswith(", opening hours not known")


def test_a_line_gives_local_time() -> None:
    summer = datetime(2026, 7, 6, 16, 5, tzinfo=UTC)

    assert line(listing(open_until=summer + timedelta(hours=2, minutes=55)), summer).endswith(
        "open until 8pm"
    )


def test_a_line_says_that_it_is_free_to_call() -> None:
    assert line(listing(free_to_call="yes")).endswith(", open all day and night, free to call")
    assert "free" not in line(listing(free_to_call="unknown"))


def test_a_line_that_would_be_too_long_leaves_out_that_it_is_free() -> None:
    long_name = "Example Night Line for the Whole of the Town"

    assert line(listing(name=long_name, free_to_call="yes")) == (
        f"{long_name} 0161 496 0001, open all day and night"
    )


def test_a_service_that_takes_texts_alone_says_where_to_text() -> None:
    found = listing(name="Shout", phone="", text_number="85258", free_to_call="yes")

    assert line(found) == "Shout text 85258, open all day and night"


def test_a_number_that_is_in_the_name_is_said_once() -> None:
    assert line(listing(name="NHS 111", phone="111")) == "NHS 111, open all day and night"
    assert line(listing(name="Samaritans", phone="116123")).startswith("Samaritans 116 123,")


def test_best_first_is_open_then_own_area_then_free_then_soonest_then_for_anyone() -> None:
    chain = ("Bolton", "Greater Manchester", "national")
    soon, late = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    in_order = [
        listing(name="B free here", free_to_call="yes", who_can_use="Women"),
        listing(name="Z for anyone here", who_can_use="Anyone in Bolton"),
        listing(name="A here"),
        listing(name="B here"),
        listing(name="A around", area="Greater Manchester", free_to_call="yes"),
        listing(name="A national", area="national", free_to_call="yes"),
        listing(name="Z soon", opens_at=soon),
        listing(name="A later", opens_at=late),
        listing(name="A unknown", is_open=False),
        listing(name="A free and shut around", area="Greater Manchester", opens_at=soon, free_to_call="yes"),
    ]

    backwards = in_order[::-1]

    assert sorted(backwards, key=lambda found: rank(found, chain)) == in_order


def test_rows_to_ring_says_which_and_why_by_area_and_name() -> None:
    rows = [
        replace(FIT, id="never", name="Never Checked", area="Salford", phone="116123", checked_on=None),
        replace(FIT, id="bare", name="No Number", phone="", notes="[no number]"),
        replace(FIT, id="fit"),
        replace(FIT, id="soon", name="Soon Stale", checked_on=TODAY - timedelta(days=76)),
        replace(FIT, id="later", name="Later Stale", checked_on=TODAY - timedelta(days=75)),
    ]

    assert rows_to_ring(rows, TODAY) == [
        "Bolton: No Number, row bare: no number; open flag [no number]",
        "Bolton: Soon Stale (0161 496 0001), row soon: fit until 2026-03-20, check again soon",
        "Salford: Never Checked (116 123), row never: never checked",
    ]
