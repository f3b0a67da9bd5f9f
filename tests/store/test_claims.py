from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, text

from bot.domain.messages import DeliveryStatus, Kind, NewMessage, Priority
from bot.store import claims, outbox, rates
from bot.store.database import Store
from bot.store.schema import outbox as outbox_table
from bot.store.types import UtcDateTime

NOW = datetime(2026, 6, 5, 15, 5, tzinfo=UTC)
AMINA, BEN = "+447700900101", "+447700900102"


def put(
    conn: Connection, body: str, *, to: str = AMINA, priority: Priority = Priority.ANSWER,
    due: datetime = NOW, key: str | None = None,
) -> int:  # fmt: skip
    message = NewMessage(to, body, Kind.ANSWER, priority, due, key=key)
    found = outbox.add(conn, message, now=NOW)
    assert found is not None
    return found


def claimed(conn: Connection, *, token: str = "one", most: int = 10, now: datetime = NOW) -> list[str]:
    return [one.message.body for one in claims.claim(conn, token=token, most=most, now=now)]


def hand_over_all(conn: Connection, ids: Iterable[int], *, token: str = "one", now: datetime = NOW) -> None:
    assert claims.hand_over(conn, list(ids), token=token, now=now) == set(ids)


def test_the_same_key_is_one_text(conn: Connection) -> None:
    put(conn, "once", key="k")

    assert outbox.add(conn, NewMessage(BEN, "x", Kind.PAGE, Priority.PAGE, NOW, key="k"), now=NOW) is None


def test_danger_goes_before_answers_before_reminders_and_the_earlier_first(conn: Connection) -> None:
    put(conn, "reminder", to="+447700900001", priority=Priority.REMINDER, due=NOW - timedelta(hours=2))
    put(conn, "late answer", to="+447700900002", due=NOW - timedelta(minutes=1))
    put(conn, "early answer", to="+447700900003", due=NOW - timedelta(minutes=2))
    put(conn, "danger", to="+447700900004", priority=Priority.DANGER)
    put(conn, "not yet", to="+447700900005", due=NOW + timedelta(seconds=1))

    assert claimed(conn, most=3) == ["danger", "early answer", "late answer"]
    assert claimed(conn) == ["reminder"]


def test_a_text_waits_for_the_one_before_it_to_the_same_address(conn: Connection) -> None:
    first = put(conn, "first")
    put(conn, "second")
    put(conn, "for ben", to=BEN)

    assert claimed(conn) == ["first", "for ben"]
    assert claimed(conn) == []

    hand_over_all(conn, [first])
    assert claimed(conn) == []

    outbox.advance(conn, first, DeliveryStatus.ACCEPTED, now=NOW, provider_id="SM1")
    assert claimed(conn) == ["second"]


def test_a_text_waits_while_the_one_before_it_waits_for_another_try(conn: Connection) -> None:
    first = put(conn, "first")
    put(conn, "second")
    claimed(conn)
    hand_over_all(conn, [first])

    claims.try_again(conn, first, at=NOW + timedelta(seconds=30), code=20429, reason="busy")

    assert claimed(conn) == []
    assert outbox.next_due(conn) == NOW + timedelta(seconds=30)
    assert claimed(conn, now=NOW + timedelta(seconds=30)) == ["first"]


def test_danger_does_not_wait_for_a_reminder_that_is_being_tried_again(conn: Connection) -> None:
    reminder = put(conn, "reminder", priority=Priority.REMINDER)
    claimed(conn)
    hand_over_all(conn, [reminder])
    put(conn, "danger", priority=Priority.DANGER)

    assert claimed(conn) == ["danger"]


def test_an_answer_in_a_webhooks_own_answer_holds_nothing_up(conn: Connection) -> None:
    message = NewMessage(
        AMINA, "twiml", Kind.ANSWER, Priority.ANSWER, NOW, via_twiml=True, status=DeliveryStatus.HANDED_OVER
    )
    outbox.add(conn, message, now=NOW)
    put(conn, "after it")

    assert claimed(conn) == ["after it"]


def test_a_claim_left_by_a_crash_is_due_again_after_two_minutes(conn: Connection) -> None:
    put(conn, "left")
    claimed(conn)

    assert claims.recover(conn, now=NOW + timedelta(seconds=119)) == 0
    assert claims.recover(conn, now=NOW + timedelta(seconds=120)) == 1
    assert claimed(conn, token="two", now=NOW + timedelta(seconds=120)) == ["left"]


def test_a_lost_claim_can_not_be_handed_over(conn: Connection) -> None:
    left = put(conn, "left")
    claimed(conn)
    later = NOW + timedelta(minutes=2)
    claims.recover(conn, now=later)
    claimed(conn, token="two", now=later)

    assert claims.hand_over(conn, [left], token="one", now=later) == set()


def test_a_hand_over_without_an_answer_is_looked_up_by_one_host_after_a_minute(conn: Connection) -> None:
    lost = put(conn, "lost")
    claimed(conn)
    hand_over_all(conn, [lost])
    later = NOW + timedelta(minutes=1)

    assert outbox.next_due(conn) == later
    assert claims.unanswered(conn, token="two", most=9, now=later - timedelta(seconds=1)) == []
    assert [m.id for m in claims.unanswered(conn, token="two", most=9, now=later)] == [lost]
    assert claims.unanswered(conn, token="three", most=9, now=later) == []


