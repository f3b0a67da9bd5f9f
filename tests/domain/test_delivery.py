from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import (
    Remedy,
    once_more_after,
    pause_before,
    remedy_for,
    remedy_for_report,
    status_of,
)
from bot.domain.messages import DeliveryStatus, Kind
from bot.errors import SendFailed


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (21610, Remedy.OPT_OUT), (21211, Remedy.BAD_NUMBER), (21614, Remedy.BAD_NUMBER),
        (21612, Remedy.BAD_NUMBER), (20003, Remedy.STOP), (20429, Remedy.WAIT), (21611, Remedy.WAIT),
        (21408, Remedy.GIVE_UP), (99999, Remedy.GIVE_UP), (None, Remedy.GIVE_UP),
    ],
)  # fmt: skip
def test_each_refusal_asks_for_one_thing(code: int | None, remedy: Remedy) -> None:
    assert remedy_for(SendFailed("refused", retry=False, code=code)) is remedy


def test_what_may_exist_is_looked_up_whatever_its_code() -> None:
    assert remedy_for(SendFailed("broken", retry=True, ambiguous=True, code=21610)) is Remedy.LOOK_UP


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (30003, Remedy.WAIT), (30008, Remedy.WAIT), (30005, Remedy.BAD_NUMBER), (30006, Remedy.BAD_NUMBER),
        (30004, Remedy.GIVE_UP), (30007, Remedy.GIVE_UP), (21610, Remedy.OPT_OUT), (None, Remedy.GIVE_UP),
    ],
)  # fmt: skip
def test_each_report_of_failure_asks_for_one_thing(code: int | None, remedy: Remedy) -> None:
    assert remedy_for_report(code) is remedy


def test_a_page_is_not_sent_once_more_since_its_ladder_moves_on() -> None:
    assert once_more_after(Kind.PAGE) is None
    assert all(once_more_after(kind) is not None for kind in Kind if kind is not Kind.PAGE)


def test_words_of_the_provider_are_read_in_any_case_and_unknown_ones_say_nothing() -> None:
    assert status_of(" Undelivered") is DeliveryStatus.UNDELIVERED
    assert status_of("received") is None
    assert status_of("") is None


@given(st.integers(1, 1000), st.integers())
def test_pauses_grow_and_stay_within_minutes(attempt: int, seed: int) -> None:
    pause = pause_before(attempt, Random(seed)).total_seconds()

    expected = min(5.0 * 2 ** (attempt - 1), 300.0)
    assert expected / 2 <= pause <= expected * 1.5
