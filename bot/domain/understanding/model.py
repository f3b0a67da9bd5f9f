"""The statistical layer: how likely each reading is by the words of a text, learned from labelled texts.

Its weights are plain text (`model.tsv`), made by `make train`; this only adds them up. For each label

    probability = 1 / (1 + exp(-(slope * sum / length + offset)))

where `sum` adds what each feature of the text weighs for the label and `length` is that of the features found, as
with any linear classifier on texts of unit length. Source: docs/decisions/0014-how-texts-are-learned.md
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputInvalid, Problem

MODEL = "model.tsv"
FORMAT = "gatepost-model 1"
LEARNED_FROM = "# learned from"
_NAMES, _SLOPE, _OFFSET = "# labels", "# slope", "# offset"

Features = Mapping[str, tuple[int, ...]]
Row = tuple[float, tuple[tuple[int, float], ...]]


@dataclass(frozen=True)
class Model:
    """`rows`: for each feature its square in the length, and its weight by the number of the label."""

    labels: tuple[str, ...]
    slope: tuple[float, ...]
    offset: tuple[float, ...]
    rows: Mapping[str, Row]

    def probabilities(self, features: Features) -> dict[str, float]:
        """How likely each label is, from 0 to 1."""
        sums = [0.0] * len(self.labels)
        square = 0.0
        rows = self.rows
        for name in features:
            row = rows.get(name)
            if row is not None:
                square += row[0]
                for number, weight in row[1]:
                    sums[number] += weight
        length = math.sqrt(square) or 1.0
        return {
            label: 1.0 / (1.0 + math.exp(-(slope * total / length + offset)))
            for label, slope, offset, total in zip(self.labels, self.slope, self.offset, sums, strict=True)
        }

    def words_for(self, label: str, features: Features, *, most: int = 3) -> list[int]:
        """The places of the words that say most for a label, in the order of the text."""
        number = self.labels.index(label)
        said: dict[int, float] = {}
        for name, places in features.items():
            row = self.rows.get(name)
            if row is None or not places:
                continue
            weight = next((weight for of, weight in row[1] if of == number), 0.0)
            for place in places:
                said[place] = said.get(place, 0.0) + weight / len(places)
        best = sorted((place for place in said if said[place] > 0), key=lambda place: -said[place])[:most]
        return sorted(best)


def read_model(lines: Iterable[str], *, name: str = MODEL) -> Model:
    """The model in a file's lines.

    Raises:
        InputInvalid: it is not such a file, or a line of it is wrong; the line is named.
    """
    header: dict[str, Sequence[str]] = {}
    rows: dict[str, Row] = {}
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            feature, *cells = line.rstrip("\n").split("\t")
            if number == 1:
                if feature != FORMAT:
                    raise ValueError(f"it should begin with {FORMAT!r}")
            elif feature.startswith("# "):
                header[feature] = cells
            else:
                weights = iter(cells[1:])
                rows[feature] = (
                    float(cells[0]),
                    tuple([(int(of), float(weight)) for of, weight in zip(weights, weights, strict=True)]),
                )
        return Model(
            labels=tuple(header[_NAMES]),
            slope=tuple(map(float, header[_SLOPE])),
            offset=tuple(map(float, header[_OFFSET])),
            rows=rows,
        )
    except (ValueError, IndexError, KeyError) as error:
        raise InputInvalid([Problem(name, f"line {number}", f"is not as `make train` writes it: {error}")]) from error


def load_model(path: Path) -> Model | None:
    """The model in a file, none when there is no such file.

    Raises:
        InputInvalid: see `read_model`.
    """
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as file:
        return read_model(file, name=path.name)


def write_model(model: Model, *, learned_from: str = "") -> Iterable[str]:
    """The lines of a file that `read_model` reads. `learned_from` says which texts."""
    yield f"{FORMAT}\n"
    yield f"{LEARNED_FROM}\t{learned_from}\n"
    yield "\t".join((_NAMES, *model.labels)) + "\n"
    yield "\t".join((_SLOPE, *(f"{value:.4g}" for value in model.slope))) + "\n"
    yield "\t".join((_OFFSET, *(f"{value:.4g}" for value in model.offset))) + "\n"
    for feature, (square, weights) in sorted(model.rows.items()):
        cells = (cell for of, weight in weights for cell in (str(of), f"{weight:.2f}"))
        yield "\t".join((feature, f"{square:.3g}", *cells)) + "\n"
