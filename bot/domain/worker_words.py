"""What a worker's text asks for. The table of words is fixed: docs say it as workers know it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.codes import LETTERS


class Word(StrEnum):
    """What a text does. `say` goes to the person; `none` has no code and is no command."""

    TAKE = "take"
    PASS = "pass"
    DONE = "done"
    CALL = "call"
    SAY = "say"
    OK = "ok"
    OPEN = "open"
    WHO = "who"
    NONE = "none"


@dataclass(frozen=True)
class Command:
    """One worker's text, taken apart. `code` is in capitals without spaces, empty when there is none.

    `rest`: the note of `done`, the words of `say`; for `none` the whole text. A `pass`, `done` or `call`
    without a code says what the worker may have meant; nothing is done about it.
    """

    word: Word
    code: str = ""
    rest: str = ""


_CLOSE = re.compile(r"([A-Za-z])([0-9]{1,2})(?![0-9])")
# With a space between, only letters that our codes begin with: "a 10 minute wait" is no code.
_APART = re.compile(rf"([{LETTERS}{LETTERS.lower()}])[\s.-]+([0-9]{{1,2}})(?![0-9])")
_EDGE = " \t\r\n.,;:!?-\"'()"
_DONE = re.compile(r"done(?![A-Za-z0-9])[\s.,;:!-]*", re.IGNORECASE)
_WITH_CODE = {
    "": Word.TAKE, "ok": Word.TAKE, "okay": Word.TAKE, "take": Word.TAKE, "pass": Word.PASS,
    "call": Word.CALL,
}  # fmt: skip
_ALONE = {
    "ok": Word.OK, "okay": Word.OK, "open": Word.OPEN, "who": Word.WHO, "pass": Word.PASS, "done": Word.DONE,
    "call": Word.CALL,
}  # fmt: skip


def parse(text: str) -> Command:
    """Take a worker's text apart; case and spaces don't matter, and no text is an error.

    `pass` and `call` only count when nothing else follows, for what follows a code goes to the person:
    "K7 pass the library and turn left". Stop, end, quit, cancel and yes are never commands.
    Source: the fixed words on a worker's phone.
    """
    body = text.strip()
    start = body.lstrip(_EDGE)
    found = _CLOSE.match(start) or _APART.match(start)
    if found is None:
        return Command(_ALONE.get(body.strip(_EDGE).lower(), Word.NONE), "", body)
    code = (found[1] + found[2]).upper()
    rest = start[found.end() :].lstrip(" \t\r\n.,;:)-").rstrip()
    word = _WITH_CODE.get(rest.strip(_EDGE).lower())
    if word is not None:
        return Command(word, code)
    done = _DONE.match(rest)
    if done is not None:
        return Command(Word.DONE, code, rest[done.end() :].strip())
    return Command(Word.SAY, code, rest)
