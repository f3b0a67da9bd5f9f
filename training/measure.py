"""How well texts are read: by cross-validation, on texts that were held back, and on everyday texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.reading import INTENTS, Reading
from bot.domain.understanding import weigh
from bot.domain.understanding.content import DANGERS
from bot.domain.understanding.reader import Reader
from training.learn import calibrated, cross_validated
from training.texts import LABELS, LabelledText

# Texts that look like danger and are not, by the name of their file.
HARD = ("hard_negatives", "hard_negatives_2", "hard_negatives_3", "stop_negatives", "stop_negatives_2", "negatives")
BINS = 10


@dataclass(frozen=True)
class Read:
    """What a text says, and what was read in it: dangers and opt first, then intents, best first."""

    text: LabelledText
    acted_on: frozenset[str]
    intents: tuple[str, ...]


@dataclass
class Tally:
    """Right and wrong, counted by label."""

    said: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    taken_for: Counter[tuple[str, str]] = field(default_factory=Counter)

    def recall(self, label: str) -> float | None:
        """Of the texts that say it, how many were read so; none when no text does."""
        return self.right[label] / self.said[label] if self.said[label] else None

    def precision(self, label: str) -> float | None:
        """Of the texts that were read so, how many say it; none when none was."""
        return self.right[label] / self.found[label] if self.found[label] else None


def read_all(reader: Reader, texts: Iterable[LabelledText]) -> list[Read]:
    """What the reader makes of texts it has not learned from."""
    return [_as_read(one, reader.read(one.text)) for one in texts]


def read_by_others(
    reader: Reader, texts: Sequence[LabelledText], *, quiet: bool = False
) -> tuple[list[Read], list[dict[str, float]]]:
    """What is read in each text by what was learned from the other folds, and how likely each label was."""
    labels = [label for label in LABELS if any(label in one.labels for one in texts)]
    scores = cross_validated(texts, reader.features, labels, quiet=quiet)
    likely = calibrated(texts, scores, labels)
    found = []
    for one, chances in zip(texts, likely, strict=True):
        _, said, _ = reader.phrases_and_words(one.text)
        acted_on = {name for name in DANGERS if weigh.is_danger(said.get(name, 0.0), chances.get(name))}
        acted_on |= {
            name for name in ("opt_out", "opt_in") if weigh.is_opt(said.get(name, 0.0), chances.get(name))
        }
        sure = weigh.intents(_intents(said), _intents(chances))
        found.append(Read(one, frozenset(acted_on), tuple(sorted(sure, key=lambda name: -sure[name])) or ("other",)))
    return found, likely


def tally(reads: Iterable[Read]) -> Tally:
    """Count dangers and opts as they were acted on, and the best intent of texts that have one."""
    counts = Tally()
    for one in reads:
        labels = one.text.labels
        wanted = [name for name in INTENTS if name in labels]
        best = one.intents[0] if one.intents else None
        for name in labels:
            counts.said[name] += 1
        for name in one.acted_on:
            counts.found[name] += 1
            counts.right[name] += name in labels
        if wanted and best is not None:
            counts.found[best] += 1
            counts.right[best] += best in labels
            if best not in labels:
                counts.taken_for[wanted[0], best] += 1
    return counts


def any_danger(reads: Sequence[Read]) -> float | None:
    """Of the texts with any danger, how many had any read in them."""
    has = [one for one in reads if not one.text.labels.isdisjoint(DANGERS)]
    return sum(not one.acted_on.isdisjoint(DANGERS) for one in has) / len(has) if has else None


def false_alarms(reads: Sequence[Read]) -> float | None:
    """Of the texts without danger, in how many it was read all the same."""
    has = [one for one in reads if one.text.labels.isdisjoint(DANGERS)]
    return sum(not one.acted_on.isdisjoint(DANGERS) for one in has) / len(has) if has else None


def best_and_second(reads: Sequence[Read]) -> tuple[float, float]:
    """Of the texts that want something and hold no danger, how often the best reading is it, and one of two."""
    wants = [
        one
        for one in reads
        if not one.text.labels.isdisjoint(INTENTS) and one.text.labels.isdisjoint((*DANGERS, "opt_out", "opt_in"))
    ]
    best = sum(bool(one.intents) and one.intents[0] in one.text.labels for one in wants)
    two = sum(not one.text.labels.isdisjoint(one.intents[:2]) for one in wants)
    return best / max(1, len(wants)), two / max(1, len(wants))


def calibration(texts: Sequence[LabelledText], likely: Sequence[Mapping[str, float]]) -> list[tuple[float, float, int]]:
    """For each tenth: how likely labels were said to be, how often they were there, and of how many."""
    said = [0.0] * BINS
    there = [0] * BINS
    count = [0] * BINS
    for one, chances in zip(texts, likely, strict=True):
        for label, chance in chances.items():
            place = min(int(chance * BINS), BINS - 1)
            said[place] += chance
            there[place] += label in one.labels
            count[place] += 1
    return [(said[n] / count[n], there[n] / count[n], count[n]) for n in range(BINS) if count[n]]


def _as_read(one: LabelledText, reading: Reading) -> Read:
    opt = {f"opt_{reading.opt}"} if reading.opt else set()
    return Read(one, frozenset(reading.danger) | opt, tuple(intent.name for intent in reading.intents))


def _intents(found: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if name in INTENTS}
