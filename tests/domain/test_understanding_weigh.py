"""What phrases and the statistical layer say together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.understanding import weigh

sure = st.floats(0, 1)


@pytest.mark.parametrize(
    ("phrases", "likely", "is_danger"),
    [
        (0.95, None, True), (0.7, None, True), (0.35, None, False),
        (0.95, 0.9, True), (0.95, 0.01, False), (0.7, 0.6, True), (0.7, 0.3, False),
        (0.35, 0.6, False), (0.0, 0.95, True), (0.0, 0.5, False),
    ],
)  # fmt: skip
def test_danger_is_raised_by_a_phrase_that_is_not_unlikely_or_by_near_certainty(
    phrases: float, likely: float | None, is_danger: bool
) -> None:
    assert weigh.is_danger(phrases, likely) is is_danger


@given(sure, sure, sure)
def test_more_of_either_never_takes_danger_back(phrases: float, likely: float, more: float) -> None:
    if weigh.is_danger(phrases, likely):
        assert weigh.is_danger(max(phrases, more), max(likely, more))


@given(sure, sure, sure)
def test_more_of_either_never_takes_an_opt_out_back(phrases: float, likely: float, more: float) -> None:
    if weigh.is_opt(phrases, likely):
        assert weigh.is_opt(max(phrases, more), max(likely, more))


def test_the_next_likeliest_stands_beside_the_best() -> None:
    found = weigh.intents({}, {"food": 0.6, "money_benefits": 0.15, "thanks": 0.05})

    assert list(found) == ["food", "money_benefits"]


def test_nothing_recognised_gives_way_to_what_says_more() -> None:
    found = weigh.intents({}, {"other": 0.8, "food": 0.45})

    assert max(found, key=lambda name: found[name]) == "food"


def test_a_phrase_counts_by_itself_when_words_like_it_were_never_learned() -> None:
    assert weigh.intents({"food": 0.95}, {"food": 0.02})["food"] >= 0.5
