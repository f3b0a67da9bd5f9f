"""How an escalation is put into words for workers: its link, its reason, its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.escalations import Escalation, Page, PageState
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.domain.phone_numbers import display
from bot.store import numbers
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work

# A page text should fit two parts; what a person wrote is cut to what is left.
PAGE_LENGTH = 300
WORDS_KEPT = 4000
REASONS_KEPT = 200
# While the worker writes, the person needs no word that theirs arrive.
IN_TALK = timedelta(minutes=10)
LIST_LENGTH = 8
# The provider takes 1,600 characters, and some count twice.
BODY_LENGTH = 1500


def name_of(person: Person) -> str:
    """The first name, or a word that stands for it."""
    return person.first_name.strip() or "Somebody"


def link_to(work: Work, escalation: Escalation) -> str:
    """The address of the escalation's page for staff."""
    return f"{work.deps.settings.public_url.rstrip('/')}/staff/escalations/{escalation.id}"


def how_to_reach(work: Work, person: Person, escalation: Escalation) -> str:
    """For the worker who has them, how to reach somebody who stopped our texts: the number to ring, if we have one.

    Source: docs/decisions/0015-who-gets-a-number.md
    """
    address = numbers.current_address(work.conn, person.id)
    if address is None:
        return phrase(work, "escalation.see_them", None, link=link_to(work, escalation))
    return phrase(work, "escalation.ring_them", None, number=display(address))


def why(escalation: Escalation) -> str:
    """The reason as a clause, without the stop at its end."""
    return " ".join(escalation.reason.replace("_", " ").split()).rstrip(".")


def why_with_words(escalation: Escalation, room: int) -> str:
    """The reason, and in `room` characters what the person wrote last."""
    words = " ".join(escalation.words.split())
    reason = why(escalation)
    left = room - len(reason) - len(': ""')
    if not words or left < 12:
        return clip(reason, max(room, 20))
    return f'{reason}: "{clip(words, left)}"'


def clip(text: str, length: int) -> str:
    """The text, cut at `length` characters with dots where something is missing."""
    return text if len(text) <= length else text[: max(length - 3, 0)].rstrip() + "..."


def add_to_words(words: str, more: str) -> str:
    """What was written so far and what comes now, a line each; the oldest goes when it gets long."""
    more = more.strip()
    if not more or words.endswith(more):
        return words
    return (f"{words}\n{more}" if words else more)[-WORDS_KEPT:]


def add_to_reason(reason: str, more: str) -> str:
    """The reason, and another one after it, as long as there is room; the same is said once."""
    if more in reason or len(reason) + len(more) > REASONS_KEPT:
        return reason
    return f"{reason}; {more}" if reason else more


def parts(words: str, room: int = BODY_LENGTH) -> list[str]:
    """The words in pieces that a provider takes, cut at a space where there is one."""
    pieces: list[str] = []
    rest = words.strip()
    while _units(rest) > room:
        cut = room
        while _units(rest[:cut]) > room:
            cut -= 1
        space = max(rest.rfind(" ", cut // 2, cut), rest.rfind("\n", cut // 2, cut))
        cut = space if space > 0 else cut
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def listed(work: Work, items: Sequence[tuple[Page, Escalation, Person | None]]) -> str:
    """Codes with first names, as a worker reads them; a long list is cut."""
    lines = [
        phrase(
            work,
            "escalation.item_taken" if page.state is PageState.TAKEN else "escalation.item_offered",
            code=page.code,
            first_name=name_of(person) if person else "Somebody",
        )
        for page, _, person in items[:LIST_LENGTH]
    ]
    if len(items) > LIST_LENGTH:
        lines.append(phrase(work, "escalation.open_more", count=len(items) - LIST_LENGTH))
    return ", ".join(lines)


def say(work: Work, worker: Worker, name: str, **values: object) -> None:
    """Answer a worker with the text `escalation.<name>`."""
    text_worker(work, worker, phrase(work, f"escalation.{name}", None, **values), kind=Kind.ANSWER)


def is_area_offer(escalation: Escalation) -> bool:
    """Whether it offers a person to a new area: the need is `area:<new area>`."""
    return escalation.need.startswith("area:")


def offered_area(escalation: Escalation) -> str:
    """The area a person is offered to."""
    return escalation.need.removeprefix("area:")


def _units(text: str) -> int:
    """Length as the provider counts: what lies outside the basic plane counts twice."""
    return len(text) + len(re.findall("[\U00010000-\U0010ffff]", text))
