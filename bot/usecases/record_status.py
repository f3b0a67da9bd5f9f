"""What the provider reports on a text, in any order and more than once."""

from __future__ import annotations

from datetime import datetime

from bot.deps import Deps
from bot.domain.delivery import status_of
from bot.domain.messages import DeliveryStatus, OutboxMessage
from bot.store import delivery_statuses, outbox
from bot.transports.base import Accepted
from bot.usecases.failed_texts import came_to_nothing
from bot.usecases.work import Work

_CAME_TO_NOTHING = (DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED)


def record_status(
    deps: Deps,
    *,
    provider_id: str,
    status: str,
    error_code: int | None,
    outbox_id: int | None,
    now: datetime,
) -> None:
    """Move a text forward by one report. A repeat, or one that comes late, changes nothing.

    `status` is the provider's word; one that says nothing of a text of ours changes nothing. `outbox_id`
    finds the text of a report that overtook the provider's own answer. One that fits no text of ours is
    kept: it is applied when the text turns out to be ours.
    """
    reached = status_of(status)
    if reached is None:
        return
    with deps.store.begin(shares=True) as conn:
        # A report and the acceptance of its text wait for one another, so that one sees what the other did.
        deps.store.serialise(conn, provider_id)
        if not delivery_statuses.add(
            conn,
            provider_id=provider_id,
            status=reached,
            error_code=error_code,
            outbox_id=outbox_id,
            now=now,
        ):
            return
        message = outbox.by_provider_id(conn, provider_id)
        if message is None and outbox_id is not None:
            named = outbox.get(conn, outbox_id)
            message = named if named is not None and named.provider_id is None else None
        if message is not None:
            _apply(Work(deps, conn, now), message, provider_id, reached, error_code)


def record_accepted(work: Work, message: OutboxMessage, accepted: Accepted) -> None:
    """The provider has a text: keep its id, and apply what was reported on it already."""
    work.deps.store.serialise(work.conn, accepted.provider_id)
    _apply(work, message, accepted.provider_id, accepted.status, None)
    for report in delivery_statuses.of(work.conn, accepted.provider_id):
        _apply(work, message, accepted.provider_id, report.status, report.error_code)


def _apply(
    work: Work, message: OutboxMessage, provider_id: str, status: DeliveryStatus, code: int | None
) -> None:
    moved = outbox.advance(
        work.conn, message.id, status, now=work.now, provider_id=provider_id, error_code=code
    )
    if moved and status in _CAME_TO_NOTHING:
        came_to_nothing(work, message, code)
