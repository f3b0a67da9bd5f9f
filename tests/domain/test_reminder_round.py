"""What becomes of one person's due reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.appointments import Appointment, AppointmentKind, AppointmentStatus
from bot.domain.calendar import Calendar
from bot.domain.quiet_hours import quiet_hours_of
from bot.domain.reminder_round import MOST_IN_ONE_TEXT, Round, sort_out
from bot.domain.reminders import Reminder, ReminderKind

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(LONDON, {"national": None})
NIGHT = quiet_hours_of(None, LONDON)
_ids = count(1)


def wall(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC)


EVENING = wall("2026-03-04 18:00")
TEN, TWO, FIVE = (wall(f"2026-03-05 {hour}:00") for hour in (10, 14, 17))


def an_appointment(starts_at: datetime, id: str = "a1", **fields: object) -> Appointment:
    found = Appointment(id, id, "p1", AppointmentKind.HOUSING, starts_at)
    return replace(found, **fields)  # type: ignore[arg-type]


def a_reminder(appointment: Appointment, kind: str, due_at: datetime) -> Reminder:
    return Reminder(next(_ids), appointment.id, "p1", kind, appointment.starts_at, due_at)


def a_round(pairs: list[tuple[Appointment, Reminder]], *, now: datetime, **options: object) -> Round:
    return sort_out(
        [reminder for _, reminder in pairs],
        {appointment.id: appointment for appointment, _ in pairs},
        now=now,
        quiet=NIGHT,
        calendar=CALENDAR,
        **options,  # type: ignore[arg-type]
    )


def texts(found: Round) -> list[tuple[str, list[str]]]:
    return [(text.kind.value, [a.id for a in text.appointments]) for text in found.texts]


def with_reminder(starts_at: datetime, kind: str, due_at: datetime, id: str = "a1", **fields: object):
    appointment = an_appointment(starts_at, id, **fields)
    return appointment, a_reminder(appointment, kind, due_at)


def test_what_is_due_goes_out_and_what_is_not_stays() -> None:
    pairs = [
        with_reminder(TEN, "evening", EVENING),
        with_reminder(TWO, "hours", wall("2026-03-05 12:00"), "a2"),
    ]

    found = a_round(pairs, now=EVENING)

    assert texts(found) == [("evening", ["a1"])]
    assert not found.skipped
    assert not found.postponed


def test_two_on_one_day_go_in_one_text_in_the_order_of_the_day() -> None:
    pairs = [with_reminder(TWO, "evening", EVENING, "late"), with_reminder(TEN, "evening", EVENING, "early")]

    assert texts(a_round(pairs, now=EVENING)) == [("evening", ["early", "late"])]


def test_one_whose_area_reminds_an_hour_later_joins_the_text() -> None:
    pairs = [
        with_reminder(TEN, "evening", EVENING),
        with_reminder(TWO, "evening", EVENING + timedelta(hours=1), "a2"),
    ]

    assert texts(a_round(pairs, now=EVENING)) == [("evening", ["a1", "a2"])]


def test_those_of_different_days_go_apart() -> None:
    pairs = [
        with_reminder(TEN, "evening", EVENING),
        with_reminder(TEN + timedelta(days=6), "week", EVENING, "a2"),
    ]

    assert texts(a_round(pairs, now=EVENING)) == [("evening", ["a1"]), ("week", ["a2"])]


def test_bookings_of_several_days_go_in_one_text_three_at_a_time() -> None:
    pairs = [with_reminder(TEN + timedelta(days=n), "booked", EVENING, f"a{n}") for n in range(4)]

    assert texts(a_round(pairs, now=EVENING)) == [("booked", ["a0", "a1", "a2"]), ("booked", ["a3"])]


def test_shortly_before_only_what_begins_within_two_hours_is_named() -> None:
    close = [
        with_reminder(TEN, "hours", TEN - timedelta(hours=2), "a1"),
        with_reminder(TEN + timedelta(minutes=90), "hours", TEN - timedelta(minutes=30), "a2"),
        with_reminder(FIVE, "hours", TEN, "a3"),
    ]

    assert texts(a_round(close, now=TEN - timedelta(hours=2))) == [("hours", ["a1", "a2"])]


def test_after_an_outage_only_the_text_that_still_says_something_goes() -> None:
    appointment = an_appointment(TEN)
    pairs = [(appointment, a_reminder(appointment, kind, due)) for kind, due in (
        ("booked", EVENING - timedelta(days=2)), ("evening", EVENING), ("hours", TEN - timedelta(hours=2)),
    )]  # fmt: skip

    found = a_round(pairs, now=TEN - timedelta(minutes=40))

    assert texts(found) == [("hours", ["a1"])]
    assert [(r.kind, why) for r, why in found.skipped] == [
        ("booked", "overtaken_by_a_later_text"), ("evening", "overtaken_by_a_later_text"),
    ]  # fmt: skip


def test_after_an_outage_what_is_left_of_the_day_goes_in_one_text() -> None:
    pairs = [
        with_reminder(TEN, "hours", TEN - timedelta(hours=2)),
        with_reminder(FIVE, "evening", EVENING, "a2"),
    ]

    assert texts(a_round(pairs, now=TEN - timedelta(hours=1))) == [("hours", ["a1", "a2"])]


def test_an_evening_text_an_hour_before_the_next_one_is_needless() -> None:
    appointment = an_appointment(TWO)
    pairs = [
        (appointment, a_reminder(appointment, "evening", EVENING)),
        (appointment, a_reminder(appointment, "hours", TWO - timedelta(hours=2))),
    ]

    found = a_round(pairs, now=TWO - timedelta(hours=2, minutes=30))

    assert texts(found) == []
    assert [r.kind for r, _ in found.skipped] == ["evening"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": AppointmentStatus.CANCELLED}, "appointment_cancelled"),
        ({"status": AppointmentStatus.MISSED}, "appointment_missed"),
        ({"starts_at": TWO}, "appointment_moved"),
    ],
)
def test_what_is_stale_is_skipped_with_its_reason(fields: dict[str, object], reason: str) -> None:
    appointment, reminder = with_reminder(TEN, "evening", EVENING)

    found = a_round([(replace(appointment, **fields), reminder)], now=EVENING)  # type: ignore[arg-type]

    assert found == Round(skipped=((reminder, reason),))


def test_nothing_goes_out_once_it_has_begun() -> None:
    pair = with_reminder(TEN, "hours", TEN - timedelta(hours=2))

    assert a_round([pair], now=TEN).skipped == ((pair[1], "appointment_begun"),)


def test_whoever_can_not_be_texted_has_it_on_the_record() -> None:
    pair = with_reminder(TEN, "evening", EVENING)

    assert a_round([pair], now=EVENING, may_not="opted_out").skipped == ((pair[1], "opted_out"),)


def test_a_reminder_does_not_break_into_a_conversation() -> None:
    pair = with_reminder(TEN, "evening", EVENING)

    found = a_round([pair], now=EVENING, is_mid_conversation=True)

    assert found.postponed == ((pair[1], EVENING + timedelta(minutes=10)),)


@pytest.mark.parametrize(
    ("now", "start"), [(wall("2026-03-04 20:55"), TEN), (TEN - timedelta(minutes=35), TEN)]
)
def test_it_does_when_it_would_be_too_late_otherwise(now: datetime, start: datetime) -> None:
    found = a_round([with_reminder(start, "evening", EVENING)], now=now, is_mid_conversation=True)

    assert len(found.texts) == 1


def test_late_at_night_it_waits_for_the_morning_or_is_skipped_when_that_is_too_late() -> None:
    night = wall("2026-03-04 23:00")
    waits, too_late = (
        with_reminder(TEN, "evening", EVENING),
        with_reminder(wall("2026-03-05 07:30"), "evening", EVENING),
    )

    assert a_round([waits], now=night).postponed == ((waits[1], wall("2026-03-05 08:00")),)
    assert a_round([too_late], now=night).skipped == ((too_late[1], "quiet_hours_until_too_late"),)


def test_a_correction_overtakes_everything_else_about_it() -> None:
    appointment = an_appointment(TWO, announced_starts_at=TEN, version=2)
    pairs = [(appointment, a_reminder(appointment, kind, EVENING)) for kind in ("correction:2", "evening")]

    found = a_round(pairs, now=EVENING)

    assert texts(found) == [("correction", ["a1"])]
    assert len(found.skipped) == 1


def test_a_correction_of_something_called_off_goes_until_the_start_they_believe_in() -> None:
    off = an_appointment(TEN, status=AppointmentStatus.CANCELLED, announced_starts_at=TEN, version=2)
    reminder = a_reminder(off, "correction:2", EVENING)

    assert texts(a_round([(off, reminder)], now=EVENING)) == [("correction", ["a1"])]
    assert a_round([(off, reminder)], now=TEN).skipped == ((reminder, "appointment_begun"),)
    told = replace(off, announced_starts_at=None)
    assert a_round([(told, reminder)], now=EVENING).skipped == ((reminder, "already_told"),)


def test_an_appointment_with_two_texts_ahead_is_named_once_in_the_text_of_another() -> None:
    one, other, third = (an_appointment(TEN + timedelta(minutes=n), f"a{n}") for n in (0, 5, 9))
    now = TEN - timedelta(minutes=100)
    soon = now + timedelta(minutes=90)
    found = [
        (one, a_reminder(one, "evening", now)),
        (other, a_reminder(other, "week", now)),
        (third, a_reminder(third, "week", soon)),
        (third, a_reminder(third, "evening", soon)),
    ]

    assert [ids for _, ids in texts(a_round(found, now=now))] == [["a0", "a5", "a9"]]


def test_what_has_begun_is_not_drawn_into_the_text_of_another() -> None:
    begun, other = an_appointment(TEN, "a1"), an_appointment(TEN + timedelta(hours=1), "a2")
    found = [
        (begun, a_reminder(begun, "evening", TEN + timedelta(minutes=5))),
        (other, a_reminder(other, "evening", TEN)),
    ]

    assert texts(a_round(found, now=TEN)) == [("evening", ["a2"])]


@st.composite
def pairs(draw: st.DrawFn) -> list[tuple[Appointment, Reminder]]:
    found = []
    for n in range(draw(st.integers(0, 5))):
        start = TEN + timedelta(minutes=draw(st.integers(-600, 3000)))
        told = draw(st.sampled_from([None, start, start - timedelta(hours=3)]))
        appointment = an_appointment(
            start,
            f"a{n}",
            status=draw(st.sampled_from(AppointmentStatus)),
            announced_starts_at=told,
            version=2,
        )
        for kind in draw(st.sets(st.sampled_from(["booked", "week", "evening", "hours", "correction:2"]))):
            found.append(
                (
                    appointment,
                    a_reminder(appointment, kind, TEN + timedelta(minutes=draw(st.integers(-900, 100)))),
                )
            )
    return found


@given(pairs(), st.integers(-800, 800), st.booleans(), st.sampled_from([None, "opted_out"]))
def test_everything_that_is_due_is_settled_once_and_nothing_goes_too_late(
    found, minutes, talking, may_not
) -> None:
    now = TEN + timedelta(minutes=minutes)

    outcome = a_round(found, now=now, is_mid_conversation=talking, may_not=may_not)

    sent = [r.id for text in outcome.texts for r in text.reminders]
    settled = [*sent, *(r.id for r, _ in outcome.skipped), *(r.id for r, _ in outcome.postponed)]
    assert len(settled) == len(set(settled))
    assert {r.id for _, r in found if r.due_at <= now} <= set(settled)
    assert all(later > now for _, later in outcome.postponed)
    if any(hours.covers(now) for hours in NIGHT) or may_not:
        assert not outcome.texts
    for text in outcome.texts:
        assert len(text.appointments) == len(text.reminders) <= MOST_IN_ONE_TEXT
        if text.kind is not ReminderKind.CORRECTION:
            assert all(a.status is AppointmentStatus.BOOKED and a.starts_at > now for a in text.appointments)
    told = [a.id for text in outcome.texts for a in text.appointments]
    assert len(told) == len(set(told))
