"""Do what falls due later: a question nobody answered, a wait that is over, a first night, a check-in."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.deps import Deps
from bot.domain.escalations import Event, Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person, SafeToText
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.domain.releases import hand_over_at, released_at
from bot.domain.timers import Timer
from bot.errors import DatabaseTooNew
from bot.store import conversations, events, inbound, people, releases, timers
from bot.store.database import UNAVAILABLE
from bot.usecases import content, escalating
from bot.usecases.hand_over import hand_over
from bot.usecases.run_flow import fire_timer, start_flow
from bot.usecases.work import Work

log = structlog.get_logger()
BATCH = 100
# A flow that we start does not break into a conversation in which the person wrote this lately.
MID_CONVERSATION = timedelta(minutes=10)
STARTS_A_FLOW = {
    "welcome": Kind.FLOW,
    "first_night": Kind.FLOW,
    "check_in": Kind.CHECK_IN,
    "appointment_missed": Kind.FLOW,
}
ASKS_HOW_IT_GOES = {"first_night", "check_in"}
# Somebody asked how it goes this lately is not asked again, for instance where both waited for their hours.
JUST_ASKED = timedelta(hours=1)
FLOW_OF = {"appointment_missed": "missed_appointment"}
# After this long the moment has passed, and what it was for is recorded as skipped.
STALE_AFTER = {"check_in": timedelta(hours=3), "first_night": timedelta(hours=24)}


def fire_due_timers(deps: Deps, *, now: datetime) -> int:
    """Fire every timer due at `now`, each once and in a transaction of its own; give how many were due.

    One that fails is put on the record as skipped and a human is fetched, so that it stops nobody else's. When
    it was the database that could not, the timer waits for the next tick.

    Raises:
        DatabaseTooNew: another release has migrated the database.
    """
    with deps.store.read() as conn:
        waiting = timers.due(conn, now=now, limit=BATCH)
    for timer in waiting:
        try:
            with deps.store.begin() as conn:
                content.refresh(deps, conn)
                _fire(Work(deps, conn, now), timer)
        except DatabaseTooNew:
            raise
        except UNAVAILABLE as error:
            log.warning("timer_put_off", timer=timer.id, kind=timer.kind, reason=type(error).__name__)
        except Exception:
            log.exception("timer_failed", timer=timer.id, kind=timer.kind)
            _give_up(deps, timer, now)
    return len(waiting)


def _fire(work: Work, timer: Timer) -> None:
    """Act on a timer. It is taken first: what another host has fired meanwhile must not be put off or skipped."""
    person = people.lock(work.conn, timer.person_id)
    if not timers.claim(work.conn, timer.id, now=work.now):
        return
    if person is None:
        timers.skip(work.conn, timer.id, reason="no_person", now=work.now)
        return
    if _breaks_in(work, person, timer):
        timers.postpone(work.conn, timer.id, due_at=work.now + MID_CONVERSATION)
        return
    allowed = next_allowed(quiet_hours_of(person, work.deps.calendar.zone), work.now)
    if timer.kind in STARTS_A_FLOW and allowed > work.now:
        # Begun when it may be read, so that what it calls open then is.
        timers.postpone(work.conn, timer.id, due_at=allowed)
        return
    stale_after = STALE_AFTER.get(timer.kind)
    if stale_after is not None and work.now - timer.due_at > stale_after + MID_CONVERSATION:
        timers.skip(work.conn, timer.id, reason="too_late", now=work.now)
        return
    needless = _why_needless(work, person, timer)
    if needless is not None:
        timers.skip(work.conn, timer.id, reason=needless, now=work.now)
        return
    if timer.kind in ("no_reply", "wait"):
        _in_conversation(work, person, timer)
    elif timer.kind == "hand_over":
        hand_over(work, person, timer)
    else:
        _begin(work, person, timer)


def _in_conversation(work: Work, person: Person, timer: Timer) -> None:
    conversation = conversations.get(work.conn, timer.conversation_id or "")
    if conversation is None:
        return
    fire_timer(work, person, conversation, kind=timer.kind, seq=int(str(timer.data["seq"])))


def _begin(work: Work, person: Person, timer: Timer) -> None:
    """Start the flow of that name, for somebody we may write to first."""
    reason = (
        "opted_out" if person.is_opted_out
        else "no_consent" if not person.consent
        else "not_safe_to_text" if person.safe_to_text is SafeToText.NO
        else None
    )  # fmt: skip
    if reason is not None:
        data: dict[str, object] = {"timer": timer.kind, "reason": reason}
        events.add(work.conn, Event(at=work.now, kind="flow_skipped", person_id=person.id, data=data))
        return
    about = {"appointment_missed": "appointment"}.get(timer.kind, "release")
    subject = {about: timer.subject_id} if timer.subject_id else None
    start_flow(
        work, person, FLOW_OF.get(timer.kind, timer.kind), subject=subject, kind=STARTS_A_FLOW[timer.kind]
    )


def _breaks_in(work: Work, person: Person, timer: Timer) -> bool:
    """Whether this would interrupt: the person wrote a moment ago and another conversation's question is open."""
    if timer.kind == "hand_over":
        return False
    last = inbound.last_from(work.conn, person.id)
    if last is None or work.now - last >= MID_CONVERSATION:
        return False
    asking = conversations.asking(work.conn, person.id)
    return asking is not None and asking.id != timer.conversation_id


def _why_needless(work: Work, person: Person, timer: Timer) -> str | None:
    """Why a check-in that comes late says nothing new: they have just been asked, or a worker has them by now."""
    if timer.kind != "check_in":
        return None
    calendar = work.deps.calendar
    release = releases.get(work.conn, timer.subject_id or "")
    if release is not None and work.now >= hand_over_at(released_at(release, calendar), calendar):
        return "handed_over"
    lately = conversations.begun_since(work.conn, person.id, since=work.now - JUST_ASKED)
    ways = [(one.flow_id, *(entry.partition(".")[0] for entry in one.history[:1])) for one in lately]
    return "just_asked" if any(ASKS_HOW_IT_GOES & set(way) for way in ways) else None


def _give_up(deps: Deps, timer: Timer, now: datetime) -> None:
    with deps.store.begin() as conn:
        timers.skip(conn, timer.id, reason="failed", now=now)
        person = people.lock(conn, timer.person_id)
        if person is not None:
            escalating.open_escalation(
                Work(deps, conn, now), person, urgency=Urgency.TODAY,
                reason=f"we could not do what was due ({timer.kind})", need="failed", words="",
            )  # fmt: skip
