"""Misspelt words put right, and answers to a question matched to its choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.understanding.normalise import normalise

_SHORTEST = 4  # shorter words are never put right: too many others are one letter away
_LONGEST = 24
_TWO_SLIPS = 8  # from this length on a word may have two slips
_CACHED = 20_000
_VOWELS = str.maketrans("", "", "aeiouy")
_LEAD_INS = (
    "i think", "i would like", "id like", "i want", "i need", "its", "it is", "im", "number", "option", "no",
    "answer", "choice", "maybe", "just", "the", "a", "my", "please", "ok", "yeah", "hi", "um", "er", "erm",
)  # fmt: skip
_TRAILERS = ("please", "mate", "thanks", "thank you", "x", "xx", "👍", "🙏", "then", "now", "ta", "cheers")
_NOT = frozenset(
    ("not", "no", "dont", "never", "cant", "nothing", "none", "isnt", "wont", "without", "except")
)


class Spelling:
    """Puts a misspelt word right when it is close to one word of ours and is no other word.

    `ours` are the words of the phrases, the weightier first; `everyday` are words that are spelled right and
    only look like ours, and names; they stay as they are.
    """

    def __init__(self, ours: Iterable[str], everyday: Iterable[str], fixes: Mapping[str, str]) -> None:
        # Looking for a near word among thousands takes a while, and the same slips come again.
        self._seen = lru_cache(_CACHED)(self._right)
        known = dict.fromkeys(ours)
        self._known = frozenset(known) | frozenset(everyday)
        self._fixes = dict(fixes)
        self._bare: dict[str, list[str]] = {}
        sized: dict[int, list[str]] = {}
        for word in known:
            if len(word) >= _SHORTEST and word.isalpha():
                self._bare.setdefault(_without_vowels(word), []).append(word)
                sized.setdefault(len(word), []).append(word)
        sizes = range(_SHORTEST, _LONGEST + 1)
        # By what is left when one letter goes: two words that are one slip apart have something in common there.
        self._order = {word: number for number, word in enumerate(word for words in sized.values() for word in words)}
        self._left: dict[str, list[str]] = {}
        for word in self._order:
            for rest in _left_of(word):
                self._left.setdefault(rest, []).append(word)
        self._long = {
            n: [w for m in range(max(_TWO_SLIPS, n - 2), n + 3) for w in sized.get(m, ())] for n in sizes
        }

    def knows(self, word: str) -> bool:
        """Whether it is a word of ours, or an everyday one."""
        return word in self._known

    def right(self, word: str) -> str:
        """The word as it was meant; the word itself when there is no near one, or it needs no help."""
        return self._seen(word)

    def _right(self, word: str) -> str:
        fixed = self._fixes.get(word)
        if fixed is not None:
            return fixed
        size = len(word)
        if word in self._known or not _SHORTEST <= size <= _LONGEST or not word.isalpha():
            return word
        near = self._one_slip(word)
        if near is not None:
            return near
        for other in self._bare.get(_without_vowels(word), ()):
            if _is_left_of(word, other):
                return other
        if size >= _TWO_SLIPS - 1:
            return self._two_slips(word) or word
        return word

    def _one_slip(self, word: str) -> str | None:
        best: str | None = None
        best_rank = (9, 9)
        found = {other for rest in _left_of(word) for other in self._left.get(rest, ())}
        near = [other for other in found if OSA.distance(word, other, score_cutoff=1) <= 1]
        # Of equals the one of the same length, then the longer, then the weightier.
        for other in sorted(near, key=lambda other: ((len(other) - len(word)) % 3, self._order[other])):
            if len(word) == _SHORTEST == len(other) and not _swapped(word, other):
                continue  # a wrong letter in so short a word makes it any other word
            # Swapped or missing letters are likelier slips than a wrong one at the front.
            rank = (int(word[0] != other[0]), 0 if len(other) > len(word) or _swapped(word, other) else 1)
            if rank < best_rank:
                best, best_rank = other, rank
        if best is not None and best_rank[0] and len(word) < 5:
            return None
        return best

    def _two_slips(self, word: str) -> str | None:
        near = process.extract(word, self._long[len(word)], scorer=OSA.distance, score_cutoff=2, limit=None)
        return next((other for other, _, _ in near if other[0] == word[0]), None)


def _left_of(word: str) -> set[str]:
    """The word, and what is left of it without any one of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _without_vowels(word: str) -> str:
    return word[0] + word[1:].translate(_VOWELS)


def _is_left_of(word: str, whole: str) -> bool:
    """Whether `word` is what is left of the whole one after some letters were dropped."""
    letters = iter(whole)
    return all(letter in letters for letter in word)


def _swapped(one: str, other: str) -> bool:
    return len(one) == len(other) and sorted(one) == sorted(other)


def fuzzy_choice(text: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """Which choice an answer means: the key in `words` that one of its words fits, none when unsure.

    First the answer exactly, then without its manners ("option 2 please"), then a choice's word inside a
    short answer, then a near miss ("housin"). Two choices that fit equally are no answer, and neither is a
    refused one ("not food"). Numbers and words under four letters are only ever matched exactly.
    """
    options = {
        key: [known for known in (normalise(word) for word in (*given, key)) if known]
        for key, given in words.items()
    }
    said = normalise(text)[:400]
    for answer in dict.fromkeys((said, _bare_answer(said))):
        exact = [key for key, known in options.items() if answer in known]
        if answer and exact:
            return exact[0] if len(exact) == 1 else None
    answer = _bare_answer(said)
    parts = answer.split()
    if not parts or len(parts) > 8 or _NOT & set(said.split()):
        return None
    padded = f" {answer} "
    inside = [key for key, known in options.items() if any(f" {word} " in padded for word in known)]
    if inside:
        return inside[0] if len(inside) == 1 else None
    return _near_choice(answer, parts, options)


def _near_choice(answer: str, parts: Sequence[str], options: Mapping[str, Sequence[str]]) -> str | None:
    scored: list[tuple[int, str]] = []
    for key, known in options.items():
        slips = [
            distance
            for word in known
            if len(word) >= _SHORTEST
            for piece in ((answer, *parts) if " " not in word else (answer,))
            if len(piece) >= _SHORTEST and not any(c.isdigit() for c in piece)
            for distance in (OSA.distance(piece, word, score_cutoff=2),)
            if distance <= (2 if min(len(word), len(piece)) >= _TWO_SLIPS - 1 else 1)
        ]
        if slips:
            scored.append((min(slips), key))
    scored.sort()
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1]


def _bare_answer(said: str) -> str:
    """An answer without its manners: `option 2 please` is `2`."""
    changed = True
    while changed:
        changed = False
        for lead in _LEAD_INS:
            if said.startswith(lead + " "):
                said, changed = said[len(lead) + 1 :], True
        for trailer in _TRAILERS:
            if said.endswith(" " + trailer):
                said, changed = said[: -len(trailer) - 1], True
    return said
