from __future__ import annotations

import csv
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar, load_areas
from bot.domain.directory import CATEGORIES, listing_line
from bot.domain.opening_hours import needs_christmas_check
from bot.domain.services import Listing, Service
from bot.store.directory import Directory
from bot.usecases.loading.services import checked_today, service_from_row

ROOT = Path(__file__).parents[2]
LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(LONDON, load_areas(ROOT / "flows" / "areas.yaml"))
FRIDAY = datetime(2026, 3, 6, 16, 5, tzinfo=UTC)
OFFICE, ALWAYS, EVENING = "Mo-Fr 09:00-17:00; PH off", "24/7", "Mo-Su,PH 16:00-22:00"


def a_service(id: str, **changes: object) -> Service:
    fit = Service(id, id, "", "housing", "Bolton", "+441614960001", opening_hours=ALWAYS)
    return replace(fit, **{"verified": True, "checked_on": date(2026, 3, 1)} | changes)


def rows_of(path: str) -> list[Service]:
    with (ROOT / path).open(newline="", encoding="utf-8") as file:
        return [service_from_row(row, calendar=CALENDAR) for row in csv.DictReader(file)]


def demo(today: date = date(2026, 3, 6)) -> list[Service]:
    return checked_today(rows_of("demo/services.csv"), today=today, by="the demo")


def ids(found: list[Listing]) -> list[str]:
    return [listing.service.id for listing in found]


def find(services: list[Service], area: str = "Bolton", at: datetime = FRIDAY, **options: bool) -> list[str]:
    return ids(Directory(CALENDAR, services).find(["housing"], area, at=at, limit=9, **options))


def test_only_what_is_open_comes_out() -> None:
    rows = [
        a_service("a"),
        a_service("shut", opening_hours="Mo 09:00-10:00"),
        a_service("unknown", opening_hours=""),
    ]

    assert find(rows) == ["a"]
    assert find(rows, only_open=False) == ["a", "shut", "unknown"]


