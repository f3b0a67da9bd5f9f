"""What is wrong with one text: its cost, how hard it is to read, and what it gives away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path

from bot.domain.sms_parts import parts
from bot.engine.definition import PLACEHOLDERS
from bot.engine.load import read_yaml
from bot.engine.reading_age import reading_age
from bot.engine.texts import FLAVOURS, PLACEHOLDER
from bot.errors import FlowInvalid, Problem

OLDEST = 9
MOST_PARTS = 2
_VARIANT = re.compile(rf"^(?:[a-z]{{2,3}}(?:\.(?:{'|'.join(FLAVOURS)}))?|{'|'.join(FLAVOURS)})$")
_BROKEN = re.compile(r"\(\(|\)\)|\{\{|\}\}|\$\{|%\([a-z_]+\)s")
_DUMMY = re.compile(
    r"\b(?:lorem|ipsum|todo|fixme|tbc|tbd|xxx+|asdf|foo|bar|blah)\b|\?\?\?|\.\.\.\.|<[a-z ]+>", re.I
)
_WORDS_FILE = Path(__file__).resolve().parent.parent.parent / "flows" / "giving_away.yaml"


@lru_cache(maxsize=4)
def giving_away(path: Path = _WORDS_FILE) -> re.Pattern[str]:
    """A pattern for the words that give somebody away, from a content file.

    Raises:
        FlowInvalid: the file is not a list of words.
    """
    words = read_yaml(path.read_text("utf-8"), path.name)
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip("* ") for word in words):
        raise FlowInvalid([Problem(path.name, "file", "is not a list of words")])
    patterns = [
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else r"\b") for word in words
    ]
    return re.compile(rf"\b(?:{'|'.join(patterns)})" if patterns else r"(?!)", re.I)


def check_text(
    variants: Mapping[str, str],
    *,
    examples: Mapping[str, str],
    languages: Iterable[str] = (),
    first_contact: bool = False,
    known: Iterable[str] | None = PLACEHOLDERS,
) -> Iterator[tuple[str, bool]]:
    """Each thing wrong with a text, as a reason and whether it is only a warning.

    `examples` stand in for placeholders; `known` are the placeholders there are, none for any; `languages`
    are those the text should be in.
    """
    if "en" not in variants:
        yield "has no English text, which all others fall back to", False
    for name, text in variants.items():
        said = f" ({name})" if len(variants) > 1 else ""
        if not _VARIANT.match(name):
            yield f"{name!r} is not a variant; write en, pl, en.discreet, discreet, whatsapp or voice", False
        for reason, warning in _one_text(name, text, examples, known):
            yield reason + said, warning
    for language in sorted(set(languages) - {"en"}):
        if not any(name.split(".")[0] == language for name in variants):
            yield f"has no text in {language}; the English one is sent", True
    yield from _what_it_gives_away(variants, first_contact)


def _one_text(
    name: str, text: str, examples: Mapping[str, str], known: Iterable[str] | None
) -> Iterator[tuple[str, bool]]:
    if not text.strip():
        yield "is empty", False
        return
    if _BROKEN.search(PLACEHOLDER.sub("", text)):
        yield "has a placeholder that is not written ((name))", False
    if known is not None:
        for placeholder in sorted(set(PLACEHOLDER.findall(text)) - set(known)):
            yield f"unknown placeholder (({placeholder}))", False
    if (dummy := _DUMMY.search(text)) is not None:
        yield f"has dummy text left in it: {dummy[0]!r}", False
    filled = PLACEHOLDER.sub(lambda found: examples.get(found[1], "Example"), text)
    if not name.endswith(("voice", "whatsapp")):
        cost = parts(filled)
        if cost.culprit:
            yield (
                f"{cost.culprit!r} is no plain SMS character: {cost.parts} part(s) of 70 characters",
                True,
            )
        elif cost.parts > MOST_PARTS:
            yield f"is {cost.parts} parts ({cost.characters} characters); at most {MOST_PARTS}", True
    if name.split(".")[0] in ("en", *FLAVOURS):
        age = reading_age(PLACEHOLDER.sub("Sam", text))
        if age > OLDEST:
            yield f"needs a reading age of {ceil(age)}; at most {OLDEST}: shorter words and sentences", True


def _what_it_gives_away(variants: Mapping[str, str], first_contact: bool) -> Iterator[tuple[str, bool]]:
    """Refused where anybody may be the first to read it; a warning where a discreet text stands beside it."""
    pattern = giving_away()
    has_discreet = any(name.endswith("discreet") for name in variants)
    for name, text in variants.items():
        if (found := pattern.search(PLACEHOLDER.sub("", text))) is not None:
            harmless = has_discreet and not first_contact and not name.endswith("discreet")
            yield f"{found[0]!r} gives the person away ({name})", harmless


def languages_of(texts: Iterable[Mapping[str, str]], reviewed: Mapping[str, bool]) -> Sequence[str]:
    """The languages a flow is written in: those of any of its texts, and those it says were reviewed."""
    found = {name.split(".")[0] for variants in texts for name in variants} - set(FLAVOURS)
    return sorted(found | set(reviewed))
