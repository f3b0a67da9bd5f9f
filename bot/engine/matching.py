"""Which answer a reply gives to a question of numbers, words, or yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from bot.domain.reading import Reading
from bot.engine.reply_words import (
    BEFORE_NUMBER,
    NEGATIONS,
    NEITHER,
    NO,
    NO_PHRASES,
    NUMBERS,
    POLITE,
    SOFT_YES,
    YES,
    YES_PHRASES,
)

# How sure the understanding must be of an intent before it answers a question.
SURE = 0.5
# A longer text tells a story; a word in it is not an answer.
SHORT_TEXT = 6

_VOWELS = frozenset("aeiouy")
# Where each letter lies on a keyboard, as a point of the plane.
_KEYS = {
    letter: complex(place + 0.3 * row, row)
    for row, letters in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm"))
    for place, letter in enumerate(letters)
}
_NEAR = 1.3
_SPACE = re.compile(r"[^\w#+]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")


def normalise(text: str) -> str:
    """Small letters, no punctuation, one space between words: `I CAN'T, sorry` is `i cant sorry`."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return _SPACE.sub(" ", plain.replace("👍", " yes ").replace("👎", " no ")).strip()


def yes_or_no(text: str) -> bool | None:
    """Whether a reply says yes (`yeah`, `yh ok`, `👍`) or no (`nah`, `not really`); none for neither."""
    return _yes_or_no(normalise(text))


def _yes_or_no(text: str) -> bool | None:
    tokens = _without_politeness(text.split())
    if not tokens:
        return None
    whole = " ".join(tokens)
    if any(f" {phrase} " in f" {whole} " for phrase in NEITHER):
        return None
    if whole in NO_PHRASES:
        return False
    if whole in YES_PHRASES:
        return True
    says_yes = any(token in YES for token in tokens)
    says_no = any(token in NO for token in tokens)
    if tokens[0] in NO:
        return None if says_yes or _has_digit(tokens) else False
    if tokens[0] in YES and len(tokens) <= (3 if tokens[0] in SOFT_YES else 2 * SHORT_TEXT):
        return None if says_no or any(t in NEGATIONS or t == "but" for t in tokens[1:]) else True
    if " ".join(tokens[:2]) in NO_PHRASES and not says_yes:
        return False
    return None


class AnswerTable:
    """The answers of one question, ready to match. `match` gives the index of a choice."""

    def __init__(self, choices: Iterable[tuple[int | None, Sequence[str], Sequence[str]]]) -> None:
        self._numbers: dict[int, int] = {}
        self._words: dict[str, int] = {}
        self._intents: dict[str, int] = {}
        self._yes: int | None = None
        self._no: int | None = None
        for index, (number, words, intents) in enumerate(choices):
            if number is not None:
                self._numbers.setdefault(number, index)
            for word in words:
                self._words.setdefault(normalise(word), index)
            for intent in intents:
                self._intents.setdefault(intent, index)
        self._words.pop("", None)
        self._yes = self._words.get("yes")
        self._no = self._words.get("no")
        self._by_length = sorted(self._words, key=len, reverse=True)

    def match(self, text: str, reading: Reading) -> int | None:
        """The choice a reply means, none when it is none of them or could be two.

        In order: its number, its words exactly, its words inside a short reply, yes or no, what the reply
        means, and last its words misspelt.
        """
        plain = normalise(text)
        if not plain:
            return None
        if plain in self._words:
            return self._words[plain]
        tokens = _without_politeness(plain.split())
        number = _number(tokens)
        if number is not None:
            return self._numbers.get(number)
        whole = " ".join(tokens)
        if whole in self._words:
            return self._words[whole]
        if tokens and (leading := _value(tokens[0])) is not None and leading in self._numbers:
            rest = self._by_words(tokens[1:])
            return rest if rest == self._numbers[leading] else self._by_intent(reading)
        found = self._by_words(tokens)
        if found is None:
            found = self._by_intent(reading)
        return self._misspelt(tokens) if found is None else found

    def _by_words(self, tokens: Sequence[str]) -> int | None:
        found = self._inside(tokens)
        if found is None and (self._yes is not None or self._no is not None):
            answer = _yes_or_no(" ".join(tokens))
            return None if answer is None else self._yes if answer else self._no
        return found

    def _inside(self, tokens: Sequence[str]) -> int | None:
        """The one choice whose words stand in a short reply, unless a `not` turns them round."""
        if not tokens or len(tokens) > SHORT_TEXT:
            return None
        text = f" {' '.join(tokens)} "
        hits: dict[int, str] = {}
        for word in self._by_length:
            if len(word) > 1 and f" {word} " in text:
                hits.setdefault(self._words[word], word)
                text = text.replace(f" {word} ", "  ", 1)
        if len(hits) != 1:
            return None
        turned = any(token in NEGATIONS or _value(token) is not None for token in text.split())
        return None if turned else next(iter(hits))

    def _by_intent(self, reading: Reading) -> int | None:
        for intent in reading.intents:
            if intent.confidence >= SURE and intent.name in self._intents:
                return self._intents[intent.name]
        return None

    def _misspelt(self, tokens: Sequence[str]) -> int | None:
        """The one choice a short reply is near enough to. Digits are never misspelt words."""
        if not tokens or len(tokens) > 3 or _has_digit(tokens):
            return None
        whole = " ".join(tokens)
        best: dict[int, int] = {}
        for word, index in self._words.items():
            far = _distance(whole, word)
            if far is not None and far < best.get(index, 99):
                best[index] = far
        ranked = sorted(best.items(), key=lambda found: found[1])
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]


def _distance(text: str, word: str) -> int | None:
    """How many slips of a finger lie between a reply and a word; none when too many for its length.

    A word of up to four letters must be exact (`food` is not `good`), five to seven may have one slip, longer
    ones two; the first letter must be right. In the shorter ones a letter may only stand for its neighbour on
    the keyboard or, both being vowels, for another: `Boltan` is Bolton, `Boston` is not.
    """
    allowed = 0 if len(word) < 5 else 1 if len(word) < 8 else 2
    if not allowed or text[0] != word[0] or abs(len(text) - len(word)) > allowed:
        return None
    far = OSA.distance(text, word, score_cutoff=allowed)
    if far > allowed or (allowed == 1 and far == 1 and _is_another_word(text, word)):
        return None
    return far


def _is_another_word(text: str, word: str) -> bool:
    """Whether two words that differ in one letter do so by one that no finger slips to."""
    if len(text) != len(word):
        return False
    wrong = [(a, b) for a, b in zip(text, word, strict=True) if a != b]
    if len(wrong) != 1:
        return False
    one, other = wrong[0]
    if one in _VOWELS and other in _VOWELS:
        return False
    here, there = _KEYS.get(one), _KEYS.get(other)
    return here is None or there is None or abs(here - there) > _NEAR


def _without_politeness(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and tokens[-1] in POLITE:
        tokens = tokens[:-1]
    return tokens


def _has_digit(tokens: Iterable[str]) -> bool:
    return any(character.isdigit() for token in tokens for character in token)


def _value(token: str) -> int | None:
    token = token.removeprefix("#")
    if token.isascii() and token.isdigit() and len(token) <= 2:
        return int(token)
    return NUMBERS.get(token)


def _number(tokens: Sequence[str]) -> int | None:
    """The number a reply consists of: `1`, `one`, `no 1`, `option 1 please`."""
    rest = list(tokens)
    while len(rest) > 1 and rest[0] in BEFORE_NUMBER:
        rest = rest[1:]
    return _value(rest[0]) if len(rest) == 1 else None