def test_a_listing_says_until_when_or_when_again() -> None:
    directory = Directory(CALENDAR, [a_service("office", opening_hours=OFFICE)])
    [now] = directory.find(["housing"], "Bolton", at=FRIDAY)
    [later] = directory.find(["housing"], "Bolton", at=FRIDAY + timedelta(hours=1), only_open=False)

    assert (now.is_open, now.open_until) == (True, datetime(2026, 3, 6, 17, tzinfo=UTC))
    assert (later.is_open, later.opens_at) == (False, datetime(2026, 3, 9, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [
        {"phone": ""},
        {"verified": False},
        {"checked_on": None},
        {"checked_on": FRIDAY.date() - timedelta(days=91)},
        {"checked_on": FRIDAY.date() + timedelta(days=1)},
        {"notes": "[conflict]"},
    ],
)
def test_what_is_not_fit_to_send_never_comes_out(change: dict[str, object]) -> None:
    directory = Directory(CALENDAR, [a_service("bed", name="Example Bed", **change)])

    assert directory.find(["housing"], "Bolton", at=FRIDAY, only_open=False) == []
    assert directory.search("bed", "Bolton", at=FRIDAY) == []
    assert directory.next_open(["housing"], "Bolton", at=FRIDAY) is None


def test_a_check_lapses_after_ninety_days_without_a_reload() -> None:
    directory = Directory(CALENDAR, [a_service("bed", checked_on=date(2026, 3, 6))])

    assert directory.find(["housing"], "Bolton", at=FRIDAY + timedelta(days=90))
    assert not directory.find(["housing"], "Bolton", at=FRIDAY + timedelta(days=91))


def test_an_area_gets_its_own_first_then_those_around_it_and_none_of_its_neighbours() -> None:
    rows = [
        a_service("national", area="national", free_to_call="yes"),
        a_service("around", area="Greater Manchester", free_to_call="yes"),
        a_service("own"),
        a_service("neighbour", area="Bury"),
    ]

    assert find(rows) == ["own", "around", "national"]
    assert find(rows, area="bolton") == ["own", "around", "national"]
    assert find(rows, area="Greater Manchester") == ["around", "national"]
    assert find(rows, area="Elsewhere") == ["national"]
    assert find(rows, area="") == ["national"]


def test_no_more_than_the_limit_and_the_best_of_them() -> None:
    rows = [a_service(f"s{n}", free_to_call="yes" if n == 7 else "no") for n in range(9)]

    found = Directory(CALENDAR, rows).find(["housing"], "Bolton", at=FRIDAY, limit=2)

    assert ids(found) == ["s7", "s0"]


def test_several_categories_are_one_list_and_each_service_comes_once() -> None:
    directory = Directory(CALENDAR, [a_service("bed"), a_service("meal", category="food")])

    assert ids(directory.find(("food", "housing", "food"), "Bolton", at=FRIDAY)) == ["bed", "meal"]
    assert directory.find((), "Bolton", at=FRIDAY) == []
    assert directory.find(("nothing",), "Bolton", at=FRIDAY) == []


def test_a_name_that_gives_away_comes_out_only_when_the_person_chose_so() -> None:
    rows = [a_service("plain"), a_service("telling", name="Prison Leavers Beds")]

    assert find(rows) == ["plain"]
    assert find(rows, telling_names=True) == ["telling", "plain"]
    directory = Directory(CALENDAR, rows)
    assert directory.search("prison beds", "Bolton", at=FRIDAY) == []
    assert ids(directory.search("prison beds", "Bolton", at=FRIDAY, telling_names=True)) == ["telling"]


def test_abuse_is_named_only_when_it_was_asked_for() -> None:
    line = a_service("line", name="Example Abuse Line", category="domestic_abuse")
    crisis = a_service("crisis", name="Example Abuse Line", category="crisis")
    directory = Directory(CALENDAR, [line, crisis])

    assert ids(directory.find(["domestic_abuse", "crisis"], "Bolton", at=FRIDAY)) == ["line"]


def test_next_open_is_now_when_one_is_open_else_the_first_to_open() -> None:
    rows = [a_service("office", opening_hours=OFFICE), a_service("evening", opening_hours=EVENING)]
    directory = Directory(CALENDAR, rows)
    saturday = datetime(2026, 3, 7, 11, tzinfo=UTC)

    assert directory.next_open(["housing"], "Bolton", at=FRIDAY) == FRIDAY
    assert directory.next_open(["housing"], "Bolton", at=saturday) == datetime(2026, 3, 7, 16, tzinfo=UTC)
    assert directory.next_open(["housing"], "Bury", at=saturday) is None


def test_hours_are_looked_at_again_when_the_clock_goes_back() -> None:
    directory = Directory(CALENDAR, [a_service("office", opening_hours=OFFICE)])

    for hour, is_open in ((20, False), (10, True), (8, False), (16, True), (17, False)):
        at = datetime(2026, 3, 6, hour, tzinfo=UTC)
        assert bool(directory.find(["housing"], "Bolton", at=at)) is is_open


def test_christmas_goes_by_the_day_of_the_check() -> None:
    rows = [
        a_service("unchecked", opening_hours=EVENING, checked_on=date(2026, 11, 30)),
        a_service("checked", opening_hours=EVENING, checked_on=date(2026, 12, 1)),
        a_service("always", checked_on=date(2026, 11, 30)),
    ]

    assert find(rows, at=datetime(2026, 12, 25, 17, tzinfo=UTC)) == ["always", "checked"]


@pytest.mark.parametrize("hours", ["nonsense", "SH 10:00-12:00", "  "])
def test_hours_that_can_not_be_read_are_not_known(hours: str) -> None:
    assert find([a_service("a", opening_hours=hours)]) == []
    assert find([a_service("a", opening_hours=hours)], only_open=False) == ["a"]


def test_replace_takes_all_the_new_ones_and_none_of_the_old() -> None:
    directory = Directory(CALENDAR, [a_service("old", name="Old Kitchen")])
    directory.replace([a_service("new", name="New Canteen")])

    assert ids(directory.find(["housing"], "Bolton", at=FRIDAY)) == ["new"]
    assert directory.search("kitchen", "Bolton", at=FRIDAY) == []
    assert ids(directory.search("canteen", "Bolton", at=FRIDAY)) == ["new"]


def test_an_empty_directory_finds_nothing() -> None:
    directory = Directory(CALENDAR)

    assert directory.find(["housing"], "Bolton", at=FRIDAY) == []
    assert directory.search("bed", "Bolton", at=FRIDAY) == []


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("where can i get some hot food tonight", "example-evening-kitchen"),
        ("I need a bed", "example-night-line"),
        ("PRESCRIPTION", "example-late-pharmacy"),
        ("my prescriptions!!", "example-late-pharmacy"),
        ("bus", "example-buses"),
        ("someone to talk to about drink", "example-recovery-line"),
    ],
)
def test_free_text_finds_the_service_that_is_meant(text: str, best: str) -> None:
    found = Directory(CALENDAR, demo()).search(text, "Example Town", at=FRIDAY)

    assert best in ids(found)


def test_search_gives_what_is_open_first_then_the_best_match() -> None:
    rows = [
        a_service("shut", name="Soup Soup", opening_hours="Mo 09:00-10:00"),
        a_service("in what it is for", what_for="Soup and bread."),
        a_service("in the name", name="Soup Kitchen"),
        a_service("elsewhere", name="Soup Kitchen", area="Bury"),
    ]

    found = Directory(CALENDAR, rows).search("soup", "Bolton", at=FRIDAY)

    assert ids(found) == ["in the name", "in what it is for", "shut"]


