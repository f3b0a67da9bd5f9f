"""What follows from a text that did not arrive, by what the failure asks of us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.delivery import (
    Remedy,
    most_attempts,
    once_more_after,
    pause_before,
    remedy_for,
    remedy_for_report,
)
from bot.domain.escalations import Event
from bot.domain.messages import DeliveryStatus, Kind, NewMessage, OutboxMessage
from bot.errors import SendFailed
from bot.store import claims, events, numbers, outbox, people, rates, workers
from bot.usecases import escalating, opting
from bot.usecases.texting import phrase
from bot.usecases.work import Work

log = structlog.get_logger()

# A call that was answered is over, so its message can be looked up this soon.
LOOK_UP_AFTER = timedelta(seconds=15)
STOPPED_FOR = timedelta(minutes=1)
_AGAIN = "again:"


def not_accepted(work: Work, message: OutboxMessage, failure: SendFailed, *, token: str) -> None:
    """Act on the provider's refusal of a text that was handed over under `token`."""
    what = remedy_for(failure)
    log.warning("text_not_accepted", outbox_id=message.id, code=failure.code, remedy=what.value)
    if what is Remedy.LOOK_UP:
        claims.look_up(
            work.conn, message.id, at=work.now + LOOK_UP_AFTER, code=failure.code, reason=failure.reason
        )
    elif what is Remedy.STOP:
        claims.give_back(work.conn, [message.id], token=token)
        stop_sending(work, failure.code)
    elif what is Remedy.WAIT:
        _try_later(work, message, failure)
    elif what is Remedy.OPT_OUT:
        _end(work, message, DeliveryStatus.REFUSED, failure.code, "opted_out")
        _record_opt_out(work, message)
    elif what is Remedy.BAD_NUMBER:
        _end(work, message, DeliveryStatus.FAILED, failure.code, "bad_number")
        _mark_bad(work, message, failure.code)
    else:
        _end(work, message, DeliveryStatus.FAILED, failure.code, failure.reason)


def never_made(work: Work, message: OutboxMessage) -> None:
    """The provider never had a text that was handed over: it is due again, unless that was the last try.

    At once after the first, since that may have been a crash of ours; then later and later.
    """
    if message.attempts >= most_attempts(message.kind):
        _end(work, message, DeliveryStatus.FAILED, None, f"gave up after {message.attempts} tries")
    else:
        pause = pause_before(message.attempts, work.deps.rng) if message.attempts > 1 else timedelta(0)
        claims.try_again(work.conn, message.id, at=work.now + pause)


def refuse(work: Work, message: OutboxMessage, reason: str) -> None:
    """Record that a text may not go any more."""
    _end(work, message, DeliveryStatus.REFUSED, None, reason)


def came_to_nothing(work: Work, message: OutboxMessage, code: int | None) -> None:
    """Act on a report that an accepted text failed or was not delivered; its row says so already."""
    what = remedy_for_report(code)
    goes_again = False
    log.warning("text_undelivered", outbox_id=message.id, code=code, remedy=what.value)
    if what is Remedy.OPT_OUT:
        _record_opt_out(work, message)
    elif what is Remedy.BAD_NUMBER:
        _mark_bad(work, message, code)
    elif what is Remedy.STOP:
        stop_sending(work, code)
    elif what is Remedy.WAIT:
        goes_again = _once_more(work, message)
    _tell(work, message, DeliveryStatus.UNDELIVERED, code, None)
    if not goes_again:
        _move_ladder_on(work, message)


def stop_sending(work: Work, code: int | None) -> None:
    """Hand nothing over for a minute, on any host; said once, until something goes again."""
    is_first = rates.stopped_until(work.conn) is None
    rates.stop_until(work.conn, work.now + STOPPED_FOR)
    if not is_first:
        return
    log.error("sending_stopped", code=code)
    events.add(work.conn, Event(at=work.now, kind="sending_stopped", data={"code": code}))
    calendar = work.deps.calendar
    since = f"{calendar.time_text(work.now)} on {calendar.local(work.now):%-d %B}"
    body = phrase(work, "sending.stopped", since=since, code=code or "none")
    # It stops everywhere, so the coordinators of every area hear of it; the key keeps it to one text each.
    for area in sorted({area for worker in workers.all(work.conn) for area in worker.areas}):
        escalating.warn_coordinators(work, area, body, key=f"sending_stopped:{work.now.isoformat()}")


