"""What one reply says to one question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.reading import Reading
from bot.engine import moments
from bot.engine.definition import Ask
from bot.engine.matching import yes_or_no

# What is kept of a reply in its own words.
KEPT_LENGTH = 480
_PHONE = re.compile(r"\+?\(?\d[\d\s()./-]{8,}\d")


@dataclass(frozen=True)
class Answer:
    """The exit of the question that a reply takes, where it leads, and what is kept of it."""

    exit: str
    go: str
    value: str


def read_answer(ask: Ask, text: str, reading: Reading, *, today: date) -> Answer | None:
    """The answer in a reply, none when it does not answer this question. `today` is the person's own day."""
    if ask.kind == "choice":
        index = ask.table.match(text, reading)
        if index is None:
            return None
        choice = ask.choices[index]
        return Answer(choice.name, choice.go, choice.kept)
    if ask.kind == "yes_no":
        said = yes_or_no(text)
        if said is None or ask.yes is None or ask.no is None:
            return None
        return Answer("yes", ask.yes, "yes") if said else Answer("no", ask.no, "no")
    value = _value(ask.kind, text, today)
    return None if value is None or ask.go is None else Answer("answered", ask.go, value)


def _value(kind: str, text: str, today: date) -> str | None:
    if kind == "date":
        day = moments.read_date(text, today=today)
        return day.isoformat() if day else None
    if kind == "time":
        moment = moments.read_time(text)
        return moment.strftime("%H:%M") if moment else None
    if kind == "phone":
        return _phone(text)
    return " ".join(text.split())[:KEPT_LENGTH] or None


def _phone(text: str) -> str | None:
    """The one phone number in a reply, as E.164."""
    from bot.domain.phone_numbers import normalise

    found = set()
    for candidate in _PHONE.findall(text):
        try:
            found.add(normalise(candidate))
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None
