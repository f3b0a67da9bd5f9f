"""Reminders as people get them: once, together, in plain words that give nothing away, or not and why."""

from __future__ import annotations

import pytest

from bot.deps import Deps
from bot.domain.messages import InboundText
from bot.domain.sms_parts import parts
from bot.engine.phrasebook import Phrasebook
from bot.store import conversations, escalations, events, people
from bot.store.database import Store
from bot.usecases.fire_timers import fire_due_timers
from bot.usecases.receive_message import receive
from bot.usecases.send_reminders import send_due_reminders
from tests.usecases.enrolled import (
    AMINA,
    an_appointment,
    appointments_file,
    load,
    person,
    planned,
    reminders_of,
    texts_to_person,
    wall,
)

TOMORROW = "2026-06-06 10:30"


@pytest.fixture(autouse=True)
def enrolled(deps: Deps) -> None:
    load(deps, "people", AMINA)


def bodies(deps: Deps) -> list[str]:
    return [text.body for text in texts_to_person(deps)]


def reasons(deps: Deps) -> list[tuple[str, str | None]]:
    return [(r.kind, r.reason) for r in reminders_of(deps) if r.status == "skipped"]


def test_a_booking_is_confirmed_with_where_what_to_bring_and_how_to_answer(deps: Deps, clock) -> None:
    load(
        deps,
        "appointments",
        an_appointment(TOMORROW, where="1 High Street.", travel="bus 42", **{"with": "Sam"}),
    )

    assert send_due_reminders(deps, now=clock()) == 1

    assert bodies(deps) == [
        "Hi Amina, your housing appointment with Sam is tomorrow at 10:30am. It is at 1 High Street. "
        "Getting there: bus 42. Bring ID and any letters you have. "
        "Reply 1 if you can come, 2 if you can't, 3 to talk to someone, 4 for where it is."
    ]
    assert texts_to_person(deps)[0].kind == "reminder"


def test_a_reminder_goes_out_once(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment(TOMORROW))

    send_due_reminders(deps, now=clock())
    assert send_due_reminders(deps, now=clock.forward(minutes=1)) == 0

    assert len(bodies(deps)) == 1


def test_every_text_of_a_plan_goes_out_in_its_time(deps: Deps) -> None:
    load(deps, "appointments", an_appointment("2026-06-24 14:00"))
    for at in (
        "2026-06-05 16:05",
        "2026-06-17 11:00",
        "2026-06-23 18:00",
        "2026-06-24 12:00",
        "2026-06-24 14:00",
    ):
        send_due_reminders(deps, now=wall(deps, at))

    assert [body.split(" at ")[0].split(" appointment ")[1] for body in bodies(deps)] == [
        "is Wednesday 24 June", "is coming up: Wednesday 24 June", "is tomorrow", "is today",
    ]  # fmt: skip
    assert planned(deps) == []


def test_the_reply_counts_for_the_appointment(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment(TOMORROW))
    send_due_reminders(deps, now=clock())

    [answer] = receive(deps, InboundText("SM1", "+447700900101", "", "1"), now=clock.forward(minutes=3))

    assert "Good, thanks" in answer.body
    person_id = person(deps).id
    with deps.store.read() as conn:
        assert "appointment_coming" in [event.kind for event in events.of_person(conn, person_id)]


@pytest.mark.parametrize("kind", ["probation", "drugs_alcohol", "legal"])
def test_some_kinds_are_just_your_appointment(deps: Deps, clock, kind: str) -> None:
    load(deps, "appointments", an_appointment(TOMORROW, kind=kind, **{"with": "Jo"}))

    send_due_reminders(deps, now=clock())

    assert bodies(deps)[0].startswith("Hi Amina, your appointment with Jo is tomorrow at 10:30am.")


def test_what_would_give_a_person_away_is_left_out(deps: Deps, clock) -> None:
    said = {
        "with": "Probation Officer Jo",
        "where": "Bolton Probation Office",
        "travel": "behind the Crown Court",
    }
    load(deps, "appointments", an_appointment(TOMORROW, kind="probation", **said))

    send_due_reminders(deps, now=clock())

    assert bodies(deps)[0].startswith("Hi Amina, your appointment is tomorrow at 10:30am. Bring ID")
    assert "robation" not in bodies(deps)[0]
    assert "ourt" not in bodies(deps)[0]


def test_a_discreet_text_says_the_time_and_nothing_else(deps: Deps, clock) -> None:
    load(
        deps,
        "people",
        AMINA.replace("consent\n", "consent,safe_to_text\n").replace("yes\n", "yes,discreet\n"),
    )
    load(deps, "appointments", an_appointment(TOMORROW, where="1 High Street", **{"with": "Sam"}))

    send_due_reminders(deps, now=clock())

    assert bodies(deps) == ["Your appointment: tomorrow at 10:30am. Reply 1 yes, 2 can't, 3 to talk."]


def test_two_on_one_day_are_named_in_order_in_one_text(deps: Deps, clock) -> None:
    rows = [
        {
            "external_id": "A1",
            "person": "P1",
            "kind": "benefits",
            "starts_at": "2026-06-10 14:00",
            "with": "Jo",
        },
        {
            "external_id": "A2",
            "person": "P1",
            "kind": "housing",
            "starts_at": "2026-06-10 09:30",
            "with": "Sam",
        },
    ]
    load(deps, "appointments", appointments_file(*rows))
    send_due_reminders(deps, now=clock())
    send_due_reminders(deps, now=wall(deps, "2026-06-09 18:00"))

    assert len(bodies(deps)) == 2
    assert bodies(deps)[1].startswith(
        "Hi Amina, tomorrow you have: 9:30am your housing appointment with Sam, "
        "2pm your benefits appointment with Jo. Reply 1"
    )
    assert [r.status for r in reminders_of(deps) if r.kind == "evening"] == ["sent", "sent"]
    send_due_reminders(deps, now=wall(deps, "2026-06-10 08:00"))
    send_due_reminders(deps, now=wall(deps, "2026-06-10 12:00"))
    assert len(bodies(deps)) == 4