def _try_later(work: Work, message: OutboxMessage, failure: SendFailed) -> None:
    """Let a text wait for another try, a little longer each time; after the last one it has failed."""
    tries = message.attempts + 1  # it was read before this try was counted
    if tries >= most_attempts(message.kind):
        _end(work, message, DeliveryStatus.FAILED, failure.code, f"gave up after {tries} tries")
        return
    at = work.now + pause_before(tries, work.deps.rng)
    claims.try_again(work.conn, message.id, at=at, code=failure.code, reason=failure.reason)


def _end(work: Work, message: OutboxMessage, status: DeliveryStatus, code: int | None, reason: str) -> None:
    if outbox.advance(work.conn, message.id, status, now=work.now, error_code=code, reason=reason):
        _tell(work, message, status, code, reason)
        _move_ladder_on(work, message)


def _move_ladder_on(work: Work, message: OutboxMessage) -> None:
    """A worker does not hear of an escalation they were asked to take, or have taken: others must. Words of
    theirs that did not reach the person they hear of."""
    if message.worker_id is not None and message.kind in (Kind.PAGE, Kind.RELAY):
        escalating.page_failed(work, message.id)
    elif message.kind is Kind.RELAY:
        escalating.relay_failed(work, message.id)


def _tell(
    work: Work, message: OutboxMessage, status: DeliveryStatus, code: int | None, reason: str | None
) -> None:
    """Put it on the record, where a worker sees it."""
    data: dict[str, object] = {"outbox_id": message.id, "kind": message.kind.value}
    if code is not None:
        data["code"] = code
    if reason is not None:
        data["reason"] = reason
    events.add(
        work.conn,
        Event(
            at=work.now,
            kind=f"text_{status.value}",
            person_id=message.person_id,
            worker_id=message.worker_id,
            escalation_id=message.escalation_id,
            data=data,
        ),
    )


def _record_opt_out(work: Work, message: OutboxMessage) -> None:
    if message.worker_id is not None:
        worker = workers.get(work.conn, message.worker_id)
        if worker is not None and worker.opted_out_at is None:
            opting.worker_opts(work, worker, out=True)
    elif message.person_id is not None:
        person = people.lock(work.conn, message.person_id)
        if person is not None:
            opting.opt_out(work, person, source="provider", confirm=False)


def _mark_bad(work: Work, message: OutboxMessage, code: int | None) -> None:
    """The number is bad, not the person. Those who may know another one read it on the record."""
    if message.worker_id is not None:
        worker = workers.get(work.conn, message.worker_id)
        if worker is None or worker.phone_is_bad or message.address != worker.phone:
            return
        workers.change(work.conn, worker.id, phone_is_bad=True)
        escalating.worker_unreachable(work, replace(worker, phone_is_bad=True), "their number does not work")
    else:
        numbers.mark_bad(work.conn, message.address, now=work.now)
    events.add(
        work.conn,
        Event(
            at=work.now,
            kind="number_bad",
            person_id=message.person_id,
            worker_id=message.worker_id,
            data={"outbox_id": message.id, "code": code},
        ),
    )


def _once_more(work: Work, message: OutboxMessage) -> bool:
    """Send an undelivered text again, once, where it still helps and the person still wants texts."""
    after = once_more_after(message.kind)
    if after is None or (message.key or "").startswith(_AGAIN):
        return False
    if message.person_id is not None and message.worker_id is None:
        person = people.get(work.conn, message.person_id)
        if person is None or person.is_opted_out:
            return False
    again = NewMessage(
        address=message.address,
        body=message.body,
        kind=message.kind,
        priority=message.priority,
        due_at=work.now + after,
        person_id=message.person_id,
        worker_id=message.worker_id,
        channel=message.channel,
        key=f"{_AGAIN}{message.id}",
        escalation_id=message.escalation_id,
        conversation_id=message.conversation_id,
        appointment_id=message.appointment_id,
    )
    return outbox.add(work.conn, again, now=work.now) is not None
