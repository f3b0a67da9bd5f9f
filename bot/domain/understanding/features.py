"""What the statistical layer sees of a text: its words, pairs of words, pieces of words, and what the phrases say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

# A text has at most 1,600 characters; what it says is said by then.
MOST_WORDS = 80
_PIECES = (3, 4)
# A phrase that surely says it, one that mostly does, and one that only hints at it.
SURE, LIKELY = 0.9, 0.5


def features(words: Sequence[str], readings: Mapping[str, float]) -> dict[str, tuple[int, ...]]:
    """Each feature once, with the places of the words it comes from (none for what the phrases say).

    `readings`: how sure the phrases are of each reading, as `Phrases` found them.
    """
    found: dict[str, tuple[int, ...]] = {}
    before = "^"
    for place, word in enumerate(words[:MOST_WORDS]):
        here = (place,)
        found.setdefault(f"w {word}", here)
        found.setdefault(f"b {before} {word}", here if before == "^" else (place - 1, place))
        for piece in _pieces(word):
            found.setdefault(piece, here)
        before = word
    found.setdefault(f"b {before} $", ())
    for name, confidence in readings.items():
        found[f"p {name} {level(confidence)}"] = ()
        found[f"p {name}"] = ()
    return found


def level(confidence: float) -> str:
    """How much a phrase says, in one word."""
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "hint"


def _pieces(word: str) -> Iterator[str]:
    whole = f"<{word}>"
    for size in _PIECES:
        for start in range(len(whole) - size + 1):
            yield whole[start : start + size]