@pytest.mark.parametrize("text", ["", "  ", "where can i get", '"', "* OR NOT (", "name:", "\x00", "😀", "-"])
def test_a_text_without_a_word_to_look_for_finds_nothing(text: str) -> None:
    assert Directory(CALENDAR, [a_service("a")]).search(text, "Bolton", at=FRIDAY) == []


@given(st.text(max_size=40))
def test_no_text_breaks_the_search(text: str) -> None:
    assert len(EVERYTHING.search(text, "Example Town", at=FRIDAY)) <= 3


EVERYTHING = Directory(CALENDAR, demo())
minutes = st.integers(0, 90 * 24 * 60).map(lambda ahead: FRIDAY + timedelta(minutes=ahead))


@given(minutes, st.sampled_from(CATEGORIES))
def test_next_open_is_never_before_now_and_something_is_open_then(at: datetime, category: str) -> None:
    opens = EVERYTHING.next_open([category], "Example Town", at=at)

    assert opens is not None
    assert opens >= at
    if (CALENDAR.local(opens).date() - FRIDAY.date()).days <= 90:
        assert EVERYTHING.find([category], "Example Town", at=opens)


def test_the_starter_directory_sends_nothing_until_somebody_has_checked_it() -> None:
    directory = Directory(CALENDAR, rows_of("directory/services.csv") + rows_of("directory/to_find.csv"))

    for area in CALENDAR.areas:
        assert directory.find(CATEGORIES, area, at=FRIDAY, only_open=False, telling_names=True) == []


def test_the_example_area_has_something_of_every_kind() -> None:
    assert {service.category for service in demo()} == set(CATEGORIES)
    directory = Directory(CALENDAR, demo())
    for category in CATEGORIES:
        assert directory.find([category], "Example Town", at=FRIDAY, only_open=False)


def test_a_friday_release_in_the_example_area_gets_what_is_open_that_evening() -> None:
    directory = Directory(CALENDAR, demo())
    evening = datetime(2026, 3, 6, 18, 30, tzinfo=UTC)

    lines = [
        listing_line(listing, CALENDAR, now=evening)
        for listing in directory.find(["housing", "food"], "Example Town", at=evening)
    ]

    assert lines == [
        "Example Evening Kitchen 0161 496 0111, open until 8pm",
        "Example Night Shelter 0161 496 0103, open until 10pm",
        "Example Town night line 0161 496 0102, open until 9am Monday",
    ]


def test_the_example_area_has_a_bed_line_on_christmas_night_when_loaded_that_day() -> None:
    christmas = datetime(2026, 12, 25, 23, tzinfo=UTC)
    directory = Directory(CALENDAR, demo(christmas.date()))

    assert not needs_christmas_check(christmas.date(), christmas.date())
    assert ids(directory.find(["housing"], "Example Town", at=christmas)) == ["example-night-line"]


def test_every_line_of_the_example_area_is_short_and_plain() -> None:
    directory = Directory(CALENDAR, demo())
    for category in CATEGORIES:
        for listing in directory.find([category], "Example Town", at=FRIDAY, limit=9, only_open=False):
            line = listing_line(listing, CALENDAR, now=FRIDAY)
            assert len(line) <= 80
            assert line.isascii()


def test_numbers_of_the_example_area_ring_nowhere_or_are_public() -> None:
    for service in demo():
        for number in filter(None, (service.phone, service.text_number)):
            assert number.startswith(("+441614960", "+447700900")) or number in {
                "999",
                "111",
                "116123",
                "85258",
            }


def test_threads_may_search_while_the_directory_is_replaced() -> None:
    directory = Directory(CALENDAR, demo())

    def look(turn: int) -> int:
        if turn % 10 == 0:
            directory.replace(demo())
        return len(directory.search("hot food", "Example Town", at=FRIDAY)) and len(
            directory.find(["housing"], "Example Town", at=FRIDAY)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, range(200)))


def test_find_among_two_hundred_services_takes_under_a_millisecond() -> None:
    rows = [a_service(f"s{n}", opening_hours=(OFFICE, EVENING, ALWAYS)[n % 3]) for n in range(200)]
    directory = Directory(CALENDAR, rows)
    directory.find(["housing"], "Bolton", at=FRIDAY)
    taken = []
    for minute in range(20):
        began = time.perf_counter()
        directory.find(["housing"], "Bolton", at=FRIDAY + timedelta(minutes=minute))
        taken.append(time.perf_counter() - began)

    assert min(taken) < 0.001
