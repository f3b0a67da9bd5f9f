"""What falls due: each timer is claimed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.domain.timers import Timer, TimerStatus
from bot.store import timers
from tests.store.rows import NOON, a_person

MINUTE = timedelta(minutes=1)


def a_timer(
    conn: Connection, key: str = "welcome:amina", *, after: timedelta = timedelta(), **fields
) -> Timer:
    wanted = {"kind": "welcome", "person_id": "amina", "due_at": NOON + after}
    assert timers.add(conn, key=key, **{**wanted, **fields})
    return next(timer for timer in timers.of_person(conn, "amina") if timer.key == key)


def status(conn: Connection, timer: Timer) -> TimerStatus:
    return timers.get(conn, timer.id).status


def test_a_timer_comes_back_as_it_was_set(conn):
    a_person(conn)

    timer = a_timer(
        conn, "conv:c1:3:no_reply", kind="no_reply", conversation_id="c1", subject_id="s1", data={"seq": 3}
    )

    assert timers.due(conn, now=NOON, limit=10) == [timer]
    assert (timer.kind, timer.conversation_id, timer.subject_id) == ("no_reply", "c1", "s1")
    assert (timer.data, timer.due_at, timer.status) == ({"seq": 3}, NOON, TimerStatus.WAITING)


def test_the_same_key_twice_is_one_timer(conn):
    a_person(conn)
    first = a_timer(conn)

    is_new = timers.add(conn, key="welcome:amina", kind="welcome", person_id="amina", due_at=NOON + MINUTE)

    assert not is_new
    assert timers.of_person(conn, "amina") == [first]


def test_a_key_stays_known_after_its_timer_is_done(conn):
    a_person(conn)
    timers.claim(conn, a_timer(conn).id, now=NOON)

    assert not timers.add(conn, key="welcome:amina", kind="welcome", person_id="amina", due_at=NOON)


def test_due_timers_come_earliest_first_and_only_so_many(conn):
    a_person(conn)
    for minutes in (3, 1, 2, 9):
        a_timer(conn, f"k{minutes}", after=minutes * MINUTE)

    assert [timer.key for timer in timers.due(conn, now=NOON + 3 * MINUTE, limit=2)] == ["k1", "k2"]
    assert [timer.key for timer in timers.due(conn, now=NOON + 3 * MINUTE, limit=9)] == ["k1", "k2", "k3"]
    assert timers.due(conn, now=NOON, limit=9) == []


def test_a_timer_is_claimed_once(conn):
    a_person(conn)
    timer = a_timer(conn)

    assert timers.claim(conn, timer.id, now=NOON)
    assert not timers.claim(conn, timer.id, now=NOON)
    assert timers.due(conn, now=NOON, limit=9) == []


def test_a_timer_put_off_after_it_was_found_due_is_not_claimed(conn):
    a_person(conn)
    (timer,) = [a_timer(conn)]
    timers.postpone(conn, timer.id, due_at=NOON + MINUTE)

    assert not timers.claim(conn, timer.id, now=NOON)
    assert timers.claim(conn, timer.id, now=NOON + MINUTE)


def test_hosts_that_tick_at_once_claim_each_timer_once(store):
    with store.begin() as conn:
        a_person(conn)
        for number in range(20):
            a_timer(conn, f"k{number}")
    at_once = Barrier(4)

    def tick(_: int) -> list[int]:
        with store.read() as conn:
            found = timers.due(conn, now=NOON, limit=100)
        at_once.wait(10)
        ours = []
        for timer in found:
            with store.begin() as conn:
                if timers.claim(conn, timer.id, now=NOON):
                    ours.append(timer.id)
        return ours

    with ThreadPoolExecutor(4) as pool:
        claimed = [timer_id for ours in pool.map(tick, range(4)) for timer_id in ours]

    assert len(claimed) == len(set(claimed)) == 20


def test_a_claim_is_undone_with_the_transaction_that_made_it(store):
    with store.begin() as conn:
        a_person(conn)
        timer = a_timer(conn)
    try:
        with store.begin() as conn:
            timers.claim(conn, timer.id, now=NOON)
            raise ConnectionAbortedError
    except ConnectionAbortedError:
        pass

    with store.begin() as conn:
        assert timers.due(conn, now=NOON, limit=9) == [timer]
        assert timers.claim(conn, timer.id, now=NOON)


def test_a_skipped_timer_says_why_and_is_not_due_again(conn):
    a_person(conn)
    timer = a_timer(conn)

    timers.skip(conn, timer.id, reason="stale", now=NOON)

    skipped = timers.get(conn, timer.id)
    assert (skipped.status, skipped.reason) == (TimerStatus.SKIPPED, "stale")
    assert not timers.claim(conn, timer.id, now=NOON)


def test_a_claimed_timer_may_still_be_skipped_or_put_off(conn):
    a_person(conn)
    one, two = a_timer(conn, "k1"), a_timer(conn, "k2")
    timers.claim(conn, one.id, now=NOON)
    timers.claim(conn, two.id, now=NOON)

    timers.skip(conn, one.id, reason="opted_out", now=NOON)
    timers.postpone(conn, two.id, due_at=NOON + MINUTE)

    assert status(conn, one) is TimerStatus.SKIPPED
    assert [timer.key for timer in timers.due(conn, now=NOON + MINUTE, limit=9)] == ["k2"]


def test_replacing_takes_back_what_waits_of_these_kinds_about_this_subject(conn):
    a_person(conn)
    wanted = a_timer(conn, "k1", kind="check_in", subject_id="r1")
    done = a_timer(conn, "k2", kind="check_in", subject_id="r1")
    other_kind = a_timer(conn, "k3", kind="hand_over", subject_id="r1")
    other_subject = a_timer(conn, "k4", kind="check_in", subject_id="r2")
    timers.claim(conn, done.id, now=NOON)

    assert timers.replace(conn, subject_id="r1", kinds=("first_night", "check_in"), now=NOON) == 1

    assert status(conn, wanted) is TimerStatus.REPLACED
    assert status(conn, done) is TimerStatus.DONE
    assert [timer.id for timer in timers.due(conn, now=NOON, limit=9)] == [other_kind.id, other_subject.id]


def test_a_replaced_timer_never_comes_back(conn):
    a_person(conn)
    timer = a_timer(conn, subject_id="r1")
    timers.replace(conn, subject_id="r1", kinds=["welcome"], now=NOON)

    timers.postpone(conn, timer.id, due_at=NOON)
    timers.skip(conn, timer.id, reason="stale", now=NOON)

    assert status(conn, timer) is TimerStatus.REPLACED


def test_replacing_no_kinds_takes_nothing_back(conn):
    a_person(conn)
    a_timer(conn, subject_id="r1")

    assert timers.replace(conn, subject_id="r1", kinds=[], now=NOON) == 0


def test_next_due_is_the_earliest_that_waits(conn):
    a_person(conn)
    assert timers.next_due(conn) is None
    first = a_timer(conn, "k1", after=MINUTE)
    a_timer(conn, "k2", after=2 * MINUTE)
    assert timers.next_due(conn) == NOON + MINUTE

    timers.claim(conn, first.id, now=NOON + MINUTE)

    assert timers.next_due(conn) == NOON + 2 * MINUTE


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(-100, 100), max_size=10), at=st.integers(-100, 100))
def test_due_is_exactly_what_waits_at_or_before_the_instant(conn, minutes, at):
    with conn.begin_nested() as example:
        a_person(conn)
        for number, offset in enumerate(minutes):
            a_timer(conn, f"k{number}", after=offset * MINUTE)

        found = timers.due(conn, now=NOON + at * MINUTE, limit=100)

        assert [timer.due_at for timer in found] == [NOON + m * MINUTE for m in sorted(minutes) if m <= at]
        example.rollback()
