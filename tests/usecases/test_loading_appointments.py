"""Loading appointments and releases, and what people and workers hear when they change."""

from __future__ import annotations

import pytest

from bot.deps import Deps
from bot.engine.effects import ChangePerson
from bot.errors import InputInvalid
from bot.store import appointments, people, releases
from bot.usecases.change_person import change_person
from bot.usecases.opting import opt_in, opt_out
from bot.usecases.send_reminders import send_due_reminders
from bot.usecases.work import Work
from tests.usecases.enrolled import (
    AMINA,
    WORKERS,
    an_appointment,
    appointments_file,
    fingerprint,
    load,
    make_responsible,
    person,
    planned,
    texts_to_person,
    texts_to_worker,
    timers_of,
    wall,
)

RELEASE = "person,release_date,release_time,prison,met_by,address_tonight\n"
FRIDAY = RELEASE + "P1,2026-06-12,16:05,HMP Example,07700 900201,no\n"


@pytest.fixture(autouse=True)
def enrolled(deps: Deps) -> None:
    load(deps, "people", AMINA)
    load(deps, "workers", WORKERS)


def the_appointment(deps: Deps):
    with deps.store.read() as conn:
        return appointments.by_external_id(conn, "A1")


def release_timers(deps: Deps, status: str = "waiting") -> list[tuple[str, str]]:
    return [
        (t.kind, deps.calendar.local(t.due_at).strftime("%a %H:%M"))
        for t in timers_of(deps)
        if t.kind != "welcome" and t.status == status
    ]


def test_a_new_appointment_is_planned(deps: Deps) -> None:
    report = load(deps, "appointments", an_appointment("2026-06-10 14:00"))

    assert report.added == 1
    assert planned(deps) == [
        ("booked", "2026-06-05 16:05"), ("evening", "2026-06-09 18:00"), ("hours", "2026-06-10 12:00"),
    ]  # fmt: skip


def test_loading_the_same_appointments_twice_changes_nothing(deps: Deps, clock) -> None:
    content = an_appointment("2026-06-10 14:00")
    load(deps, "appointments", content)
    before = fingerprint(deps)

    report = load(deps, "appointments", content, now=clock.forward(hours=30))

    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
    assert fingerprint(deps) == before


