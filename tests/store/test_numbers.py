"""Who is and was reached on which number."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.people import Number
from bot.store import numbers, people
from tests.store.rows import NOON, OTHER_PHONE, PHONE, a_person

HOUR = timedelta(hours=1)
WHATSAPP = f"whatsapp:{PHONE}"


def test_somebody_without_a_number_has_no_address(conn):
    a_person(conn)

    assert numbers.current_address(conn, "amina") is None
    assert numbers.history(conn, "amina") == []


def test_a_new_number_ends_the_one_before_and_the_history_keeps_both(conn):
    a_person(conn)

    numbers.link(conn, "amina", PHONE, now=NOON)
    numbers.link(conn, "amina", OTHER_PHONE, now=NOON + HOUR)

    assert numbers.current_address(conn, "amina") == OTHER_PHONE
    assert numbers.history(conn, "amina") == [
        Number("amina", PHONE, NOON, NOON + HOUR),
        Number("amina", OTHER_PHONE, NOON + HOUR, None),
    ]


def test_linking_the_same_number_again_changes_nothing(conn):
    a_person(conn)

    numbers.link(conn, "amina", PHONE, now=NOON)
    numbers.link(conn, "amina", PHONE, now=NOON + HOUR)

    assert numbers.history(conn, "amina") == [Number("amina", PHONE, NOON)]


def test_a_person_has_one_address_a_channel_and_the_newest_is_current(conn):
    a_person(conn)

    numbers.link(conn, "amina", PHONE, now=NOON)
    numbers.link(conn, "amina", WHATSAPP, now=NOON + HOUR)

    assert numbers.current_address(conn, "amina") == WHATSAPP
    assert [number.until_at for number in numbers.history(conn, "amina")] == [None, None]


def test_a_bad_number_is_passed_over_for_everyone_who_has_it(conn):
    for person_id in ("amina", "sam"):
        a_person(conn, person_id)
        numbers.link(conn, person_id, WHATSAPP, now=NOON)
        numbers.link(conn, person_id, PHONE, now=NOON + HOUR)

    numbers.mark_bad(conn, PHONE, now=NOON + 2 * HOUR)

    assert numbers.current_address(conn, "amina") == WHATSAPP
    assert numbers.current_address(conn, "sam") == WHATSAPP
    assert [number.is_bad for number in numbers.history(conn, "sam")] == [False, True]


def test_a_late_report_does_not_spoil_a_number_linked_after_it(conn):
    a_person(conn)
    numbers.link(conn, "amina", PHONE, now=NOON)

    numbers.mark_bad(conn, PHONE, now=NOON - HOUR)

    assert numbers.current_address(conn, "amina") == PHONE


def test_a_bad_number_that_is_linked_again_is_good_again(conn):
    a_person(conn)
    numbers.link(conn, "amina", PHONE, now=NOON)
    numbers.mark_bad(conn, PHONE, now=NOON)

    numbers.link(conn, "amina", PHONE, now=NOON + HOUR)

    assert numbers.current_address(conn, "amina") == PHONE


def test_several_people_may_share_a_number(conn):
    for person_id, at in (("amina", NOON), ("sam", NOON + HOUR)):
        a_person(conn, person_id)
        numbers.link(conn, person_id, PHONE, now=at)

    assert [person.id for person in numbers.owners(conn, PHONE)] == ["sam", "amina"]
    assert numbers.owners(conn, PHONE)[0] == people.get(conn, "sam")


def test_who_gave_a_number_up_is_a_former_owner_until_they_have_it_again(conn):
    a_person(conn)
    numbers.link(conn, "amina", PHONE, now=NOON)
    assert numbers.former_owners(conn, PHONE) == []

    numbers.unlink(conn, "amina", PHONE, now=NOON + HOUR)
    assert numbers.owners(conn, PHONE) == []
    assert [person.id for person in numbers.former_owners(conn, PHONE)] == ["amina"]

    numbers.link(conn, "amina", PHONE, now=NOON + 2 * HOUR)
    assert numbers.former_owners(conn, PHONE) == []
    assert len(numbers.history(conn, "amina")) == 2


def test_unlinking_leaves_others_who_share_the_number(conn):
    for person_id in ("amina", "sam"):
        a_person(conn, person_id)
        numbers.link(conn, person_id, PHONE, now=NOON)

    numbers.unlink(conn, "amina", PHONE, now=NOON + HOUR)

    assert [person.id for person in numbers.owners(conn, PHONE)] == ["sam"]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["amina", "sam"]),
        st.sampled_from([PHONE, OTHER_PHONE, WHATSAPP]),
        st.sampled_from([numbers.link, numbers.unlink]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_happens_nobody_has_two_open_numbers_on_one_channel(conn, moves):
    with conn.begin_nested() as example:
        for person_id in ("amina", "sam"):
            a_person(conn, person_id)
        for hours, (person_id, address, do) in enumerate(moves):
            do(conn, person_id, address, now=NOON + hours * HOUR)

            history = numbers.history(conn, person_id)
            open_ones = [number.address for number in history if number.until_at is None]
            assert len(open_ones) == len({address.startswith("whatsapp:") for address in open_ones})
            assert all(number.until_at is None or number.from_at <= number.until_at for number in history)
        for address in (PHONE, OTHER_PHONE, WHATSAPP):
            now = {person.id for person in numbers.owners(conn, address)}
            assert not now & {person.id for person in numbers.former_owners(conn, address)}
        example.rollback()
