"""The people we write to."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from bot.domain.people import Person, SafeToText
from bot.store import people, person_areas
from tests.store.rows import NOON, a_person

# PostgreSQL keeps no NUL in a text; the edges take it out.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first_name=TEXT,
    needs=st.lists(st.sampled_from(["id", "housing", "benefits"]), unique=True).map(tuple),
    safe=st.sampled_from(SafeToText),
    contact_from=st.none() | st.times(),
    consent=st.booleans(),
    opted_out_at=st.none() | st.integers(0, 10**9).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    misses=st.integers(0, 1000),
)
def test_a_person_comes_back_as_they_were_written(conn, **fields):
    fields["safe_to_text"] = fields.pop("safe")
    person = Person("p1", None, last_name="Example", area="Bolton", created_at=NOON, **fields)

    with conn.begin_nested() as example:
        people.add(conn, person, now=NOON)
        assert people.get(conn, "p1") == person
        example.rollback()


def test_nobody_is_an_answer(conn):
    assert people.get(conn, "nobody") is None
    assert people.lock(conn, "nobody") is None
    assert people.by_external_id(conn, "nobody") is None


def test_a_person_is_found_by_the_id_of_another_system(conn):
    person = a_person(conn, external_id="E-17")

    assert people.by_external_id(conn, "E-17") == person


def test_two_people_cannot_have_one_external_id(store):
    with store.begin() as conn:
        a_person(conn, "amina", external_id="E-17")

    with pytest.raises(IntegrityError), store.begin() as conn:
        a_person(conn, "sam", external_id="E-17")


def test_strangers_have_no_external_id_and_may_be_many(conn):
    a_person(conn, "one", external_id=None)
    a_person(conn, "two", external_id=None)

    assert people.get(conn, "two").external_id is None


def test_what_is_changed_changes_and_the_rest_stays(conn):
    before = a_person(conn, needs=("id",))
    a_person(conn, "sam")

    people.change(
        conn, "amina", safe_to_text=SafeToText.DISCREET, needs=("housing", "id"), contact_from=time(9, 30),
        opted_out_at=NOON, opt_out_source="STOP",
    )  # fmt: skip

    after = people.get(conn, "amina")
    assert (after.safe_to_text, after.needs) == (SafeToText.DISCREET, ("housing", "id"))
    assert (after.contact_from, after.opted_out_at, after.opt_out_source) == (time(9, 30), NOON, "STOP")
    assert (after.first_name, after.created_at) == (before.first_name, before.created_at)
    assert people.get(conn, "sam").opted_out_at is None


def test_changing_nothing_is_allowed(conn):
    person = a_person(conn)

    people.change(conn, "amina")

    assert people.get(conn, "amina") == person


def test_a_column_that_people_do_not_have_is_refused(conn):
    a_person(conn)

    with pytest.raises(ValueError, match="people have no column first_nam"):
        people.change(conn, "amina", first_nam="Sam", last_name="Example")


def test_the_locked_person_is_the_person(conn):
    assert people.lock(conn, a_person(conn).id) == people.get(conn, "amina")


def test_a_new_person_begins_the_history_of_their_areas(conn):
    a_person(conn, area="Bolton")

    assert person_areas.history(conn, "amina") == [("Bolton", NOON, None)]
