"""Texts as plain lower-case words: Unicode, lookalikes, lengthened words and SMS-speak straightened out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.understanding.sms_speak import DOUBLED, PAIRS, SHORT_FORMS

# Signs that carry meaning of their own, and the word they are read as.
SIGNS = {"🆘": " sos ", "🚑": " ambulance ", "👍": " 👍 ", "✅": " 👍 ", "👎": " 👎 ", "🙏": " 🙏 "}
_SIGN_WORDS = "👍👎🙏"
_LETTERS = {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"}
_SPELLED = str.maketrans({**_LETTERS, **SIGNS, "£": " £ ", "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(rf"[^\W_]+|[{_SIGN_WORDS}£]|[.!?;]+|\n")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_OVERDOSED = re.compile(r"\bo\.?d\.?'d\b|\bo\.d\.?(?:ed|d)\b")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_AMOUNT = re.compile(r"\d+[a-z]{0,3}|[a-z]{1,2}\d{1,2}[a-z]?|[a-z]+\d+")
_LEET = str.maketrans("013457", "oieast")
_AT_IN_WORD = re.compile(r"(?<=[a-z])@(?=[a-z])")
_DOLLAR_IN_WORD = re.compile(r"\$(?=[a-z])")


@dataclass(frozen=True)
class Words:
    """A text as words. `breaks` are the places (index of the next word) where a sentence ends."""

    words: tuple[str, ...]
    breaks: frozenset[int]


def normalise(text: str) -> str:
    """The text as words with one space between; nothing but words, numbers and the few signs that matter.

    Doing it twice changes nothing more.
    """
    return " ".join(split(text).words)


def normalise_words(words: list[str]) -> tuple[str, ...]:
    """As `normalise`, for words that have been taken apart before; quicker where they are plain already."""
    if all(word.isascii() and word.isalnum() and word.islower() for word in words):
        found = [part for word in words for part in _settle(word)]
        return tuple(_join(found)[0] if len(found) > 1 else found)
    return split(" ".join(words)).words


def split(text: str) -> Words:
    """The words of a text and where its sentences end. Takes time in proportion to its length."""
    found: list[str] = []
    breaks: set[int] = set()
    for token in _TOKEN.findall(_plain(text)):
        if token[0] in ".!?;\n":
            if not token.startswith(".."):  # three dots are a pause, not an end
                breaks.add(len(found))
            continue
        found.extend(_settle(token))
    words, moved = _join(found)
    ends = frozenset(moved[place] for place in breaks if 0 < place < len(found))
    return Words(tuple(words), ends)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cs", "Cn"))
        text = unicodedata.normalize("NFKD", text.casefold())
        text = re.sub(f"[{_MARKS}]", "", text)
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold().translate(_SPELLED)
    text = _OVERDOSED.sub("overdosed", text)
    text = _APOSTROPHE.sub("", text)
    if "@" in text:
        text = _AT_IN_WORD.sub("a", text)
    return _DOLLAR_IN_WORD.sub("s", text) if "$" in text else text


def _settle(token: str) -> tuple[str, ...]:
    """What one word stands for."""
    short = SHORT_FORMS.get(token)
    if short is not None:
        return short
    changed = token
    if len(token) > 2 and not token.isalpha() and not token.isdigit() and not _AMOUNT.fullmatch(token):
        letters = token.translate(_LEET)
        if letters.isalpha():
            changed = letters
    if not changed.isdigit() and _LONG_RUN.search(changed):
        changed = _LONG_RUN.sub(r"\1", changed)
        changed = DOUBLED.get(changed, changed)
    return (token,) if changed == token else SHORT_FORMS.get(changed, (changed,))


def _join(found: list[str]) -> tuple[list[str], list[int]]:
    """Read pairs of words as one, those too that only come together by it; `moved[i]` is where word `i` went."""
    words, moved = _join_once(found)
    while words != found:
        found = words
        words, again = _join_once(found)
        again.append(len(words))
        moved = [again[place] for place in moved]
    return words, moved


def _join_once(found: list[str]) -> tuple[list[str], list[int]]:
    words: list[str] = []
    moved: list[int] = []
    place = 0
    while place < len(found):
        pair = PAIRS.get((found[place], found[place + 1])) if place + 1 < len(found) else None
        moved.append(len(words))
        if pair is None:
            words.append(found[place])
            place += 1
        else:
            words.extend(pair)
            moved.append(len(words) - 1 if len(pair) > 1 else len(words))
            place += 2
    return words, moved
