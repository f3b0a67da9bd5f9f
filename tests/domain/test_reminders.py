"""Which texts go out ahead of an appointment, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.appointments import Appointment, AppointmentKind, AppointmentStatus
from bot.domain.calendar import Calendar
from bot.domain.people import Person
from bot.domain.quiet_hours import quiet_hours_of
from bot.domain.reminders import Planned, PlanSpec, ReminderKind, TextRule, plan

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(
    LONDON, {"national": None, "Example County": "national", "Example Town": "Example County"}
)
NIGHT = quiet_hours_of(None, LONDON)
SPEC = PlanSpec()


def wall(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC)


def an_appointment(starts_at: datetime, **changes: object) -> Appointment:
    found = Appointment(
        id="a1", external_id="A1", person_id="p1", kind=AppointmentKind.HOUSING, starts_at=starts_at
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def planned(
    appointment: Appointment, *, now: datetime, quiet=NIGHT, spec=SPEC, area=""
) -> list[tuple[str, str]]:
    found = plan(appointment, plan_spec=spec, quiet=quiet, now=now, calendar=CALENDAR, area=area)
    return [(p.kind, p.due_at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")) for p in found]


def test_an_appointment_far_off_gets_four_texts() -> None:
    assert planned(an_appointment(wall("2026-03-24 14:00")), now=wall("2026-03-02 10:00")) == [
        ("booked", "2026-03-02 10:00"),
        ("week", "2026-03-17 11:00"),
        ("evening", "2026-03-23 18:00"),
        ("hours", "2026-03-24 12:00"),
    ]


def test_a_wait_of_ten_days_or_less_gets_no_text_a_week_before() -> None:
    kinds = [k for k, _ in planned(an_appointment(wall("2026-03-12 10:00")), now=wall("2026-03-02 10:00"))]

    assert kinds == ["booked", "evening", "hours"]


def test_a_booking_at_night_is_confirmed_in_the_morning() -> None:
    assert planned(an_appointment(wall("2026-03-05 14:00")), now=wall("2026-03-02 23:00"))[0] == (
        "booked", "2026-03-03 08:00",
    )  # fmt: skip


def test_a_text_that_quiet_hours_would_make_too_late_goes_out_before_them() -> None:
    hours_only = PlanSpec({("", ""): (TextRule(ReminderKind.HOURS, before=timedelta(hours=2)),)})

    assert planned(
        an_appointment(wall("2026-03-05 08:30")), now=wall("2026-03-02 10:00"), spec=hours_only
    ) == [("hours", "2026-03-04 20:59")]


def test_an_early_appointment_with_a_text_the_evening_before_gets_no_second_one_that_evening() -> None:
    found = planned(an_appointment(wall("2026-03-05 08:30")), now=wall("2026-03-02 10:00"))

    assert found == [("booked", "2026-03-02 10:00"), ("evening", "2026-03-04 18:00")]


def test_a_text_waits_for_the_morning_while_that_is_early_enough() -> None:
    found = planned(an_appointment(wall("2026-03-05 09:00")), now=wall("2026-03-02 10:00"))

    assert found[-1] == ("hours", "2026-03-05 08:00")


def test_the_persons_own_hours_move_texts_too() -> None:
    person = Person("p1", "P1", "Amina", "", "Example Town", contact_from=time(9), contact_until=time(17))

    found = planned(
        an_appointment(wall("2026-03-05 09:30")),
        now=wall("2026-03-02 10:00"),
        quiet=quiet_hours_of(person, LONDON),
    )

    assert found == [("booked", "2026-03-02 10:00"), ("evening", "2026-03-04 16:59")]


def test_an_appointment_entered_late_still_gets_what_makes_sense() -> None:
    today = an_appointment(wall("2026-03-05 15:00"))

    assert planned(today, now=wall("2026-03-05 10:00")) == [
        ("booked", "2026-03-05 10:00"), ("hours", "2026-03-05 13:00"),
    ]  # fmt: skip
    assert planned(today, now=wall("2026-03-05 14:30")) == [("booked", "2026-03-05 14:30")]
    assert planned(today, now=wall("2026-03-05 15:00")) == []


def test_a_plan_without_confirmations_still_tells_of_an_appointment_entered_late() -> None:
    spec = PlanSpec({("", ""): (TextRule(ReminderKind.EVENING, days_before=1, at=time(18)),)})

    found = planned(an_appointment(wall("2026-03-05 10:00")), now=wall("2026-03-04 19:30"), spec=spec)

    assert found == [("evening", "2026-03-04 19:30")]


def test_two_texts_within_the_hour_are_one() -> None:
    found = planned(an_appointment(wall("2026-03-05 15:00")), now=wall("2026-03-04 17:30"))

    assert [kind for kind, _ in found] == ["booked", "hours"]


def test_a_moved_appointment_that_was_announced_is_corrected_at_once() -> None:
    moved = an_appointment(wall("2026-03-06 10:00"), announced_starts_at=wall("2026-03-05 10:00"), version=2)

    assert planned(moved, now=wall("2026-03-03 10:00")) == [
        ("correction:2", "2026-03-03 10:00"), ("evening", "2026-03-05 18:00"), ("hours", "2026-03-06 08:00"),
    ]  # fmt: skip


def test_a_moved_appointment_that_nobody_heard_of_is_simply_confirmed() -> None:
    moved = an_appointment(wall("2026-03-06 10:00"), version=2)

    assert planned(moved, now=wall("2026-03-03 10:00"))[0][0] == "booked:2"


def test_a_cancelled_appointment_is_corrected_only_if_it_was_announced() -> None:
    cancelled = an_appointment(wall("2026-03-06 10:00"), status=AppointmentStatus.CANCELLED, version=2)
    announced = replace(cancelled, announced_starts_at=cancelled.starts_at)

    assert planned(cancelled, now=wall("2026-03-03 10:00")) == []
    assert planned(announced, now=wall("2026-03-03 10:00")) == [("correction:2", "2026-03-03 10:00")]
    assert planned(announced, now=wall("2026-03-06 10:00")) == []


@pytest.mark.parametrize("status", [AppointmentStatus.ATTENDED, AppointmentStatus.MISSED])
def test_nothing_is_said_ahead_of_what_is_over(status: AppointmentStatus) -> None:
    over = an_appointment(
        wall("2026-03-06 10:00"), status=status, announced_starts_at=wall("2026-03-06 10:00")
    )

    assert planned(over, now=wall("2026-03-03 10:00")) == []


def test_the_nearest_areas_rules_count_and_there_those_of_the_kind() -> None:
    hours, evening = (
        TextRule(ReminderKind.HOURS, before=timedelta(hours=3)),
        TextRule(ReminderKind.EVENING, days_before=1, at=time(17)),
    )
    spec = PlanSpec(
        {("", ""): (hours, evening), ("Example County", "housing"): (hours,), ("", "health"): (evening,)}
    )
    housing = an_appointment(wall("2026-03-06 12:00"), announced_starts_at=wall("2026-03-06 12:00"))
    now = wall("2026-03-03 10:00")

    assert [k for k, _ in planned(housing, now=now, spec=spec, area="Example Town")] == ["hours"]
    assert [k for k, _ in planned(housing, now=now, spec=spec, area="Elsewhere")] == ["evening", "hours"]
    health = replace(housing, kind=AppointmentKind.HEALTH)
    assert [k for k, _ in planned(health, now=now, spec=spec, area="Example Town")] == ["evening"]


@pytest.mark.parametrize(
    ("starts_at", "evening", "hours"),
    [
        ("2026-03-29 10:30", "2026-03-28 18:00", "2026-03-29 08:30"),  # the clock goes forward that night
        ("2026-10-25 10:30", "2026-10-24 18:00", "2026-10-25 08:30"),  # the clock goes back that night
        ("2026-12-25 11:00", "2026-12-24 18:00", "2026-12-25 09:00"),
        ("2028-02-29 11:00", "2028-02-28 18:00", "2028-02-29 09:00"),
        ("2028-03-01 11:00", "2028-02-29 18:00", "2028-03-01 09:00"),
    ],
)
def test_texts_keep_to_the_wall_clock_on_odd_days(starts_at: str, evening: str, hours: str) -> None:
    start = wall(starts_at)

    found = planned(an_appointment(start), now=start - timedelta(days=4))

    assert found[1:] == [("evening", evening), ("hours", hours)]


@st.composite
def own_hours(draw: st.DrawFn) -> Person:
    begin = draw(st.integers(6, 19))
    end = draw(st.integers(begin + 1, 22).filter(lambda hour: hour > 8))
    return Person("p1", "P1", "A", "", "", contact_from=time(begin), contact_until=time(end))


def between(first: str, last: str) -> st.SearchStrategy[datetime]:
    start, end = wall(f"{first} 00:00"), wall(f"{last} 00:00")
    return st.integers(0, (end - start) // timedelta(minutes=1)).map(lambda n: start + timedelta(minutes=n))


starts = st.one_of(
    between("2026-01-02", "2028-12-30"),
    between("2026-03-28", "2026-03-30"),
    between("2026-10-24", "2026-10-26"),
    between("2026-12-24", "2026-12-29"),
    between("2028-02-28", "2028-03-02"),
)


@given(
    start=starts,
    ahead=st.timedeltas(timedelta(days=-1), timedelta(days=40)),
    person=st.one_of(st.none(), own_hours()),
    told=st.one_of(st.none(), st.timedeltas(timedelta(days=-5), timedelta(days=5))),
    status=st.sampled_from(AppointmentStatus),
    kind=st.sampled_from(AppointmentKind),
)
def test_no_text_is_ever_at_night_too_early_too_late_or_twice(
    start, ahead, person, told, status, kind
) -> None:
    now, quiet = start - ahead, quiet_hours_of(person, LONDON)
    appointment = an_appointment(
        start, status=status, kind=kind, version=3, announced_starts_at=None if told is None else start + told
    )

    found: list[Planned] = plan(
        appointment, plan_spec=SPEC, quiet=quiet, now=now, calendar=CALENDAR, area="Example Town"
    )

    assert len({text.kind for text in found}) == len(found)
    assert found == sorted(found, key=lambda text: text.due_at)
    is_off = status is AppointmentStatus.CANCELLED
    for text in found:
        assert now <= text.due_at < (appointment.announced_starts_at if is_off else start)
        assert not any(hours.covers(text.due_at) for hours in quiet)


@given(start=starts, ahead=st.timedeltas(timedelta(hours=16), timedelta(days=40)))
def test_everyone_hears_of_an_appointment_booked_sixteen_hours_ahead(start, ahead) -> None:
    found = plan(an_appointment(start), plan_spec=SPEC, quiet=NIGHT, now=start - ahead, calendar=CALENDAR)

    assert found
    assert found[0].kind == "booked"


def test_dates_are_read_in_our_zone() -> None:
    just_after_midnight = an_appointment(wall("2026-07-02 00:30"))

    found = planned(just_after_midnight, now=wall("2026-07-01 09:00"))

    assert CALENDAR.local(just_after_midnight.starts_at).date() == date(2026, 7, 2)
    assert ("evening", "2026-07-01 18:00") in found
