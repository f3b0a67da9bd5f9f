"""Learning: what is learned is what is written, and the same texts give the same."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.understanding.features import features
from bot.domain.understanding.model import Model, read_model, write_model
from bot.domain.understanding.normalise import split
from bot.errors import InputInvalid
from training.learn import learn, slip, slips
from training.texts import LabelledText

WORDS = {
    "food": ["hungry", "any food about", "nothing to eat", "food bank near me", "starving need a meal", "food please"],
    "thanks": ["thanks", "ta very much", "thank you so much", "cheers pal", "many thanks", "thanks a lot"],
}


def featurise(text: str) -> dict[str, tuple[int, ...]]:
    return features(split(text).words, {})


@pytest.fixture(scope="module")
def texts() -> list[LabelledText]:
    return [
        LabelledText(frozenset({label}), f"{text}{more}", "t")
        for label, said in WORDS.items()
        for text in said
        for more in ("", " today", " mate", " if you can")
    ]


@pytest.fixture(scope="module")
def model(texts: list[LabelledText]) -> Model:
    return learn(texts, featurise, quiet=True)


def test_what_was_learned_tells_labels_apart(model: Model) -> None:
    hungry = model.probabilities(featurise("so hungry no food at all"))
    grateful = model.probabilities(featurise("oh thank you"))

    assert hungry["food"] > hungry["thanks"]
    assert grateful["thanks"] > grateful["food"]


def test_the_same_texts_give_the_same_model(texts: list[LabelledText], model: Model) -> None:
    assert list(write_model(learn(texts, featurise, quiet=True))) == list(write_model(model))


def test_a_model_that_is_written_and_read_says_the_same(model: Model) -> None:
    again = read_model(write_model(model, learned_from="these"))
    seen = featurise("any food for me mate")

    for label, chance in again.probabilities(seen).items():
        assert chance == pytest.approx(model.probabilities(seen)[label], abs=0.02)


def test_the_words_that_say_most_are_named_in_their_order(model: Model) -> None:
    words = split("mate is there any food").words
    places = model.words_for("food", features(words, {}))

    assert "food" in [words[place] for place in places]
    assert places == sorted(places)


def test_nothing_known_is_no_certainty(model: Model) -> None:
    assert all(0 < chance < 1 for chance in model.probabilities({}).values())


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (["something else"], "line 1"),
        (["gatepost-model 1", "# labels\tfood", "# slope\t1", "# offset\t0", "w food\tmuch"], "line 5"),
        (["gatepost-model 1", "# labels\tfood", "# slope\t1", "# offset\t0", "w food\t1\t0"], "line 5"),
        (["gatepost-model 1", "w food\t1\t0\t2"], "line 2"),
    ],
)
def test_a_broken_model_is_named_with_its_line(lines: list[str], where: str) -> None:
    with pytest.raises(InputInvalid, match=f"model.tsv: {where}: "):
        read_model(lines)


@given(st.text(max_size=40), st.integers())
def test_any_text_can_have_a_slip(text: str, seed: int) -> None:
    assert isinstance(slip(text, random.Random(seed)), str)


def test_only_danger_and_opt_outs_are_learned_misspelt_too() -> None:
    assert list(slips(LabelledText(frozenset({"thanks"}), "thank you", "t"))) == []
    assert len(list(slips(LabelledText(frozenset({"medical"}), "he wont wake up", "t")))) == 2
