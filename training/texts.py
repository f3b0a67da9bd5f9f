"""The labelled texts: reading them, and keeping those that say nearly the same in one fold."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.reading import INTENTS
from bot.domain.understanding.content import DANGERS, OPTS
from bot.domain.understanding.normalise import normalise
from bot.errors import InputInvalid, Problem

LABELS = (*DANGERS, *OPTS, *INTENTS)
HELD_BACK = "held_back"
# Texts that share this much of their words say nearly the same.
NEARLY = 0.6
_PHONE = re.compile(r"0\d{6,}|\d{9,}")


@dataclass(frozen=True)
class LabelledText:
    """A text with all that it says; `source` is the name of its file."""

    labels: frozenset[str]
    text: str
    source: str


def read_texts(folder: Path) -> list[LabelledText]:
    """Every text of the folder's files (not of folders in it), each wording once.

    Raises:
        InputInvalid: a line is not `labels<TAB>text`, or a label is unknown; every wrong line is named.
    """
    found: dict[str, LabelledText] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            problem = problem_of(line)
            if problem is not None:
                problems.append(Problem(path.name, f"line {number}", problem))
                continue
            labels, text = line.split("\t")
            found.setdefault(normalise(text), LabelledText(frozenset(labels.split(",")), text, path.stem))
    if problems:
        raise InputInvalid(problems)
    return list(found.values())


def to_learn(folder: Path) -> list[LabelledText]:
    """The texts of a folder without those that the exam in it has too: "ta" is what anybody would write.

    Raises:
        InputInvalid: see `read_texts`.
    """
    exam = {normalise(one.text) for one in read_texts(folder / HELD_BACK)}
    return [one for one in read_texts(folder) if normalise(one.text) not in exam]


def digest(texts: Sequence[LabelledText]) -> str:
    """What tells one set of texts from another, whatever their order."""
    lines = sorted(f"{','.join(sorted(one.labels))}\t{one.text}" for one in texts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def problem_of(line: str) -> str | None:
    """What is wrong with a line of a file of texts, none when nothing is."""
    labels, tab, text = line.partition("\t")
    if not tab or not text.strip() or "\t" in text:
        return "is not a list of labels, a tab and a text"
    strange = [label for label in labels.split(",") if label not in LABELS]
    if strange:
        return f"has an unknown label {strange[0]!r}; it is one of {', '.join(LABELS)}"
    if _PHONE.search(text):
        return "has a number as long as a phone number; leave it out"
    return None


def groups(texts: Sequence[LabelledText]) -> list[int]:
    """A number for each text, the same for those that say nearly the same (also by way of a third)."""
    said = [frozenset(normalise(one.text).split()) for one in texts]
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(said):
        for word in words:
            by_word[word].append(place)
    parent = list(range(len(texts)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for place, words in enumerate(said):
        # Whoever shares most of the words shares one of the rare ones.
        rare = sorted(words, key=lambda word: len(by_word[word]))[: max(1, len(words) // 2)]
        for other in {other for word in rare for other in by_word[word] if other < place}:
            if _alike(words, said[other]) >= NEARLY:
                parent[root(place)] = root(other)
    return [root(place) for place in range(len(texts))]


def _alike(one: Iterable[str], other: Iterable[str]) -> float:
    a, b = frozenset(one), frozenset(other)
    return len(a & b) / len(a | b) if a | b else 1.0
