"""The labelled texts are as their README says, and the model is learned from them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.domain.reading import INTENTS
from bot.domain.understanding.content import DANGERS
from bot.domain.understanding.model import LEARNED_FROM, MODEL
from bot.domain.understanding.normalise import normalise
from bot.errors import InputInvalid
from training.texts import LABELS, LabelledText, digest, groups, problem_of, read_texts, to_learn

FOLDER = Path(__file__).resolve().parents[2] / "flows" / "understanding"


def test_every_line_is_labels_a_tab_and_a_text() -> None:
    texts = read_texts(FOLDER / "texts")

    assert len(texts) >= 2_500
    assert read_texts(FOLDER / "texts" / "held_back")


def test_every_label_has_texts_to_learn_from() -> None:
    counts = Counter(label for one in read_texts(FOLDER / "texts") for label in one.labels)

    assert all(counts[label] >= 30 for label in LABELS)
    assert all(counts[label] >= 500 for label in DANGERS)


def test_nothing_of_the_exam_is_learned() -> None:
    learned = {normalise(one.text) for one in to_learn(FOLDER / "texts")}
    exam = {normalise(one.text) for one in read_texts(FOLDER / "texts" / "held_back")}

    assert learned.isdisjoint(exam)


def test_the_model_was_learned_from_the_texts_as_they_are() -> None:
    """`make train` after texts or labels change."""
    with (FOLDER / MODEL).open(encoding="utf-8") as file:
        said = next(line for line in file if line.startswith(LEARNED_FROM))

    assert said.split("\t")[1].strip() == digest(to_learn(FOLDER / "texts"))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("no tab here", "a tab"),
        ("other\t", "a tab"),
        ("other\ta\tb", "a tab"),
        ("otter\thello", "'otter'"),
        ("other\tring 07700900123", "phone number"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "some.tsv").write_text(f"thanks\tta\n{line}\n", "utf-8")

    with pytest.raises(InputInvalid, match=f"some.tsv: line 2: .*{what}"):
        read_texts(tmp_path)


def test_a_right_line_has_no_problem() -> None:
    assert problem_of("self_harm,medical\ttook the lot") is None
    assert set(INTENTS) <= set(LABELS)


def test_texts_that_say_nearly_the_same_are_in_one_group() -> None:
    texts = [
        LabelledText(frozenset({"other"}), text, "t")
        for text in ("where is my bus then", "where is my bus", "i have no bed", "wheres the chemist")
    ]
    found = groups(texts)

    assert found[0] == found[1]
    assert len(set(found)) == 3
