"""What the provider's answers and reports mean, and what each failure asks of us.

Source: docs/decisions/0003-hand-over-once.md; the provider's error dictionary,
https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from random import Random

from bot.domain.messages import DeliveryStatus, Kind
from bot.errors import SendFailed

# Some three hours of five-minute pauses, which an outage of the provider or of our own line can well last. A
# page is given up after minutes, so that its ladder goes on.
_MOST_ATTEMPTS, _MOST_OF_A_PAGE = 40, 6
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)

_STATUSES = {
    "accepted": DeliveryStatus.ACCEPTED,
    "scheduled": DeliveryStatus.ACCEPTED,
    "queued": DeliveryStatus.ACCEPTED,
    "sending": DeliveryStatus.ACCEPTED,
    "sent": DeliveryStatus.SENT,
    "partially_delivered": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "undelivered": DeliveryStatus.UNDELIVERED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}


class Remedy(StrEnum):
    """What a failure asks of us."""

    WAIT = "wait"  # not processed: the same again, later
    LOOK_UP = "look_up"  # it may exist: ask before anything is resent
    OPT_OUT = "opt_out"  # the person said stop to the provider
    BAD_NUMBER = "bad_number"  # nothing will ever reach this number
    STOP = "stop"  # nothing of ours goes at all: hand nothing over until it does
    GIVE_UP = "give_up"  # this one text will never go


_OPTED_OUT = frozenset({21610})
# 21211 no such number, 21612 can't be reached from ours, 21614 not a mobile, 63003 no such WhatsApp account.
_BAD_NUMBER = frozenset({21211, 21612, 21614, 63003})
# Wrong token, account suspended or closed, our own number not ours any more or without a sender.
_STOPPED = frozenset({401, 403, 20003, 20005, 20006, 21603, 21606, 21659, 21660, 21703, 30002, 90010})
# Too many at once; the sender's queue is full.
_SLOW_DOWN = frozenset({429, 14107, 20429, 21611, 63017, 63018})

# Reported later. 30005 unknown handset, 30006 a landline or a carrier that can't be reached.
_BAD_NUMBER_BY_REPORT = _BAD_NUMBER | {30005, 30006}
# 30001 queue overflow, 30003 phone off or out of reach, 30008 unknown, 30036 not delivered in time. Not
# 30004 (blocked by the person or their network) nor 30007 (filtered): the same words meet the same fate.
_ONCE_MORE = frozenset({30001, 30003, 30008, 30036})
# A page is not sent again: the ladder goes to the next worker at once.
_STILL_USEFUL = {
    Kind.DANGER: timedelta(minutes=2),
    Kind.ANSWER: timedelta(minutes=2),
    Kind.RELAY: timedelta(minutes=2),
    Kind.WARNING: timedelta(minutes=15),
    Kind.REMINDER: timedelta(minutes=15),
    Kind.CHECK_IN: timedelta(minutes=15),
    Kind.FLOW: timedelta(minutes=15),
}


def status_of(word: str) -> DeliveryStatus | None:
    """The status behind the provider's word for it; none for a word that says nothing of a text of ours."""
    return _STATUSES.get(word.strip().lower())


def remedy_for(failure: SendFailed) -> Remedy:
    """What to do about a text that was not accepted."""
    if failure.ambiguous:
        return Remedy.LOOK_UP
    if failure.code in _OPTED_OUT:
        return Remedy.OPT_OUT
    if failure.code in _BAD_NUMBER:
        return Remedy.BAD_NUMBER
    if failure.code in _STOPPED:
        return Remedy.STOP
    if failure.retry or failure.code in _SLOW_DOWN:
        return Remedy.WAIT
    return Remedy.GIVE_UP


def remedy_for_report(code: int | None) -> Remedy:
    """What to do about a text that was accepted and came to nothing."""
    if code in _OPTED_OUT:
        return Remedy.OPT_OUT
    if code in _BAD_NUMBER_BY_REPORT:
        return Remedy.BAD_NUMBER
    if code in _STOPPED:
        return Remedy.STOP
    return Remedy.WAIT if code in _ONCE_MORE else Remedy.GIVE_UP


def once_more_after(kind: Kind) -> timedelta | None:
    """How long to wait before an undelivered text goes once more; none when it would help nobody by then."""
    return _STILL_USEFUL.get(kind)


def most_attempts(kind: Kind) -> int:
    """How often a text is tried before it has failed.

    Source: docs/decisions/0011-how-long-a-text-is-tried.md
    """
    return _MOST_OF_A_PAGE if kind is Kind.PAGE else _MOST_ATTEMPTS


def pause_before(attempt: int, rng: Random) -> timedelta:
    """How long to wait after `attempt` tries: twice as long each time, give or take half."""
    doubled = _FIRST_PAUSE.total_seconds() * float(2 ** max(0, attempt - 1))
    return timedelta(seconds=min(doubled, _LONGEST_PAUSE.total_seconds()) * rng.uniform(0.5, 1.5))
