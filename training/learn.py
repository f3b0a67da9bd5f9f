"""From labelled texts to the weights that are served: linear classifiers, one a label, brought to probabilities."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC
from tqdm import tqdm

from bot.domain.understanding.content import DANGERS
from bot.domain.understanding.model import Model
from training.texts import LABELS, LabelledText, groups

FOLDS = 5
SEEN_OFTEN = 2  # a feature of one text only says nothing of others
SMALL = 0.15  # weights below this change nothing but the size of the file
STRENGTH = 1.0
# Danger texts are learned misspelt as well, so that one slip does not hide them.
SLIPS = 2
_VOWELS = "aeiou"

Featurise = Callable[[str], Mapping[str, object]]


def learn(texts: Sequence[LabelledText], featurise: Featurise, *, quiet: bool = False) -> Model:
    """The model of these texts. The same texts give the same model."""
    labels = [label for label in LABELS if any(label in one.labels for one in texts)]
    curves = _curves(texts, cross_validated(texts, featurise, labels, quiet=quiet), labels)
    slopes, offsets = [slope for slope, _ in curves], [offset for _, offset in curves]
    columns, weights = _fit(texts, featurise, labels)
    rows = {}
    for feature, (number, scale) in columns.items():
        kept = tuple(
            (of, round(float(weight) * scale, 2))
            for of, weight in enumerate(weights.coef[:, number])
            if abs(weight) >= SMALL
        )
        rows[feature] = (scale * scale, kept)
    biased = [offset + slope * bias for offset, slope, bias in zip(offsets, slopes, weights.bias, strict=True)]
    return Model(tuple(labels), tuple(slopes), tuple(biased), rows)


def cross_validated(
    texts: Sequence[LabelledText], featurise: Featurise, labels: Sequence[str], *, quiet: bool = False
) -> np.ndarray:
    """The score of each text for each label, by what was learned from the other folds.

    Texts that say nearly the same are in one fold.
    """
    scores = np.zeros((len(texts), len(labels)))
    folds = GroupKFold(FOLDS, shuffle=True, random_state=1).split(texts, groups=groups(texts))
    for others, these in tqdm(folds, total=FOLDS, desc="folds", disable=quiet or None, leave=False):
        columns, weights = _fit([texts[place] for place in others], featurise, labels)
        matrix = _matrix([featurise(texts[place].text) for place in these], columns)
        scores[these] = matrix @ weights.coef.T + weights.bias
    return scores


def calibrated(
    texts: Sequence[LabelledText], scores: np.ndarray, labels: Sequence[str]
) -> list[dict[str, float]]:
    """The scores as probabilities."""
    curves = _curves(texts, scores, labels)
    chances = [
        1 / (1 + np.exp(-(slope * scores[:, number] + offset))) for number, (slope, offset) in enumerate(curves)
    ]
    return [
        {label: float(chances[number][place]) for number, label in enumerate(labels)}
        for place in range(len(texts))
    ]


def _curves(
    texts: Sequence[LabelledText], scores: np.ndarray, labels: Sequence[str]
) -> list[tuple[float, float]]:
    """Slope and offset of the curve that makes a probability of each label's score."""
    found = []
    for number, label in enumerate(labels):
        curve = LogisticRegression(C=1e6).fit(scores[:, [number]], [label in one.labels for one in texts])
        found.append((float(curve.coef_[0, 0]), float(curve.intercept_[0])))
    return found


class _Weights:
    def __init__(self, coef: np.ndarray, bias: np.ndarray) -> None:
        self.coef = coef
        self.bias = bias


def _fit(
    texts: Sequence[LabelledText], featurise: Featurise, labels: Sequence[str]
) -> tuple[dict[str, tuple[int, float]], _Weights]:
    """For each feature its column and how much it counts for its rarity, and what each weighs for each label."""
    rows: list[frozenset[str]] = []
    found: list[Mapping[str, object]] = []
    seen: Counter[str] = Counter()  # in how many texts, however often they are misspelt
    for one in texts:
        ways = [featurise(text) for text in (one.text, *slips(one))]
        found += ways
        rows += [one.labels] * len(ways)
        seen.update({feature for way in ways for feature in way})
    kept = sorted(feature for feature, count in seen.items() if count >= SEEN_OFTEN)
    columns = {
        feature: (number, 1 + float(np.log((1 + len(rows)) / (1 + seen[feature]))))
        for number, feature in enumerate(kept)
    }
    matrix = _matrix(found, columns)
    coef = np.zeros((len(labels), len(columns)))
    bias = np.zeros(len(labels))
    for number, label in enumerate(labels):
        fitted = LinearSVC(C=STRENGTH, random_state=0).fit(matrix, [label in has for has in rows])
        coef[number], bias[number] = fitted.coef_[0], fitted.intercept_[0]
    return columns, _Weights(coef, bias)


def _matrix(found: Sequence[Mapping[str, object]], columns: Mapping[str, tuple[int, float]]) -> sparse.csr_matrix:
    places: list[int] = []
    values: list[float] = []
    starts = [0]
    for features in found:
        known = [columns[feature] for feature in features if feature in columns]
        length = float(np.sqrt(sum(scale * scale for _, scale in known))) or 1.0
        places.extend(number for number, _ in known)
        values.extend(scale / length for _, scale in known)
        starts.append(len(places))
    return sparse.csr_matrix((values, places, starts), shape=(len(found), len(columns)))


def slips(one: LabelledText) -> Iterator[str]:
    """A danger text as it may be misspelt; always the same for the same text."""
    if one.labels.isdisjoint({*DANGERS, "opt_out"}):
        return
    rng = random.Random(one.text)
    for _ in range(SLIPS):
        yield slip(one.text, rng)


def slip(text: str, rng: random.Random) -> str:
    """The text with one letter lost, doubled, swapped with the next or replaced, or a word without its vowels."""
    places = [place for place in range(len(text) - 1) if text[place].isalpha() and text[place + 1].isalpha()]
    if not places:
        return text
    at = rng.choice(places)
    match rng.randrange(5):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case 3:
            return text[:at] + rng.choice("qwertyuiopasdfghjklzxcvbnm") + text[at + 1 :]
        case _:
            words = text.split(" ")
            long = [number for number, word in enumerate(words) if len(word) > 3]
            if not long:
                return text[:at] + text[at + 1 :]
            number = rng.choice(long)
            word = words[number]
            words[number] = word[0] + "".join(letter for letter in word[1:] if letter.lower() not in _VOWELS)
            return " ".join(words)
