"""What the provider reported on our texts, each report once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.domain.messages import DeliveryStatus
from bot.store.inserts import InsertNew
from bot.store.schema import delivery_statuses
from bot.store.statements import Statement

_d = delivery_statuses.c
_ADD = InsertNew(delivery_statuses, "provider_id", "status", returning="id")
_OF = Statement(
    select(_d.status, _d.error_code, _d.received_at)
    .where(_d.provider_id == bindparam("of_provider_id"))
    .order_by(_d.id)
)


@dataclass(frozen=True)
class Report:
    """One report, as it came."""

    status: DeliveryStatus
    error_code: int | None
    received_at: datetime


def add(
    conn: Connection,
    *,
    provider_id: str,
    status: DeliveryStatus,
    error_code: int | None,
    outbox_id: int | None,
    now: datetime,
) -> bool:
    """Keep a report. False: the provider had said so before."""
    row = {
        "provider_id": provider_id,
        "status": status.value,
        "error_code": error_code,
        "outbox_id": outbox_id,
        "received_at": now,
    }
    return _ADD(conn, row) is not None


def of(conn: Connection, provider_id: str) -> list[Report]:
    """Every report on one message of the provider, in the order they came."""
    rows = _OF.rows(conn, {"of_provider_id": provider_id})
    return [Report(DeliveryStatus(status), code, at) for status, code, at in rows]
