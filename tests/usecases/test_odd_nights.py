"""Nights on which clocks change, Christmas and 29 February, from the file that is loaded to the text that goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.deps import Deps
from bot.domain.messages import OutgoingMessage
from bot.errors import InputInvalid
from bot.usecases import escalating
from bot.usecases.move_clock import move_clock
from bot.usecases.work import Work
from tests.builders import AMINA, KAY, LEE, SAM, Town
from tests.usecases.enrolled import an_appointment, load
from tests.usecases.lives import WatchedTransport, new_deps

CHECK_IN, HAND_OVER, FIRST_NIGHT = "How are you doing?", "Hand-over", "these are open now"


@dataclass
class Nights:
    """A town whose clock is moved; what went to each phone, by the clock on the wall."""

    deps: Deps
    went: list[tuple[str, str, str]] = field(default_factory=list)

    def watch(self, message: OutgoingMessage) -> None:
        at = self.deps.calendar.local(self.deps.clock()).strftime("%a %d %b %H:%M %Z")
        self.went.append((at, message.address, message.body))

    def until(self, local: str) -> None:
        """Let time pass until the clock on the wall shows this."""
        wall = datetime.fromisoformat(local)
        move_clock(self.deps, self.deps.calendar.at(wall.date(), wall.time()))

    def times(self, phone: str, words: str) -> list[str]:
        """When texts with these words went to a phone."""
        return [at for at, address, body in self.went if address == phone and words in body]

    def release(self, day: str, time: str) -> None:
        load(self.deps, "releases", f"person,release_date,release_time\nP1,{day},{time}\n")

    def on_call(self, at: datetime) -> list[str]:
        with self.deps.store.begin() as conn:
            return escalating.on_call_names(Work(self.deps, conn, at), "Bolton")

    def rota(self, change: str) -> None:
        """Sam until then, Lee from then on."""
        day = datetime.fromisoformat(change).date()
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        load(
            self.deps, "rota",
            "area,worker,starts_at,ends_at,level\n"
            f"Bolton,{SAM},{before} 09:00,{change},1\nBolton,{LEE},{change},{after} 09:00,1\n",
        )  # fmt: skip


def nights_from(start: datetime) -> Nights:
    nights = Nights(new_deps(start))
    transport = nights.deps.transport
    assert isinstance(transport, WatchedTransport)
    transport.watch = nights.watch
    town = Town(nights.deps)
    town.worker(SAM, "Sam Okoro", level=None)
    town.worker(LEE, "Lee Marsh", level=None)
    town.worker(KAY, "Kay Idris", level=None, role="coordinator")
    town.service_open()
    town.person(AMINA, "Amina", external_id="P1")
    return nights


@pytest.fixture
def spring() -> Iterator[Nights]:
    """The Thursday before clocks go forward at 01:00 on 29 March 2026."""
    nights = nights_from(datetime(2026, 3, 26, 10, 0, tzinfo=UTC))
    yield nights
    nights.deps.store.close()


@pytest.fixture
def autumn() -> Iterator[Nights]:
    """The Thursday before clocks go back at 02:00 on 25 October 2026."""
    nights = nights_from(datetime(2026, 10, 22, 9, 0, tzinfo=UTC))
    yield nights
    nights.deps.store.close()


@pytest.fixture
def christmas() -> Iterator[Nights]:
    """Two days before Christmas 2026. The 26th is a Saturday, so that Monday the 28th is a bank holiday too."""
    nights = nights_from(datetime(2026, 12, 23, 10, 0, tzinfo=UTC))
    yield nights
    nights.deps.store.close()


@pytest.fixture
def leap_year() -> Iterator[Nights]:
    """The middle of February 2028."""
    nights = nights_from(datetime(2028, 2, 10, 10, 0, tzinfo=UTC))
    yield nights
    nights.deps.store.close()


# Check-ins and hand-overs


def test_check_ins_keep_to_the_clock_on_the_wall_when_clocks_go_forward(spring: Nights) -> None:
    spring.release("2026-03-28", "14:00")

    spring.until("2026-03-31T12:00")

    assert spring.times(AMINA, FIRST_NIGHT) == ["Sat 28 Mar 14:00 GMT"]
    assert spring.times(AMINA, CHECK_IN) == [
        "Sat 28 Mar 18:30 GMT",
        "Sun 29 Mar 09:30 BST",
        "Sun 29 Mar 18:30 BST",
    ]
    assert spring.times(KAY, HAND_OVER) == ["Mon 30 Mar 09:00 BST"]


def test_check_ins_keep_to_the_clock_on_the_wall_when_clocks_go_back(autumn: Nights) -> None:
    autumn.release("2026-10-24", "14:00")

    autumn.until("2026-10-27T12:00")

    assert autumn.times(AMINA, FIRST_NIGHT) == ["Sat 24 Oct 14:00 BST"]
    assert autumn.times(AMINA, CHECK_IN) == [
        "Sat 24 Oct 18:30 BST",
        "Sun 25 Oct 09:30 GMT",
        "Sun 25 Oct 18:30 GMT",
    ]
    assert autumn.times(KAY, HAND_OVER) == ["Mon 26 Oct 09:00 GMT"]


def test_somebody_out_on_christmas_eve_is_looked_after_until_the_first_working_day(christmas: Nights) -> None:
    christmas.release("2026-12-24", "11:00")

    christmas.until("2026-12-30T12:00")

    assert christmas.times(AMINA, FIRST_NIGHT) == ["Thu 24 Dec 11:00 GMT"]
    days = ["Fri 25", "Sat 26", "Sun 27", "Mon 28"]
    assert christmas.times(AMINA, CHECK_IN) == [
        "Thu 24 Dec 18:30 GMT",
        *(f"{day} Dec {time} GMT" for day in days for time in ("09:30", "18:30")),
    ]
    assert christmas.times(KAY, HAND_OVER) == ["Tue 29 Dec 09:00 GMT"]


def test_somebody_out_on_the_evening_of_29_february_is_handed_over_on_1_march(leap_year: Nights) -> None:
    leap_year.release("2028-02-29", "17:30")

    leap_year.until("2028-03-02T12:00")

    assert leap_year.times(AMINA, FIRST_NIGHT) == ["Tue 29 Feb 17:30 GMT"]
    assert leap_year.times(AMINA, CHECK_IN) == []
    assert leap_year.times(KAY, HAND_OVER) == ["Wed 01 Mar 09:00 GMT"]


# Reminders


def test_reminders_around_the_night_clocks_go_forward(spring: Nights) -> None:
    load(spring.deps, "appointments", an_appointment("2026-03-29 11:00"))

    spring.until("2026-03-30T12:00")

    assert spring.times(AMINA, "housing appointment") == [
        "Thu 26 Mar 10:00 GMT", "Sat 28 Mar 18:00 GMT", "Sun 29 Mar 09:00 BST",
    ]  # fmt: skip
    assert spring.times(AMINA, "at 11am") == spring.times(AMINA, "housing appointment")


def test_reminders_around_the_night_clocks_go_back(autumn: Nights) -> None:
    load(autumn.deps, "appointments", an_appointment("2026-10-25 11:00"))

    autumn.until("2026-10-26T12:00")

    assert autumn.times(AMINA, "housing appointment") == [
        "Thu 22 Oct 10:00 BST", "Sat 24 Oct 18:00 BST", "Sun 25 Oct 09:00 GMT",
    ]  # fmt: skip
    assert autumn.times(AMINA, "at 11am") == autumn.times(AMINA, "housing appointment")


def test_reminders_of_29_february_count_the_days_that_year_has(leap_year: Nights) -> None:
    load(leap_year.deps, "appointments", an_appointment("2028-02-29 12:00"))
    load(leap_year.deps, "appointments", an_appointment("2028-03-01 12:00", id="A2", kind="health"))

    leap_year.until("2028-03-02T12:00")

    assert leap_year.times(AMINA, "today") == ["Tue 29 Feb 10:00 GMT", "Wed 01 Mar 10:00 GMT"]
    assert leap_year.times(AMINA, "tomorrow") == ["Mon 28 Feb 18:00 GMT", "Tue 29 Feb 18:00 GMT"]


def test_what_we_start_in_the_night_clocks_change_waits_for_eight_o_clock(
    spring: Nights, autumn: Nights
) -> None:
    for nights, night, morning in (
        (spring, "2026-03-28T23:00", "Sun 29 Mar 08:00 BST"),
        (autumn, "2026-10-24T23:00", "Sun 25 Oct 08:00 GMT"),
    ):
        nights.until(night)
        day = nights.deps.calendar.local(nights.deps.clock()).date() + timedelta(days=4)
        load(nights.deps, "appointments", an_appointment(f"{day} 12:00"))

        nights.until(
            (nights.deps.calendar.local(nights.deps.clock()) + timedelta(hours=14)).strftime("%Y-%m-%dT%H:%M")
        )

        assert nights.times(AMINA, "housing appointment") == [morning]


# The rota


def test_a_shift_that_changes_in_the_hour_that_is_there_twice_overlaps(autumn: Nights) -> None:
    autumn.rota("2026-10-25 01:30")
    midnight = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)

    assert autumn.on_call(midnight + timedelta(minutes=89)) == ["Sam"]  # 01:29 BST
    assert set(autumn.on_call(midnight + timedelta(minutes=105))) == {"Sam", "Lee"}  # 01:45 BST
    assert set(autumn.on_call(midnight + timedelta(minutes=149))) == {"Sam", "Lee"}  # 01:29 GMT
    assert autumn.on_call(midnight + timedelta(minutes=151)) == ["Lee"]  # 01:31 GMT


def test_a_shift_that_changes_as_clocks_go_forward_leaves_no_gap(spring: Nights) -> None:
    spring.rota("2026-03-29 02:00")
    midnight = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)

    assert all(spring.on_call(midnight + timedelta(minutes=minute)) for minute in range(0, 240, 5))
    assert spring.on_call(midnight + timedelta(minutes=59)) == ["Sam"]  # 00:59 GMT
    assert spring.on_call(midnight + timedelta(minutes=60)) == ["Lee"]  # 02:00 BST


def test_a_shift_that_changes_at_a_time_that_is_not_there_is_refused_by_name(spring: Nights) -> None:
    with pytest.raises(InputInvalid, match="line 2, column ends_at: there is no 01:30 on 2026-03-29"):
        spring.rota("2026-03-29 01:30")


@pytest.mark.parametrize("change", ["2026-10-25 01:30", "2026-10-25 01:00", "2026-10-25 02:00"])
def test_a_page_in_the_night_clocks_go_back_reaches_whoever_is_on(autumn: Nights, change: str) -> None:
    autumn.rota(change)
    town = Town(autumn.deps)
    move_clock(autumn.deps, datetime(2026, 10, 25, 2, 30, tzinfo=UTC))

    town.text(AMINA, "human")
    town.send()

    assert autumn.times(LEE, "Amina") == ["Sun 25 Oct 02:30 GMT"]
    assert autumn.times(SAM, "Amina") == []


def test_danger_waits_three_minutes_a_rung_however_clocks_go(autumn: Nights) -> None:
    load(
        autumn.deps, "rota",
        "area,worker,starts_at,ends_at,level\n"
        f"Bolton,{SAM},2026-10-24 09:00,2026-10-26 09:00,1\nBolton,{LEE},2026-10-24 09:00,2026-10-26 09:00,2\n",
    )  # fmt: skip
    move_clock(autumn.deps, datetime(2026, 10, 25, 0, 58, tzinfo=UTC))
    Town(autumn.deps).text(AMINA, "i want to die")

    move_clock(autumn.deps, datetime(2026, 10, 25, 1, 2, tzinfo=UTC))

    assert autumn.times(SAM, "DANGER") == ["Sun 25 Oct 01:58 BST"]
    assert autumn.times(LEE, "DANGER") == ["Sun 25 Oct 01:01 GMT"]
