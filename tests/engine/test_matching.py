"""Which answer a reply gives."""

from __future__ import annotations

import pytest

from bot.domain.reading import Intent, Reading
from bot.engine.matching import AnswerTable, normalise, yes_or_no

NOTHING = Reading()
TABLE = AnswerTable(
    [
        (1, ("coming", "i will be there"), ("appointment_confirm",)),
        (2, ("can't make it", "cancel"), ("appointment_cant_make",)),
        (3, ("talk to someone", "human"), ("human_please",)),
        (4, ("where is it", "where"), ()),
    ]
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("1.", 1), (" 1 ", 1),
        ("1)", 1), ("(1)", 1), ("#1", 1), ("one", 1), ("One please", 1), ("no 1", 1),
        ("No. 2", 2), ("number 3", 3), ("option 4 pls", 4), ("2 x", 2), ("1 coming", 1),
        ("3 - talk to someone", 3),
        ("coming", 1), ("Coming!", 1), ("im coming", 1), ("CANT MAKE IT", 2), ("can’t make it sorry", 2),
        ("comming", 1), ("humann", 3), ("where is it?", 4), ("I will be there mate", 1),
    ],
)  # fmt: skip
def test_a_reply_means_one_choice(text, number):
    assert TABLE.match(text, NOTHING) == number - 1


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "5", "0", "11", "1 and 2", "1 2", "1 or 2", "12", "not coming", "i am not coming",
        "1 kid and 2 dogs",
        "coming or where", "1 human", "hymen", "Cameron", "purple", "07700 900123", "no", "won", "to", "?",
        "someone told me you were coming round to my place later on today is that right",
    ],
)  # fmt: skip
def test_a_reply_that_could_be_something_else_means_nothing(text):
    assert TABLE.match(text, NOTHING) is None


def test_a_text_that_turns_words_round_goes_by_what_it_means():
    reading = Reading(intents=(Intent("appointment_cant_make", 0.8),))

    assert TABLE.match("i am not coming", reading) == 1


def test_an_unsure_reading_answers_nothing():
    assert TABLE.match("hmm", Reading(intents=(Intent("human_please", 0.3),))) is None


def test_a_number_wins_over_what_the_text_seems_to_mean():
    assert TABLE.match("1", Reading(intents=(Intent("human_please", 1.0),))) == 0


def test_short_words_must_be_exact():
    table = AnswerTable([(None, ("food",), ()), (None, ("bed",), ())])

    assert table.match("good", NOTHING) is None
    assert table.match("bad", NOTHING) is None
    assert table.match("bed", NOTHING) == 1


def test_a_name_is_not_taken_for_a_word_one_letter_off():
    table = AnswerTable([(None, ("housing",), ()), (None, ("manchester",), ())])

    assert table.match("mousing", NOTHING) is None
    assert table.match("manchster", NOTHING) == 1
    assert table.match("lanchester", NOTHING) is None


@pytest.mark.parametrize(
    ("text", "fits"),
    [("bolton", True), ("boltan", True), ("bolron", True), ("botlon", True), ("boltn", True),
     ("bollton", True), ("boston", False), ("bolt0n", False), ("balton", True), ("bolden", False),
     ("colton", False)],
)  # fmt: skip
def test_a_slip_of_a_finger_is_forgiven_but_not_another_word(text, fits):
    assert (AnswerTable([(None, ("Bolton",), ())]).match(text, NOTHING) == 0) is fits


def test_a_choice_of_yes_answers_to_every_way_of_saying_it():
    table = AnswerTable([(1, ("yes",), ()), (2, ("no",), ()), (3, ("not sure",), ())])

    replies = ("yh", "aye", "nah", "not sure", "no 1", "no", "1 yh")
    assert [table.match(text, NOTHING) for text in replies] == [0, 0, 1, 2, 0, 1, 0]


@pytest.mark.parametrize(
    "text",
    ["yes", "ok thanks so much", "Yeah", "yh", "ye", "yep", "ok", "OK!!", "aye", "yes please",
    "yeah go on then", "i do",
    "sure thing",
     "of course", "y", "👍", "yes i have", "yea thanks"],
)  # fmt: skip
def test_yes_in_many_words(text):
    assert yes_or_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["no", "Nah", "nope", "n", "no thanks", "not really", "i dont", "I don't", "no i havent", "nah mate",
    "not yet",
     "i havent got anywhere", "👎"],
)  # fmt: skip
def test_no_in_many_words(text):
    assert yes_or_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "maybe", "i dont know", "not sure tbh", "yes i have nowhere", "ok can you call me",
     "right who is this", "no idea", "no problem", "yes and no", "yes but not tonight", "Noah", "Yasmin",
     "no 1",
    "purple",
     "what", "know", "yesterday"],
)  # fmt: skip
def test_neither_yes_nor_no(text):
    assert yes_or_no(text) is None


def test_normalising_twice_changes_nothing_more():
    for text in ("I CAN'T, sorry!", "  a\tb ", "Ünï", "№ 1", "👍"):
        assert normalise(normalise(text)) == normalise(text)