def test_a_long_place_never_makes_more_than_two_parts(deps: Deps, clock) -> None:
    long = {"where": "a very long way down the road " * 9, "travel": "bus " * 60, "with": "S" * 80}
    load(deps, "appointments", an_appointment(TOMORROW, **long))
    rows = [{"external_id": f"B{n}", "person": "P1", "kind": "housing", "starts_at": f"2026-06-1{n} 10:00",
             "with": "Somebody With A Long Name Indeed"} for n in range(4)]  # fmt: skip
    load(deps, "appointments", appointments_file(*rows))

    send_due_reminders(deps, now=clock())

    assert len(bodies(deps)) == 2
    assert all(len(body) <= 306 and parts(body).parts <= 2 for body in bodies(deps))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent": False}, "no_consent"),
        ({"opted_out_at": "now"}, "opted_out"),
        ({"safe_to_text": "no"}, "not_safe_to_text"),
    ],
)
def test_whoever_said_no_is_not_texted_and_that_is_on_the_record(
    deps: Deps, clock, fields, reason: str
) -> None:
    load(deps, "appointments", an_appointment(TOMORROW))
    person_id = person(deps).id
    with deps.store.begin() as conn:
        people.change(conn, person_id, **{k: clock() if v == "now" else v for k, v in fields.items()})

    send_due_reminders(deps, now=clock())

    assert bodies(deps) == []
    assert reasons(deps) == [("booked", reason)]
    with deps.store.read() as conn:
        [event] = [e for e in events.of_person(conn, person_id) if e.kind == "reminder_skipped"]
    assert event.data["reason"] == reason


def test_without_a_number_it_is_on_the_record(deps: Deps, clock) -> None:
    load(deps, "people", "external_id,first_name,area,consent\nP2,Ben,Bolton,yes\n")
    load(deps, "appointments", an_appointment(TOMORROW, person="P2"))

    send_due_reminders(deps, now=clock())

    assert [(r.kind, r.reason) for r in reminders_of(deps, "P2") if r.reason] == [("booked", "no_number")]


def test_after_an_outage_what_is_useful_goes_and_what_is_stale_is_skipped(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-10 14:00", id="A1"))
    load(deps, "appointments", an_appointment("2026-06-10 10:00", id="A2"))

    send_due_reminders(deps, now=wall(deps, "2026-06-10 11:00"))

    assert len(bodies(deps)) == 1
    assert "today at 2pm" in bodies(deps)[0]
    assert {why for _, why in reasons(deps)} == {"appointment_begun", "overtaken_by_a_later_text"}


def test_a_reminder_waits_while_the_person_is_talking_to_us(deps: Deps, clock) -> None:
    load(deps, "appointments", an_appointment("2026-06-06 14:00"))
    send_due_reminders(deps, now=clock())
    receive(deps, InboundText("SM1", "+447700900101", "", "hungry"), now=wall(deps, "2026-06-05 17:57"))
    person_id = person(deps).id
    with deps.store.read() as conn:
        is_asking = conversations.asking(conn, person_id) is not None

    send_due_reminders(deps, now=wall(deps, "2026-06-05 18:00"))

    assert is_asking
    assert ("evening", "2026-06-05 18:10") in planned(deps)
    send_due_reminders(deps, now=wall(deps, "2026-06-05 18:10"))
    assert "tomorrow at 2pm" in bodies(deps)[-1]


def test_the_question_we_have_just_asked_is_not_parked_by_a_reminder(deps: Deps, clock) -> None:
    fire_due_timers(deps, now=clock())
    load(deps, "appointments", an_appointment(TOMORROW))

    send_due_reminders(deps, now=clock())
    assert len(bodies(deps)) == 1
    send_due_reminders(deps, now=clock.forward(minutes=10))

    assert len(bodies(deps)) == 2


class FailsForBen(Phrasebook):
    """Has no words for Ben."""

    def render(self, name, values, **variant):
        if values.get("first_name") == "Ben" and name.startswith("reminders."):
            raise KeyError(name)
        return super().render(name, values, **variant)


def test_one_that_fails_stops_nobody_elses_and_fetches_a_human(deps: Deps, clock) -> None:
    load(deps, "people", "external_id,first_name,phone,area,consent\nP2,Ben,07700 900102,Bolton,yes\n")
    load(deps, "appointments", an_appointment(TOMORROW))
    load(deps, "appointments", an_appointment(TOMORROW, id="A2", person="P2"))
    phrases = deps.phrases
    deps.phrases = FailsForBen({name: phrases.variants(name) for name in phrases.names()})

    send_due_reminders(deps, now=clock())

    assert len(bodies(deps)) == 1
    assert [(r.kind, r.reason) for r in reminders_of(deps, "P2") if r.reason] == [("booked", "failed")]
    ben = person(deps, "P2").id
    with deps.store.read() as conn:
        assert [e.need for e in escalations.open_of_person(conn, ben)] == ["failed"]


def test_nothing_due_takes_no_write(deps: Deps, clock) -> None:
    class ReadOnly(Store):
        def begin(self, **_):
            raise AssertionError("nothing is due, nothing is written")

    store = deps.store
    deps.store = ReadOnly.__new__(ReadOnly)
    deps.store.__dict__.update(store.__dict__)

    assert send_due_reminders(deps, now=clock()) == 0
