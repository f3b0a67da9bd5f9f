"""Whether a text that was written a while ago may go still."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.messages import Kind
from bot.domain.people import SafeToText
from bot.store.claims import Claimed
from bot.usecases.texting import STARTED_BY_US


def why_refused(one: Claimed) -> str | None:
    """Why a text that waited may not go any more, none when it may.

    What we start ourselves is looked at again as it was when it was written: a person may have taken their
    consent back meanwhile, or said that their phone is not safe.
    """
    if opted_out_since(one):
        return "opted_out"
    if one.message.kind not in STARTED_BY_US or one.person is None:
        return None
    if not one.person.consent:
        return "no_consent"
    return "not_safe_to_text" if one.person.safe_to_text is SafeToText.NO else None


def opted_out_since(one: Claimed) -> bool:
    """Whether they have said stop. A text of ours that still waits was written before that, whatever the
    clocks of two hosts say; of answers only those of the turn that stopped, and later ones, may go."""
    person_said = one.person.opted_out_at if one.person is not None else None
    said = one.worker_opted_out_at if one.message.worker_id is not None else person_said
    if said is None:
        return False
    is_answer = one.message.kind in (Kind.ANSWER, Kind.DANGER)
    return not is_answer or said > one.message.created_at


def is_stale(one: Claimed, now: datetime) -> bool:
    """Whether a reminder comes after what it was to remind of."""
    starts_at = one.appointment_starts_at
    return (
        one.message.kind in STARTED_BY_US
        and starts_at is not None
        and one.message.created_at < starts_at <= now - timedelta(minutes=5)
    )
