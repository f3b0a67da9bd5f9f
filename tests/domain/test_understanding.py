"""What texts are read as, with the content that is shipped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.opt_words import (
    OPT_IN_WHILE_OPTED_OUT,
    OPT_IN_WORDS,
    OPT_OUT_WORDS,
    is_opt_in_word,
    is_opt_out_word,
)
from bot.domain.reading import INTENTS, Reading
from bot.domain.understanding import Reader
from bot.usecases.understand import read_lines
from training import measure
from training.learn import slip
from training.texts import read_texts

FOLDER = Path(__file__).resolve().parents[2] / "flows" / "understanding"
TEXTS = FOLDER / "texts"
READER = Reader.load(FOLDER)
DANGERS = ("self_harm", "violence", "medical")
SAID = [
    "i", "cant", "stop", "bus", "kill", "myself", "you", "me", "u", "2", "nowhere", "to", "stay", "dont", "text",
    "him", "knife", "took", "40", "pills", "not", "my", "mate", "wont", "wake", "up", ".", "...", "laughing", "help",
]  # fmt: skip


@cache
def reads(held_back: bool) -> list[measure.Read]:
    return measure.read_all(READER, read_texts(TEXTS / "held_back" if held_back else TEXTS))


def test_texts_nothing_was_learned_from_are_read_as_well_as_they_were() -> None:
    """What was measured, less a little: the goals (README there) are higher, and `make bench` says how far off."""
    found = reads(True)
    counts = measure.tally(found)
    hard = [one for one in found if one.text.source in measure.HARD]

    assert (measure.any_danger(found) or 0) >= 0.72
    assert min(counts.recall(kind) or 0 for kind in DANGERS) >= 0.65
    assert (measure.false_alarms(hard) or 0) <= 0.065
    assert (counts.recall("opt_out") or 0) >= 0.87
    assert sum("opt_out" in one.acted_on and "opt_out" not in one.text.labels for one in hard) <= 2
    assert measure.best_and_second(found)[0] >= 0.83


def test_texts_the_first_phrases_were_written_for_stay_right() -> None:
    early = [one for one in reads(False) if one.text.source == "early"]
    counts = measure.tally(early)
    wants = [one for one in early if not one.text.labels.isdisjoint({*INTENTS} - {"other"})]
    harmless = [one for one in early if one.text.labels == {"other"}]

    assert min(counts.recall(kind) or 0 for kind in DANGERS) >= 0.97
    assert (counts.recall("opt_out") or 0) >= 0.98
    assert counts.recall("opt_in") == 1.0
    assert measure.best_and_second(wants)[0] >= 0.96
    assert sum(not one.acted_on for one in harmless) / len(harmless) >= 0.98


def test_one_slip_leaves_danger_danger() -> None:
    """A letter lost, doubled, swapped or wrong, or a word without its vowels."""
    rng = random.Random(7)
    seen = [one.text.text for one in reads(True) if not one.acted_on.isdisjoint(DANGERS)]
    danger = [text for text in seen if len(text) > 12]
    kept = sum(bool(READER.read(slip(text, rng)).danger) for text in danger)

    assert kept / len(danger) >= 0.9


@pytest.mark.parametrize("change", [str.upper, str.title, "{} 😭".format, "😭😭 {}!!".format])
def test_capitals_and_emoji_leave_danger_danger(change: Callable[[str], str]) -> None:
    danger = [one.text.text for one in reads(True) if not one.acted_on.isdisjoint(DANGERS)]
    kept = sum(bool(READER.read(change(text)).danger) for text in danger)

    assert kept / len(danger) >= 0.95


@pytest.mark.parametrize("word", sorted(OPT_OUT_WORDS))
def test_the_providers_words_opt_out_alone_and_in_any_case(word):
    assert READER.read(f" {word.upper()}\n").opt == "out"
    assert is_opt_out_word(word.title())


@pytest.mark.parametrize("word", sorted(OPT_IN_WORDS))
def test_the_providers_words_opt_in_alone(word):
    assert READER.read(word.upper()).opt == "in"


def test_yes_opts_in_only_while_opted_out():
    assert READER.read("YES").opt is None
    assert not is_opt_in_word("yes")
    assert all(is_opt_in_word(word, opted_out=True) for word in OPT_IN_WHILE_OPTED_OUT)


@pytest.mark.parametrize(
    "text",
    [
        "dont stop", "cant stop shaking", "bus stop", "stop it hurts", "please make it stop", "stop the bleeding",
        "stop at the shop", "he wont stop texting me", "tell my ex to leave me alone", "my ex wont leave me alone",
        "cancel my appointment", "end of the week", "i quit smoking", "non stop", "next stop is mine",
        "can you stop him", "dont stop texting me", "I can't stop crying", "start work monday", "when does it start",
        "dont want to stop now", "the end", "i want out of this hostel", "did you text me", "text me the address",
    ],
)  # fmt: skip
def test_stop_and_start_in_other_senses_opt_nobody_out_or_in(text):
    assert READER.read(text).opt is None


def test_danger_and_opt_out_can_stand_in_one_text():
    reading = READER.read("Stop texting me. Im going to kill myself")

    assert (reading.danger, reading.opt) == (("self_harm",), "out")


def test_one_text_may_say_several_things():
    reading = READER.read("Thanks, my methadone script never came and ive nowhere to stay tonight")

    assert {intent.name for intent in reading.intents} >= {"thanks", "health_meds_script", "housing_tonight"}
    assert [i.confidence for i in reading.intents] == sorted(
        (i.confidence for i in reading.intents), reverse=True
    )


def test_the_words_that_led_to_each_reading_are_named():
    reading = READER.read("im gonna kil my self, got nowere 2 go")

    assert any("kill myself → self_harm" in line for line in reading.why)
    assert any(line.endswith("→ housing_tonight") for line in reading.why)


@pytest.mark.parametrize("name", ["Ben", "Amina", "Sam", "Dave", "Kelly", "Mo", "Sunita"])
def test_a_name_by_itself_is_no_danger(name):
    assert READER.read(name).danger == ()


def test_two_hints_make_a_danger():
    assert "violence" in READER.read("bruises all over and hes controlling").danger


def test_a_denial_or_a_figure_of_speech_takes_back_only_its_own_words():
    assert READER.read("not suicidal").danger == ()
    assert READER.read("my feet are killing me").danger == ()
    assert "medical" in READER.read("my feet are killing me and my mate wont wake up").danger


def test_keys_pressed_in_a_pocket_are_gibberish_and_everyday_talk_is_other():
    assert READER.read("ksjdhf qwpzxc").best.name == "gibberish"
    other = READER.read("the telly is on again").best
    assert other.name == "other"
    assert other.confidence < 0.5


@pytest.mark.parametrize("text", ["", "  ", "\n", "!!!", "\u200b", "😀"])
def test_a_text_without_words_says_nothing(text):
    assert READER.read(text) == Reading()


@pytest.mark.parametrize(
    "text",
    ["i want to die", "he's got a knife", "my mate overdosed", "cant breathe", "im going to kill myself"],
)
def test_danger_survives_capitals_emoji_and_odd_letters(text):
    wanted = READER.read(text).danger

    assert wanted
    for changed in (
        text.upper(),
        f"😭 {text} 😭",
        text.replace(" ", "  "),
        text.replace("i", "í"),
        f"{text}!!!!",
    ):
        assert READER.read(changed).danger == wanted, changed


@given(st.one_of(st.text(), st.lists(st.sampled_from(SAID), max_size=60).map(" ".join)))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text):
    reading = READER.read(text)

    assert set(reading.danger) <= set(DANGERS)
    assert all(0 < intent.confidence < 1 and intent.name in INTENTS for intent in reading.intents)
    assert reading.opt in (None, "out", "in")
    assert bool(reading.danger) <= bool(reading.why)


def test_a_long_text_takes_time_in_proportion():
    def seconds(text: str) -> float:
        began = time.process_time()
        READER.read(text)
        return time.process_time() - began

    for piece in (
        "i ",
        "i want to ",
        "took my pregnant bleeding ",
        "wnat methdaone apointmentt ",
        "blood & ",
    ):
        short = min(seconds(piece * 200) for _ in range(3))
        long = min(seconds(piece * 800) for _ in range(3))
        assert long < 10 * short + 0.05, piece


def test_the_command_line_gives_one_object_a_line():
    lines = list(read_lines(READER, ["STOP\n", "\n", "food please\r\n"]))

    assert lines[0] == {"text": "STOP", "danger": [], "opt": "out", "intents": [], "why": ["stop → opt_out"]}
    assert lines[1] == {"text": "", "danger": [], "opt": None, "intents": [], "why": []}
    assert lines[2]["text"] == "food please"
    assert lines[2]["intents"][0]["name"] == "food"
    assert set(lines[2]["intents"][0]) == {"name", "confidence"}
