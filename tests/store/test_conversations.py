"""Where each person stands in each flow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.engine.conversation import Frame
from bot.store import conversations
from bot.store.schema import conversations as table
from tests.store.rows import NOON, a_conversation, a_person

MINUTE = timedelta(minutes=1)


@pytest.fixture
def conn(conn):
    a_person(conn)
    a_person(conn, "sam")
    return conn


def test_a_conversation_comes_back_as_it_was_saved(conn):
    conversation = a_conversation(
        seq=4, tries=2, answers={"food.where": "Bolton"}, subject={"appointment": "a1"},
        stack=(Frame("welcome", 3, "after_food"),), history=("food.start>next",),
    )  # fmt: skip

    conversations.save(conn, conversation, now=NOON)

    assert conversations.get(conn, "c1") == conversation
    assert conversations.get(conn, "c2") is None


def test_saving_again_changes_the_same_conversation(conn):
    conversations.save(conn, a_conversation(), now=NOON)
    later = a_conversation(step="thanks", asking=False, finished=True, seq=2)

    conversations.save(conn, later, now=NOON + MINUTE)

    assert conversations.get(conn, "c1") == later
    assert conversations.latest(conn, "amina") == (later, NOON + MINUTE)
    assert conversations.unfinished(conn, "amina") == []


def test_a_new_question_parks_the_one_before(conn):
    first, second = a_conversation("c1"), a_conversation("c2", flow_id="help")
    conversations.save(conn, first, now=NOON)
    conversations.save(conn, second, now=NOON + MINUTE)

    assert conversations.asking(conn, "amina") == second
    assert conversations.get(conn, "c1") == first.parked()
    assert conversations.unfinished(conn, "amina") == [second, first.parked()]


def test_a_conversation_that_asks_nothing_parks_nobody(conn):
    conversations.save(conn, a_conversation("c1"), now=NOON)
    conversations.save(conn, a_conversation("c2", asking=False), now=NOON)

    assert conversations.asking(conn, "amina").id == "c1"


def test_a_question_to_one_person_leaves_that_of_another_open(conn):
    conversations.save(conn, a_conversation("c1"), now=NOON)
    conversations.save(conn, a_conversation("c2", person_id="sam"), now=NOON)

    assert conversations.asking(conn, "amina").id == "c1"
    assert conversations.asking(conn, "sam").id == "c2"


def test_the_latest_conversation_is_the_one_that_moved_last(conn):
    assert conversations.latest(conn, "amina") is None
    old = a_conversation("c1", asking=False)
    conversations.save(conn, old, now=NOON)
    conversations.save(conn, a_conversation("c2", finished=True, asking=False), now=NOON + MINUTE)
    conversations.save(conn, old, now=NOON + 2 * MINUTE)

    assert conversations.latest(conn, "amina") == (old, NOON + 2 * MINUTE)


def test_the_database_itself_refuses_two_open_questions(store):
    row = {
        "flow_id": "food", "revision": 1, "is_asking": True, "doc": {}, "started_at": NOON, "updated_at": NOON
    }  # fmt: skip
    with store.begin() as conn:
        a_person(conn)
        conn.execute(insert(table), {"id": "c1", "person_id": "amina", **row})

    with pytest.raises(IntegrityError), store.begin() as conn:
        conn.execute(insert(table), {"id": "c2", "person_id": "amina", **row})


def test_questions_asked_at_once_by_several_hosts_leave_one_open(store):
    with store.begin() as conn:
        a_person(conn)

    def ask(number: int) -> None:
        with store.begin() as conn:
            store.serialise(conn, "amina")
            conversations.save(conn, a_conversation(f"c{number}"), now=NOON)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask, range(18)))

    with store.read() as conn:
        open_ones = [one for one in conversations.unfinished(conn, "amina") if one.asking]
        assert open_ones == [conversations.asking(conn, "amina")]


def test_how_many_people_are_in_a_flow_counts_each_once(conn):
    conversations.save(conn, a_conversation("c1"), now=NOON)
    conversations.save(conn, a_conversation("c2", revision=2), now=NOON)
    conversations.save(conn, a_conversation("c3", person_id="sam"), now=NOON)
    conversations.save(conn, a_conversation("c4", flow_id="help", finished=True, asking=False), now=NOON)

    assert conversations.count_unfinished(conn, "food") == 2
    assert conversations.count_unfinished(conn, "help") == 0


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.dictionaries(WORDS, WORDS, max_size=4),
    history=st.lists(WORDS, max_size=5).map(tuple),
    stack=st.lists(st.builds(Frame, WORDS, st.integers(0, 99), WORDS), max_size=3).map(tuple),
    seq=st.integers(0, 10_000),
)
def test_whatever_people_answer_comes_back_equal(conn, answers, history, stack, seq):
    conversation = replace(a_conversation(), answers=answers, history=history, stack=stack, seq=seq)

    conversations.save(conn, conversation, now=NOON)

    assert conversations.get(conn, "c1") == conversation