def test_an_answer_without_a_report_is_looked_up_after_three_minutes(conn: Connection) -> None:
    message = NewMessage(
        AMINA, "twiml", Kind.ANSWER, Priority.ANSWER, NOW, via_twiml=True, status=DeliveryStatus.HANDED_OVER
    )
    outbox_id = outbox.add(conn, message, now=NOW)

    assert claims.unanswered(conn, token="two", most=9, now=NOW + timedelta(seconds=179)) == []
    found = claims.unanswered(conn, token="two", most=9, now=NOW + timedelta(minutes=3))
    assert [m.id for m in found] == [outbox_id]


def test_what_was_not_tried_goes_back_as_it_was(conn: Connection) -> None:
    one = put(conn, "one")
    claimed(conn)
    hand_over_all(conn, [one])

    claims.give_back(conn, [one], token="one")

    found = outbox.get(conn, one)
    assert found is not None
    assert (found.status, found.attempts, found.due_at) == (DeliveryStatus.DUE, 0, NOW)


def test_while_sending_is_stopped_nothing_is_due_before_it_begins_again(conn: Connection) -> None:
    put(conn, "waits")
    rates.stop_until(conn, NOW + timedelta(minutes=1))
    rates.stop_until(conn, NOW + timedelta(minutes=2))

    assert outbox.next_due(conn) == NOW + timedelta(minutes=2)
    assert rates.go_on(conn)
    assert not rates.go_on(conn)
    assert outbox.next_due(conn) == NOW


def test_a_second_of_the_rate_is_shared_out_once(conn: Connection) -> None:
    first = rates.allowance(conn, "us", per_second=10, now=NOW)
    slots = rates.use(conn, first, 7)
    second = rates.allowance(conn, "us", per_second=10, now=NOW)

    assert first.count == 10
    assert slots[-1] == NOW + timedelta(seconds=0.6)
    assert (second.count, second.starts_at) == (3, NOW + timedelta(seconds=0.7))
    rates.use(conn, second, 3)
    assert rates.allowance(conn, "us", per_second=10, now=NOW).count == 0
    assert rates.allowance(conn, "us", per_second=10, now=NOW + timedelta(hours=1)).count == 10
    assert rates.allowance(conn, "slow", per_second=0.2, now=NOW).count == 1


def test_hosts_that_claim_at_once_never_have_the_same_text_nor_two_of_one_address(store: Store) -> None:
    people = [f"+4477009{number:05d}" for number in range(40)]
    with store.begin() as conn:
        for number in range(5):
            for person in people:
                put(conn, f"{person} {number}", to=person)
    seen: list[str] = []
    in_hand: set[str] = set()
    problems: list[str] = []
    lock = threading.Lock()

    def host(name: str) -> None:
        for round_number in range(400):
            token = f"{name} {round_number}"
            with store.begin() as conn:
                found = claims.claim(conn, token=token, most=7, now=NOW)
            if not found:
                with lock:
                    if len(seen) == 200:
                        return
                continue
            with lock:
                for one in found:
                    if one.message.address in in_hand:
                        problems.append(one.message.body)
                    in_hand.add(one.message.address)
                    seen.append(one.message.body)
            with store.begin() as conn:
                claims.hand_over(conn, [one.message.id for one in found], token=token, now=NOW)
            with lock:
                in_hand.difference_update(one.message.address for one in found)
            with store.begin() as conn:
                for one in found:
                    outbox.advance(
                        conn,
                        one.message.id,
                        DeliveryStatus.ACCEPTED,
                        now=NOW,
                        provider_id=f"SM{one.message.id}",
                    )

    threads = [threading.Thread(target=host, args=(f"host {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(seen) == len(set(seen)) == 200
    for person in people:
        assert [body for body in seen if body.startswith(person)] == [f"{person} {n}" for n in range(5)]


def test_the_claim_reads_its_indexes_when_many_wait_and_none_is_due(conn: Connection) -> None:
    rows = [
        {
            "address": f"+44{number:010d}", "channel": "sms", "body": "later", "kind": "reminder",
            "priority": 3, "status": "due", "due_at": NOW + timedelta(days=1), "created_at": NOW,
            "via_twiml": False, "attempts": 0,
        }
        for number in range(5_000)
    ]  # fmt: skip
    conn.execute(outbox_table.insert(), rows)
    conn.exec_driver_sql("ANALYZE")
    values = {"at": NOW, "token": "t", "most": 10}

    assert claims.claim(conn, token="t", most=10, now=NOW) == []
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    statement = text(f"{explain} {claims._claim_statement(conn.dialect.name, Priority.BULK).text}")
    plan = " ".join(
        str(row[-1]) for row in conn.execute(statement.bindparams(bindparam("at", type_=UtcDateTime)), values)
    )
    assert plan.count("ix_outbox_due") == len(Priority)
    assert "ix_outbox_on_its_way" in plan
