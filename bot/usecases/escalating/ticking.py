"""What falls due for escalations, each in its own transaction. Safe to run twice and on several hosts."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.deps import Deps
from bot.domain.escalations import EscalationStatus
from bot.store import escalations, people
from bot.usecases.escalating.paging import go_on
from bot.usecases.escalating.quiet_takers import remind
from bot.usecases.work import Work

log = structlog.get_logger()
BATCH = 200
# How long an escalation is left alone when its step has failed, or did not say when the next one is due.
TRY_AGAIN = timedelta(minutes=1)


def tick(deps: Deps, *, now: datetime) -> int:
    """Take the next step of every escalation that is due, and give how many were taken.

    One that fails is left for a minute and tried again; it does not keep others waiting.
    """
    with deps.store.read() as conn:
        found = escalations.due(conn, now=now, limit=BATCH)
    count = 0
    for escalation_id, person_id, seen in found:
        try:
            count += _step(deps, escalation_id, person_id, seen, now)
        except Exception:
            log.exception("escalation_step_failed", escalation_id=escalation_id)
            with deps.store.begin() as conn:
                escalations.claim(conn, escalation_id, seen=seen, until=now + TRY_AGAIN)
    return count


def _step(deps: Deps, escalation_id: str, person_id: str, seen: datetime, now: datetime) -> bool:
    with deps.store.begin() as conn:
        person = people.lock(conn, person_id)
        if person is None or not escalations.claim(conn, escalation_id, seen=seen, until=now + TRY_AGAIN):
            return False
        escalation = escalations.get(conn, escalation_id)
        assert escalation is not None
        work = Work(deps, conn, now)
        if escalation.status is EscalationStatus.TAKEN:
            remind(work, escalation, person)
        else:
            go_on(work, escalation, person)
    return True
