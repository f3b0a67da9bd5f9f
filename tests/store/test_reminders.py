from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.appointments import Appointment, AppointmentKind
from bot.domain.reminders import Planned, Reminder, ReminderStatus
from bot.store import appointments, conversations, inbound, reminders
from bot.store.database import Store
from tests.store.rows import NOON, a_conversation, a_person, a_text

AN_HOUR = timedelta(hours=1)
START = NOON + timedelta(days=1)


def an_appointment(conn: Connection, id: str = "a1", *, person_id: str = "amina") -> None:
    found = Appointment(id, f"ext-{id}", person_id, AppointmentKind.HOUSING, START)
    appointments.add(conn, found, now=NOON)


def plan(conn: Connection, *texts: tuple[str, int], starts_at=START, now=NOON, id: str = "a1") -> int:
    planned = [Planned(kind, NOON + hours * AN_HOUR) for kind, hours in texts]
    return reminders.plan(conn, id, "amina", starts_at, planned, now=now)


def stand(conn: Connection) -> list[tuple[str, str, int]]:
    return [
        (r.kind, r.status.value, (r.due_at - NOON) // AN_HOUR) for r in reminders.of_appointment(conn, "a1")
    ]


def take(conn: Connection, *, hours: int = 0, limit: int = 10) -> list[Reminder]:
    return reminders.take_due(conn, now=NOON + hours * AN_HOUR, limit=limit)


def test_what_is_planned_waits_and_the_earliest_is_due_next(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    assert reminders.next_due(conn) is None

    assert plan(conn, ("evening", 6), ("booked", 0)) == 2

    assert stand(conn) == [("booked", "waiting", 0), ("evening", "waiting", 6)]
    assert reminders.next_due(conn) == NOON
    assert [r.kind for r in take(conn)] == ["booked"]
    assert [r.kind for r in take(conn, hours=6)] == ["booked", "evening"]
    assert [r.kind for r in take(conn, hours=6, limit=1)] == ["booked"]


def test_planning_the_same_again_changes_nothing(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0), ("evening", 6))

    assert plan(conn, ("booked", 0), ("evening", 6)) == 0


def test_what_was_sent_is_never_planned_again(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0))
    [booked] = take(conn)
    reminders.settle(conn, [(booked.id, ReminderStatus.SENT, None)], now=NOON)

    assert plan(conn, ("booked", 1)) == 0

    assert stand(conn) == [("booked", "sent", 0)]
    assert take(conn, hours=9) == []


def test_another_start_replaces_what_waits_and_the_old_one_may_come_back(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("evening", 6))
    moved = START + timedelta(days=1)

    assert plan(conn, ("evening", 30), starts_at=moved) == 2
    assert stand(conn) == [("evening", "replaced", 6), ("evening", "waiting", 30)]
    assert plan(conn, ("evening", 7)) == 2

    assert stand(conn) == [("evening", "waiting", 7), ("evening", "replaced", 30)]


def test_what_is_overdue_is_left_for_whoever_sends_it(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0), ("evening", 6))

    assert plan(conn, ("evening", 8), now=NOON + AN_HOUR) == 1

    assert stand(conn) == [("booked", "waiting", 0), ("evening", "waiting", 8)]


def test_an_appointment_without_a_plan_has_nothing_waiting(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0), ("evening", 6))

    assert plan(conn, now=NOON + AN_HOUR) == 2

    assert {status for _, status, _ in stand(conn)} == {"replaced"}


def test_settling_counts_once_and_keeps_the_reason(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0))
    [booked] = take(conn)

    reminders.settle(conn, [(booked.id, ReminderStatus.SKIPPED, "opted_out")], now=NOON)
    reminders.settle(conn, [(booked.id, ReminderStatus.SENT, None)], now=NOON)

    [found] = reminders.of_person(conn, "amina")
    assert (found.status, found.reason) == (ReminderStatus.SKIPPED, "opted_out")


def test_a_postponed_one_is_due_later(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0))
    [booked] = take(conn)

    reminders.postpone(conn, [(booked.id, NOON + AN_HOUR)])

    assert take(conn) == []
    assert [r.id for r in take(conn, hours=1)] == [booked.id]


def test_what_waits_for_some_people_is_found_by_person(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn)
    plan(conn, ("booked", 0), ("hours", 2), ("evening", 6))

    found = reminders.take_waiting_of(conn, ["amina", "ben"], until=NOON + 2 * AN_HOUR)

    assert [r.kind for r in found] == ["booked", "hours"]


def test_who_is_in_a_conversation(conn: Connection) -> None:
    for name in ("amina", "ben", "carys", "dev"):
        a_person(conn, name)
    conversations.save(conn, a_conversation("c1", person_id="amina"), now=NOON - AN_HOUR)
    conversations.save(conn, a_conversation("c2", person_id="ben", flow_id="welcome"), now=NOON)
    conversations.save(
        conn, a_conversation("c3", person_id="carys", flow_id="appointment_reminder"), now=NOON
    )
    conversations.save(conn, a_conversation("c4", person_id="dev", asking=False), now=NOON)
    for name in ("amina", "dev"):
        row = inbound.add(conn, a_text(), now=NOON)
        assert row is not None
        inbound.settle(conn, row, person_id=name, outcome="answer")

    def talking(minutes: int) -> set[str]:
        at = NOON + timedelta(minutes=minutes)
        return reminders.in_conversation(
            conn, ["amina", "ben", "carys", "dev"], since=at - timedelta(minutes=10), until=at,
            but_in="appointment_reminder",
        )  # fmt: skip

    assert talking(5) == {"amina", "ben"}
    assert talking(10) == set()


def test_two_hosts_never_send_the_same_reminder(store: Store) -> None:
    with store.begin() as conn:
        a_person(conn)
        for n in range(40):
            an_appointment(conn, f"a{n}")
            plan(conn, ("booked", 0), id=f"a{n}")
    sent: list[int] = []

    def send() -> None:
        while True:
            with store.begin() as conn:
                taken = reminders.take_due(conn, now=NOON, limit=3)
                reminders.settle(conn, [(r.id, ReminderStatus.SENT, None) for r in taken], now=NOON)
            sent.extend(r.id for r in taken)
            if not taken:
                return

    hosts = [threading.Thread(target=send) for _ in range(4)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()

    assert len(set(sent)) == len(sent) == 40
