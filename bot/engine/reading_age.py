"""How old a reader a text needs."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.I)
_SENTENCE = re.compile(r"[.!?:\n]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeioudt]ed|[^aeioucgshxz]es)$")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+|^[A-Z][a-z]+$", re.M)
FEWEST_WORDS = 10


def syllables(word: str) -> int:
    """About how many syllables a word has: its groups of vowels, without a silent `e`, `ed` or `es` at the
    end; at least one."""
    word = word.casefold().replace("'", "")
    found = len(_VOWELS.findall(word))
    return max(1, found - (1 if _SILENT.search(word) and found > 1 else 0))


def reading_age(text: str) -> float:
    """The age at which most people can read a text: the Flesch-Kincaid grade plus five years.

    Grade = 0.39 x words a sentence + 11.8 x syllables a word - 15.59. A line of its own, and what stands
    before a colon, count as a sentence. Numbers, web addresses and names don't count (a name is a word
    with a capital that begins no sentence, or a line of its own). Fewer than ten words say too little to
    measure: 5.

    Source: Kincaid and others, 1975, Derivation of new readability formulas for Navy enlisted personnel.
    """
    plain = _NAME.sub(" ", text)
    plain = re.sub(r"\S*\d\S*|\S+\.(?:org|uk|com)\S*", " ", plain)
    words = _WORD.findall(plain)
    if len(words) < FEWEST_WORDS:
        return 5.0
    sentences = sum(1 for part in _SENTENCE.split(plain) if _WORD.search(part))
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return max(5.0, grade + 5)