def test_a_moved_appointment_is_planned_again_and_put_right(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-10 14:00"))
    send_due_reminders(deps, now=clock())
    make_responsible(deps, "+447700900201")

    report = load(deps, "appointments", an_appointment("2026-06-11 10:30"), now=clock.forward(hours=1))
    send_due_reminders(deps, now=clock())

    assert report.changed == 1
    assert the_appointment(deps).version == 2
    assert planned(deps) == [("evening", "2026-06-10 18:00"), ("hours", "2026-06-11 08:30")]
    body = texts_to_person(deps)[-1].body
    assert "now Thursday 11 June at 10:30am, not Wednesday 10 June at 2pm" in body
    assert "replaces our earlier text" in body
    assert texts_to_worker(deps, "+447700900201")[-1].startswith(
        "Amina's appointment Wednesday 10 June at 2pm is now"
    )


def test_an_appointment_moved_before_anybody_heard_of_it_is_simply_confirmed(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-10 14:00"))
    load(deps, "appointments", an_appointment("2026-06-11 10:30"))

    send_due_reminders(deps, now=clock())

    [text] = texts_to_person(deps)
    assert "replaces" not in text.body
    assert "Thursday 11 June at 10:30am" in text.body


def test_an_appointment_moved_there_and_back_and_there_is_put_right_each_time(deps: Deps, clock) -> None:
    times = ("2026-06-10 14:00", "2026-06-11 10:00", "2026-06-10 14:00", "2026-06-11 10:00")
    for starts_at in times:
        load(deps, "appointments", an_appointment(starts_at), now=clock.forward(minutes=20))
        send_due_reminders(deps, now=clock())

    bodies = [text.body for text in texts_to_person(deps)]
    assert ["replaces" in body for body in bodies] == [False, True, True, True]


def test_a_cancelled_appointment_that_was_announced_is_called_off(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-10 14:00"))
    send_due_reminders(deps, now=clock())

    load(
        deps,
        "appointments",
        an_appointment("2026-06-10 14:00", status="cancelled"),
        now=clock.forward(hours=1),
    )
    send_due_reminders(deps, now=clock())
    send_due_reminders(deps, now=wall(deps, "2026-06-10 12:00"))

    assert planned(deps) == []
    assert "Wednesday 10 June at 2pm is off" in texts_to_person(deps)[-1].body
    assert len(texts_to_person(deps)) == 2


def test_a_cancelled_appointment_that_nobody_heard_of_is_not_mentioned(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-10 14:00"))
    load(deps, "appointments", an_appointment("2026-06-10 14:00", status="cancelled"))

    send_due_reminders(deps, now=clock.forward(days=2))

    assert texts_to_person(deps) == []


def test_one_that_is_called_off_and_booked_again_is_confirmed_again(deps: Deps, clock) -> None:
    for status in ("booked", "cancelled", "booked"):
        load(
            deps,
            "appointments",
            an_appointment("2026-06-10 14:00", status=status),
            now=clock.forward(hours=1),
        )
        send_due_reminders(deps, now=clock())

    bodies = [text.body for text in texts_to_person(deps)]
    assert len(bodies) == 3
    assert "is off" in bodies[1]
    assert "is Wednesday 10 June at 2pm" in bodies[2]
    assert planned(deps) == [("evening", "2026-06-09 18:00"), ("hours", "2026-06-10 12:00")]


def test_another_place_is_put_right_too(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-10 14:00", where="1 High Street"))
    send_due_reminders(deps, now=clock())

    load(
        deps,
        "appointments",
        an_appointment("2026-06-10 14:00", where="2 Mill Lane"),
        now=clock.forward(hours=1),
    )
    send_due_reminders(deps, now=clock())

    assert "It is at 2 Mill Lane." in texts_to_person(deps)[-1].body
    assert "replaces our earlier text" in texts_to_person(deps)[-1].body


def test_a_missed_appointment_starts_its_flow_once(deps: Deps) -> None:
    load(deps, "appointments", an_appointment("2026-06-04 14:00"))
    missed = an_appointment("2026-06-04 14:00", status="missed")

    load(deps, "appointments", missed)
    load(deps, "appointments", missed)

    assert [t.kind for t in timers_of(deps)] == ["welcome", "appointment_missed"]
    [timer] = [t for t in timers_of(deps) if t.kind == "appointment_missed"]
    assert timer.subject_id == the_appointment(deps).id


def test_a_miss_of_long_ago_is_history(deps: Deps) -> None:
    load(deps, "appointments", an_appointment("2026-04-04 14:00", status="missed"))

    assert [t.kind for t in timers_of(deps)] == ["welcome"]


def test_a_row_for_nobody_we_know_is_named_with_all_else_that_is_wrong(deps: Deps) -> None:
    rows = (
        {"external_id": "A1", "person": "P9", "kind": "housing", "starts_at": "2026-06-10 14:00"},
        {"external_id": "A2", "person": "P1", "kind": "dentist", "starts_at": "2026-06-10 14:00"},
        {"external_id": "A3", "person": "P8", "kind": "other", "starts_at": "2026-06-10 14:00"},
    )

    with pytest.raises(InputInvalid) as refused:
        load(deps, "appointments", appointments_file(*rows))

    assert [p.where for p in refused.value.problems] == [
        "line 2, column person", "line 3, column kind", "line 4, column person",
    ]  # fmt: skip
    assert "there is no person 'P9'" in str(refused.value)
    assert planned(deps) == []


def test_an_appointment_can_not_change_hands(deps: Deps) -> None:
    load(deps, "people", AMINA + "P2,Ben,,Bolton,yes\n")
    load(deps, "appointments", an_appointment("2026-06-10 14:00"))

    with pytest.raises(InputInvalid, match="line 2, column person: is not whose appointment this is"):
        load(deps, "appointments", an_appointment("2026-06-10 14:00", person="P2"))


def test_a_friday_release_has_a_first_night_check_ins_and_a_hand_over(deps: Deps) -> None:
    report = load(deps, "releases", FRIDAY)

    assert report.added == 1
    assert release_timers(deps) == [
        ("first_night", "Fri 16:05"), ("check_in", "Fri 18:30"), ("check_in", "Sat 09:30"),
        ("check_in", "Sat 18:30"), ("check_in", "Sun 09:30"), ("check_in", "Sun 18:30"),
        ("hand_over", "Mon 09:00"),
    ]  # fmt: skip


def test_loading_the_same_releases_twice_changes_nothing(deps: Deps, clock) -> None:
    load(deps, "releases", FRIDAY)
    before = fingerprint(deps)

    assert load(deps, "releases", FRIDAY, now=clock.forward(days=3)).unchanged == 1
    assert fingerprint(deps) == before


def test_without_consent_nobody_writes_first_but_the_hand_over_stays(deps: Deps) -> None:
    load(deps, "people", AMINA.replace("yes", "no"))

    load(deps, "releases", FRIDAY)

    assert release_timers(deps) == [("hand_over", "Mon 09:00")]


def test_consent_given_later_brings_the_first_night_back(deps: Deps) -> None:
    load(deps, "people", AMINA.replace("yes", "no"))
    load(deps, "releases", FRIDAY)

    load(deps, "people", AMINA)

    assert ("first_night", "Fri 16:05") in release_timers(deps)


def test_a_release_in_office_hours_needs_no_first_night(deps: Deps) -> None:
    load(deps, "releases", RELEASE + "P1,2026-06-09,10:00,,,yes\n")

    assert release_timers(deps) == []


def test_a_changed_date_is_kept_planned_again_and_told_to_everyone_involved(deps: Deps, clock) -> None:
    make_responsible(deps, "+447700900202")
    load(deps, "releases", FRIDAY)

    report = load(
        deps, "releases", FRIDAY.replace("2026-06-12,16:05", "2026-06-19,15:00"), now=clock.forward(hours=1)
    )

    assert report.changed == 1
    assert release_timers(deps)[0] == ("first_night", "Fri 15:00")
    assert len(release_timers(deps, "replaced")) == 7
    person_id = person(deps).id
    with deps.store.read() as conn:
        history = releases.history(conn, person_id)
    assert [(str(r.release_date), r.superseded_at is None) for r in history] == [
        ("2026-06-12", False), ("2026-06-19", True),
    ]  # fmt: skip
    assert texts_to_worker(deps, "+447700900201") == [
        "New date for Amina in Bolton: now Friday 19 June at 3pm, it was Friday 12 June at 4:05pm. "
        "You are down to meet them."
    ]
    assert texts_to_worker(deps, "+447700900202")[0].endswith("Sam Okoro is down to meet them.")
    assert texts_to_worker(deps, "+447700900203") == []
    [text] = texts_to_person(deps)
    assert "now Friday 19 June at 3pm, not Friday 12 June" in text.body
    assert text.status == "due"


def test_a_changed_date_goes_to_the_coordinators_when_nobody_is_responsible(deps: Deps) -> None:
    load(deps, "releases", FRIDAY)

    load(deps, "releases", FRIDAY.replace("2026-06-12", "2026-06-19"))

    assert len(texts_to_worker(deps, "+447700900203")) == 1


def test_a_person_without_consent_is_not_told_and_that_is_on_the_record(deps: Deps) -> None:
    load(deps, "people", AMINA.replace("yes", "no"))
    load(deps, "releases", FRIDAY)

    load(deps, "releases", FRIDAY.replace("2026-06-12", "2026-06-19"))

    assert [(t.status, t.reason) for t in texts_to_person(deps)] == [("refused", "no_consent")]


def test_somebody_else_to_meet_them_is_told_to_both(deps: Deps) -> None:
    load(deps, "releases", FRIDAY)

    load(deps, "releases", FRIDAY.replace("900201", "900202"))

    assert texts_to_worker(deps, "+447700900201")[0].endswith("You are no longer down to meet them.")
    assert texts_to_worker(deps, "+447700900202")[0].endswith("You are down to meet them.")
    assert texts_to_person(deps) == []


def test_a_release_met_by_nobody_we_know_is_named(deps: Deps) -> None:
    with pytest.raises(InputInvalid, match=r"line 2, column met_by: no worker has the phone \+447700900299"):
        load(deps, "releases", FRIDAY.replace("900201", "900299"))


def test_consent_given_by_text_brings_the_first_night_back(deps: Deps) -> None:
    load(deps, "people", AMINA.replace("yes", "no"))
    load(deps, "releases", FRIDAY)
    with deps.store.begin() as conn:
        found = people.by_external_id(conn, "P1")
        assert found is not None
        change_person(Work(deps, conn, deps.clock()), found, ChangePerson(consent=True))

    assert ("first_night", "Fri 16:05") in release_timers(deps)


def test_coming_back_after_a_stop_brings_the_first_night_back(deps: Deps) -> None:
    load(deps, "people", AMINA.replace("yes", "no"))
    load(deps, "releases", FRIDAY)
    with deps.store.begin() as conn:
        found = people.by_external_id(conn, "P1")
        assert found is not None
        work = Work(deps, conn, deps.clock())
        opt_in(work, opt_out(work, found, source="person", confirm=False), source="person")

    assert ("first_night", "Fri 16:05") in release_timers(deps)
