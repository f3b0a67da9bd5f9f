"""Texts become plain words, misspelt words are put right, and answers find their choice."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.understanding.fuzzy import Spelling, fuzzy_choice
from bot.domain.understanding.normalise import normalise, normalise_words, split
from bot.domain.understanding.sms_speak import PAIRS, SHORT_FORMS

PIECES = [
    *SHORT_FORMS,
    *(word for pair in PAIRS for word in pair),
    "heeeelp",
    "k1ll",
    ".",
    "...",
    "'",
    "\u200b",
]


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("Nowere 2 stay 2nite m8!!", "nowhere to stay tonight mate"),
        ("I can’t do this anymore…", "i cant do this anymore"),
        ("i can not, i CANNOT, i can't", "i cant i cant i cant"),
        ("heeeelp me pleeease", "help me please"),
        ("k1ll mys3lf", "kill myself"),
        ("my mate o.d'd", "my mate overdosed"),
        ("zabiję się", "zabije sie"),
        ("ring 07700 900123 at 10am", "ring 07700 900123 at 10am"),
        ("K7 done", "k7 done"),
        ("M14 5RD", "m14 5rd"),
        ("u\u200bnsu\u200dbscribe", "unsubscribe"),
        ("ｓｔｏｐ", "stop"),
        ("🆘 now 💀🔫", "sos now"),
        ("ok 👍🏽", "ok 👍"),
        ("2", "2"),
        ("  \t\n ", ""),
        ("gonna wanna", "going to want to"),
        ("neeeed fooood", "need food"),
    ],
)
def test_a_text_is_read_as_plain_words(typed, read_as):
    assert normalise(typed) == read_as


TYPED = st.one_of(*(st.lists(st.sampled_from(PIECES)).map(gap.join) for gap in (" ", "")), st.text())


@given(TYPED)
@example("2 hv 2")
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)

    assert normalise(once) == once


@given(st.lists(st.sampled_from(PIECES), min_size=1))
def test_words_taken_apart_before_are_read_the_same(words):
    assert " ".join(normalise_words(words)) == normalise(" ".join(words))


@given(st.text())
def test_the_ends_of_sentences_lie_inside_the_text(text):
    found = split(text)

    assert all(0 < place < len(found.words) for place in found.breaks)


def test_three_dots_are_no_end_of_a_sentence():
    assert split("i cant... do this").breaks == frozenset()
    assert split("get off at the next stop. texting you later").breaks == {6}


def test_what_short_forms_stand_for_needs_no_more_expanding():
    assert not [short for short, full in SHORT_FORMS.items() for word in full if word in SHORT_FORMS]


def test_a_long_text_takes_time_in_proportion():
    def seconds(text: str) -> float:
        began = time.process_time()
        normalise(text)
        return time.process_time() - began

    for piece in ("a", "i ", "o.d'", "aaab", "é"):
        short = min(seconds(piece * 20_000) for _ in range(3))
        long = min(seconds(piece * 80_000) for _ in range(3))
        assert long < 12 * short + 0.05, piece


SPELLING = Spelling(
    [
        "methadone",
        "prescription",
        "appointment",
        "nowhere",
        "stay",
        "want",
        "breathe",
        "myself",
        "hope",
        "help",
    ],
    ["hole", "rope", "helen", "stag", "wand"],
    {"meffa": "methadone"},
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("meffadone", "methadone"),
        ("pescription", "prescription"),
        ("appoinment", "appointment"),
        ("nowhre", "nowhere"),
        ("wnat", "want"),
        ("brthe", "breathe"),
        ("mslf", "myself"),
        ("meffa", "methadone"),
    ],
)
def test_a_near_miss_is_put_right(typed, meant):
    assert SPELLING.right(typed) == meant


@pytest.mark.parametrize(
    "word", ["hole", "rope", "helen", "stag", "wand", "sty", "07700900123", "k7", "hapo", "table"]
)
def test_other_words_names_short_words_and_numbers_are_left_alone(word):
    assert SPELLING.right(word) == word


@given(st.text(max_size=40))
def test_any_word_can_be_looked_up(word):
    assert isinstance(SPELLING.right(word), str)


CHOICES = {
    "place": ["1", "place to stay", "housing", "bed"],
    "food": ["2", "food", "hungry"],
    "money": ["3", "money", "benefits"],
    "yes": ["yes", "yeah"],
    "no": ["no", "nah"],
}


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ("1", "place"),
        ("1.", "place"),
        ("Option 2 please", "food"),
        ("number 3", "money"),
        ("HOUSING", "place"),
        ("housin", "place"),
        ("benifits", "money"),
        ("I need food mate", "food"),
        ("yeah", "yes"),
        ("no", "no"),
        ("Yes please", "yes"),
        ("hungri", "food"),
    ],
)
def test_an_answer_finds_its_choice(answer, choice):
    assert fuzzy_choice(answer, CHOICES) == choice


@pytest.mark.parametrize("answer", ["", "👍", "4", "11", "now", "not food", "food and money", "yet", "bad"])
def test_an_answer_that_fits_none_or_several_is_none(answer):
    assert fuzzy_choice(answer, CHOICES) is None


@given(st.text())
def test_any_answer_can_be_matched(answer):
    assert fuzzy_choice(answer, CHOICES) in {None, *CHOICES}
