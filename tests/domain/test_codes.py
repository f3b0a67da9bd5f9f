"""Codes are short, unmistakable and not given again too soon; giving one never fails."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import DIGITS, LETTERS, guesses, new_code
from bot.domain.worker_words import Word, parse

SHORT = [letter + digit for letter in LETTERS for digit in DIGITS]
EVERY = SHORT + [letter + one + two for letter in LETTERS for one in DIGITS for two in DIGITS]


def test_no_letter_or_digit_looks_like_another() -> None:
    assert not set("ILOQSZB") & set(LETTERS)
    assert not set("01") & set(DIGITS)


@given(st.integers())
def test_a_code_is_a_letter_and_one_digit_while_there_are_any(seed: int) -> None:
    assert re.fullmatch(r"[A-Z][2-9]", new_code([], [], random.Random(seed)))


@given(st.integers())
def test_guesses_are_short_codes_each_another(seed: int) -> None:
    found = guesses(random.Random(seed))

    assert set(found) <= set(SHORT)
    assert len(set(found)) == len(found)


@given(st.integers(), st.sets(st.sampled_from(EVERY)))
def test_a_code_of_the_last_fortnight_is_not_given_while_others_are_free(seed: int, used: set[str]) -> None:
    code = new_code(sorted(used), [], random.Random(seed))

    assert code in EVERY
    assert code not in used or len(used) == len(EVERY)


def test_codes_grow_to_two_digits_when_the_short_ones_are_used() -> None:
    assert re.fullmatch(r"[A-Z][2-9][2-9]", new_code(SHORT, [], random.Random(1)))


def test_when_all_are_used_the_one_used_longest_ago_comes_again() -> None:
    used = [*EVERY, EVERY[0]]

    assert new_code(used, [], random.Random(1)) == EVERY[1]
    assert new_code(used, EVERY[1:5], random.Random(1)) == EVERY[5]


def test_when_everything_is_open_there_is_still_a_code() -> None:
    assert new_code(EVERY, EVERY, random.Random(1)) == EVERY[0]


@given(st.integers(), st.lists(st.sampled_from(EVERY), max_size=200))
def test_every_code_that_is_given_is_understood(seed: int, used: list[str]) -> None:
    code = new_code(used, [], random.Random(seed))

    assert parse(f" {code.lower()} ").code == code
    assert parse(code).word is Word.TAKE
