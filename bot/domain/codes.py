"""The short codes workers answer by, such as `K7`."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import timedelta

# Letters that look like no digit and no other letter, and that make no everyday word or road with a digit
# after them (U2, B4, M8, L8, A6, M60, P45). Digits without 0 and 1, which look like O, I and l.
LETTERS = "CDEFJKNRTVXY"
DIGITS = "23456789"
KEPT_FOR = timedelta(days=14)
_SHORT = tuple(letter + digit for letter in LETTERS for digit in DIGITS)
_GUESSES = 4
_LONG = tuple(letter + first + second for letter in LETTERS for first in DIGITS for second in DIGITS)


def guesses(rng: random.Random) -> Sequence[str]:
    """Some codes of two characters, one of which is nearly always free: looking there first saves the long look."""
    return rng.sample(_SHORT, _GUESSES)


def new_code(used: Sequence[str], in_use: Collection[str], rng: random.Random) -> str:
    """A code for one worker's next escalation: two characters while there are any free, then three.

    `used`: what the worker had in the last 14 days, oldest first; none of these is given, unless all of the
    several hundred are used: then the oldest one that nothing open answers to, and if everything is open the
    oldest of all. `in_use`: those an open escalation answers to.
    """
    taken = {*used, *in_use}
    for codes in (_SHORT, _LONG):
        free = [code for code in codes if code not in taken]
        if free:
            return rng.choice(free)
    by_last_use = list(dict.fromkeys(reversed(used)))[::-1]
    oldest_free = next((code for code in by_last_use if code not in in_use), None)
    return oldest_free or (by_last_use[0] if by_last_use else rng.choice(_LONG))
