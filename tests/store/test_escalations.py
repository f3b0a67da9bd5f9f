"""Each step of an escalation is one conditional update: whoever comes second changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.domain.escalations import Escalation, EscalationStatus, PageState, Urgency
from bot.store import escalations, pages
from tests.store.rows import NOON, a_person
from tests.store.test_workers import a_worker

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def everyone(conn: Connection) -> None:
    a_person(conn)
    for name in ("sam", "lee"):
        a_worker(conn, name, "Bolton")


def an_escalation(conn: Connection, escalation_id: str = "e1", **fields: Any) -> Escalation:
    wanted = {
        "person_id": "amina", "area": "Bolton", "urgency": Urgency.TODAY, "reason": "nowhere to stay",
        "need": "housing", "words": "help", "status": EscalationStatus.OPEN, "opened_at": NOON,
        "next_due": NOON, "ladder": (("sam",), ("lee",)),
    }  # fmt: skip
    escalation = Escalation(id=escalation_id, **{**wanted, **fields})
    escalations.add(conn, escalation)
    return escalation


def test_an_escalation_comes_back_as_written(conn: Connection) -> None:
    written = an_escalation(conn, exhausted_at=NOON, rounds=2, rung=1, repeats=3)

    assert escalations.get(conn, "e1") == written
    assert escalations.get(conn, "nothing") is None


def test_what_is_closed_is_neither_open_nor_due(conn: Connection) -> None:
    an_escalation(conn, "e1")
    an_escalation(conn, "e2", status=EscalationStatus.CLOSED)
    an_escalation(conn, "e3", next_due=NOON + MINUTE)

    assert [one.id for one in escalations.open_of_person(conn, "amina")] == ["e1", "e3"]
    assert escalations.due(conn, now=NOON) == [("e1", "amina", NOON)]
    assert escalations.next_due(conn) == NOON


def test_only_one_claim_of_a_step_succeeds(conn: Connection) -> None:
    an_escalation(conn)

    assert escalations.claim(conn, "e1", seen=NOON, until=NOON + MINUTE) is True
    assert escalations.claim(conn, "e1", seen=NOON, until=NOON + MINUTE) is False


def test_only_one_worker_takes_it(conn: Connection) -> None:
    an_escalation(conn, exhausted_at=NOON)

    first = escalations.take(conn, "e1", "sam", instead_of=None, now=NOON, next_due=NOON + MINUTE)
    second = escalations.take(conn, "e1", "lee", instead_of=None, now=NOON, next_due=NOON + MINUTE)

    assert (first, second) == (True, False)
    taken = escalations.get(conn, "e1")
    assert taken is not None
    assert (taken.taken_by, taken.status, taken.exhausted_at) == ("sam", EscalationStatus.TAKEN, None)
    assert escalations.taken_by(conn, "sam") == [taken]


def test_it_is_taken_over_only_from_whoever_has_it(conn: Connection) -> None:
    an_escalation(conn)
    escalations.take(conn, "e1", "sam", instead_of=None, now=NOON, next_due=NOON)

    assert escalations.take(conn, "e1", "lee", instead_of="kay", now=NOON, next_due=NOON) is False
    assert escalations.take(conn, "e1", "lee", instead_of="sam", now=NOON, next_due=NOON) is True


def test_only_the_taker_gives_it_back(conn: Connection) -> None:
    an_escalation(conn)
    escalations.take(conn, "e1", "sam", instead_of=None, now=NOON, next_due=NOON)

    assert escalations.give_back(conn, "e1", "lee", next_due=NOON) is False
    assert escalations.give_back(conn, "e1", "sam", next_due=NOON) is True
    assert escalations.give_back(conn, "e1", "sam", next_due=NOON) is False


def test_it_is_closed_once_and_by_nobody_but_the_taker(conn: Connection) -> None:
    an_escalation(conn)
    escalations.take(conn, "e1", "sam", instead_of=None, now=NOON, next_due=NOON)

    assert escalations.close(conn, "e1", worker_id="lee", note="", now=NOON) is False
    assert escalations.close(conn, "e1", worker_id="sam", note="sorted", now=NOON) is True
    assert escalations.close(conn, "e1", worker_id="sam", note="again", now=NOON) is False
    closed = escalations.get(conn, "e1")
    assert closed is not None
    assert (closed.close_note, closed.next_due) == ("sorted", None)


def a_page(
    conn: Connection, escalation_id: str, code: str, *, at: timedelta = MINUTE, worker: str = "sam"
) -> None:
    pages.save(
        conn, escalation_id=escalation_id, worker_id=worker, code=code, rung=0, now=NOON + at, outbox_id=None
    )


def test_a_worker_paged_again_keeps_the_code(conn: Connection) -> None:
    an_escalation(conn)
    a_page(conn, "e1", "K7")
    pages.set_state(conn, [page.id for page in pages.of_escalation(conn, "e1")], PageState.PASSED)

    a_page(conn, "e1", "T4", at=2 * MINUTE)

    (page,) = pages.of_escalation(conn, "e1")
    assert (page.code, page.state, page.paged_at) == ("K7", PageState.PAGED, NOON + 2 * MINUTE)
    assert pages.get(conn, "e1", "sam") == page
    assert pages.get(conn, "e1", "lee") is None


def test_a_code_means_the_newest_page_that_had_it(conn: Connection) -> None:
    an_escalation(conn, "e1", status=EscalationStatus.CLOSED)
    an_escalation(conn, "e2")
    a_page(conn, "e1", "K7")
    a_page(conn, "e2", "K7", at=2 * MINUTE)

    found = pages.by_code(conn, "sam", "K7")

    assert found is not None
    assert found.escalation_id == "e2"
    assert pages.by_code(conn, "lee", "K7") is None


def test_offers_are_pages_without_an_answer_of_what_is_not_closed(conn: Connection) -> None:
    first = an_escalation(conn, "e1")
    an_escalation(conn, "e2", status=EscalationStatus.CLOSED)
    an_escalation(conn, "e3")
    for number in (1, 2, 3):
        a_page(conn, f"e{number}", f"K{number}")
    pages.set_state(conn, [pages.of_escalation(conn, "e3")[0].id], PageState.PASSED)

    assert [(page.code, one) for page, one in pages.offers(conn, "sam")] == [("K1", first)]
    assert [page.code for page, _ in pages.open_of_worker(conn, "sam")] == ["K1", "K3"]


def test_codes_of_a_worker_are_the_recent_ones_and_those_of_anything_open(conn: Connection) -> None:
    old = NOON - timedelta(days=30)
    an_escalation(conn, "e1", status=EscalationStatus.CLOSED, closed_at=old)
    an_escalation(conn, "e2")
    an_escalation(conn, "e3", status=EscalationStatus.CLOSED, closed_at=NOON)
    for number in (1, 2, 3):
        a_page(conn, f"e{number}", f"K{number}", at=old - NOON)

    since = NOON - timedelta(days=14)
    found = pages.codes_of(conn, "sam", since=since)

    assert found == [("K2", True), ("K3", False)]
    assert [pages.has_code(conn, "sam", f"K{number}", since=since) for number in (1, 2, 3)] == [False, True, True]
