"""One inbound text, from the first byte to what is answered: one transaction, one instant."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from bot.deps import Deps
from bot.domain.escalations import Urgency
from bot.domain.messages import InboundText, Kind
from bot.domain.opt_words import is_opt_out_word
from bot.domain.reading import Reading
from bot.errors import DatabaseTooNew
from bot.store import inbound
from bot.store.database import UNAVAILABLE
from bot.usecases import content, escalating, opting
from bot.usecases.answer_person import answer_person
from bot.usecases.answer_worker import answer_worker
from bot.usecases.senders import Sender, answer_without_a_way_back, recognise
from bot.usecases.texting import phrase, text_person, text_worker
from bot.usecases.work import Answer, Answering, Work

log = structlog.get_logger()
_TRIES = 4
# Seconds after which a turn is not tried again: the fallback address must be heard before the provider gives up.
_TRY_WITHIN = 4.0

Decide = Callable[[Work, InboundText, Sender], str]


def receive(deps: Deps, text: InboundText, *, now: datetime) -> list[Answer]:
    """Take one text in and give the texts that answer it, in order.

    The same `provider_id` again changes nothing and gives the same answer. When anything of ours fails the
    whole turn is undone, a human is fetched and the person is told so.

    Raises:
        DatabaseBusy: the database did not make room; the provider then calls the fallback address.
        DatabaseTooNew: another release has migrated it.
        OperationalError: it is not there.
    """
    began = time.monotonic()
    decide = _read(deps, text)
    for attempt in range(1, _TRIES + 1):
        try:
            return _turn(deps, text, now, decide)
        except DatabaseTooNew:
            raise
        except UNAVAILABLE:
            # Two turns that wait for one another: the database undid this one, so it can be taken again.
            if attempt == _TRIES or time.monotonic() - began > _TRY_WITHIN:
                raise
        except Exception:
            log.exception("turn_failed", provider_id=text.provider_id)
            return _turn(deps, text, now, _fetch_a_human)
    raise AssertionError("the loop returns or raises")  # pragma: no cover


def _turn(deps: Deps, text: InboundText, now: datetime, decide: Decide) -> list[Answer]:
    with deps.store.begin(shares=True) as conn:
        deps.store.serialise(conn, text.address or text.provider_id)
        inbound_id = inbound.add(conn, text, now=now)
        if inbound_id is None:
            return [Answer(outbox_id, body) for outbox_id, body in inbound.answered(conn, text.provider_id)]
        content.refresh(deps, conn)
        work = Work(deps, conn, now, words=text.body.strip())
        without = answer_without_a_way_back(work, text, inbound_id)
        if without is not None:
            return without
        sender = recognise(work, text)
        work.answering = Answering(inbound_id, text.address, text.channel, sender.id)
        outcome = decide(work, text, sender)
        inbound.settle(
            conn,
            inbound_id,
            person_id=sender.person.id if sender.person else None,
            worker_id=sender.worker.id if sender.worker else None,
            outcome=outcome,
        )
        return work.answers


def _read(deps: Deps, text: InboundText) -> Decide:
    """Read the words before the transaction begins, since others may wait for its end."""
    try:
        return partial(_decide, deps.understanding.read(text.body))
    except Exception:
        log.exception("text_unreadable", provider_id=text.provider_id)
        return _fetch_a_human


def _decide(reading: Reading, work: Work, text: InboundText, sender: Sender) -> str:
    if sender.worker is not None:
        return answer_worker(work, text, sender.worker, reading)
    return answer_person(work, text, sender, reading)


def _fetch_a_human(work: Work, text: InboundText, sender: Sender) -> str:
    """What is left when a turn has failed: a stop is a stop, else a human and the truth."""
    if sender.worker is not None:
        text_worker(work, sender.worker, phrase(work, "turn.worker_failed"), kind=Kind.ANSWER)
        return "failed"
    assert sender.person is not None
    if is_opt_out_word(text.body) or text.opt_out_type == "STOP":
        for one in sender.sharing or (sender.person,):
            opting.opt_out(work, one, source="provider", confirm=False)
        return "opt_out"
    urgency = Urgency.DANGER if _reads_as_danger(work, text) else Urgency.TODAY
    escalating.open_escalation(
        work, sender.person, urgency=urgency, reason="we could not answer their text", need="failed",
        words=work.words,
    )  # fmt: skip
    text_person(work, sender.person, phrase(work, "answers.turn_limit", sender.person), kind=Kind.ANSWER)
    return "failed"


def _reads_as_danger(work: Work, text: InboundText) -> bool:
    """Whether danger is read in a text; a text that broke the reading itself may be anything."""
    try:
        return bool(work.deps.understanding.read(text.body).danger)
    except Exception:
        log.exception("text_unreadable", provider_id=text.provider_id)
        return False
