"""Page rows: which worker was called out for which escalation, and the code they answer by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.escalations import Escalation, EscalationStatus, Page, PageState
from bot.store import escalations as escalation_rows
from bot.store.inserts import InsertOrUpdate
from bot.store.schema import escalations, pages
from bot.store.statements import Statement

_p = pages.c
# In the order of the fields of `Page`.
_COLUMNS = (
    _p.id, _p.escalation_id, _p.worker_id, _p.code, _p.rung, _p.state, _p.paged_at, _p.outbox_id,
)  # fmt: skip
_OF_ESCALATION = (
    select(*_COLUMNS).where(_p.escalation_id == bindparam("of_escalation")).order_by(_p.paged_at, _p.id)
)
_GET = Statement(
    select(*_COLUMNS).where(
        _p.escalation_id == bindparam("of_escalation"), _p.worker_id == bindparam("of_worker")
    )
)
_BY_CODE = (
    select(*_COLUMNS)
    .where(_p.worker_id == bindparam("of_worker"), _p.code == bindparam("with_code"))
    .order_by(_p.paged_at.desc(), _p.id.desc())
    .limit(1)
)
_OF_LATE = (
    select(_p.code, escalations.c.status)
    .join(escalations, escalations.c.id == _p.escalation_id)
    .where(
        _p.worker_id == bindparam("of_worker"),
        (_p.paged_at >= bindparam("since"))
        | (escalations.c.status != EscalationStatus.CLOSED.value)
        | (escalations.c.closed_at >= bindparam("since")),
    )
)
_CODES = Statement(_OF_LATE.order_by(_p.paged_at, _p.id))
_HAS_CODE = Statement(_OF_LATE.where(_p.code == bindparam("with_code")).limit(1))
_WITH_ESCALATION = (
    select(*_COLUMNS, *escalation_rows.COLUMNS)
    .join(escalations, escalations.c.id == _p.escalation_id)
    .where(_p.worker_id == bindparam("of_worker"), escalations.c.status != EscalationStatus.CLOSED.value)
    .order_by(_p.paged_at, _p.id)
)
_OFFERS = _WITH_ESCALATION.where(_p.state == PageState.PAGED.value)
_PAGE_AGAIN = InsertOrUpdate(
    pages,
    "escalation_id",
    "worker_id",
    changes=lambda new: {
        "rung": new.rung, "state": new.state, "paged_at": new.paged_at, "outbox_id": new.outbox_id,
    },
)  # fmt: skip


def of_escalation(conn: Connection, escalation_id: str) -> list[Page]:
    """Everyone who was called out for an escalation, earliest first."""
    return [_from_row(row) for row in conn.execute(_OF_ESCALATION, {"of_escalation": escalation_id})]


def get(conn: Connection, escalation_id: str, worker_id: str) -> Page | None:
    """The page of this worker for this escalation."""
    row = _GET.first(conn, {"of_escalation": escalation_id, "of_worker": worker_id})
    return None if row is None else _from_row(row)


def by_code(conn: Connection, worker_id: str, code: str) -> Page | None:
    """The page a worker means by this code: the newest that had it."""
    row = conn.execute(_BY_CODE, {"of_worker": worker_id, "with_code": code}).first()
    return None if row is None else _from_row(row)


def offers(conn: Connection, worker_id: str) -> list[tuple[Page, Escalation]]:
    """What a worker has been asked to take and has not answered, earliest first."""
    return [_pair(row) for row in conn.execute(_OFFERS, {"of_worker": worker_id})]


def open_of_worker(conn: Connection, worker_id: str) -> list[tuple[Page, Escalation]]:
    """Every page of a worker whose escalation is not closed, earliest first."""
    return [_pair(row) for row in conn.execute(_WITH_ESCALATION, {"of_worker": worker_id})]


def codes_of(conn: Connection, worker_id: str, *, since: datetime) -> list[tuple[str, bool]]:
    """The codes a worker has, or had after `since`, and whether each is still in use; oldest first."""
    rows = _CODES.rows(conn, {"of_worker": worker_id, "since": since})
    return [(code, status != EscalationStatus.CLOSED.value) for code, status in rows]


def has_code(conn: Connection, worker_id: str, code: str, *, since: datetime) -> bool:
    """Whether `codes_of` has this code."""
    return _HAS_CODE.first(conn, {"of_worker": worker_id, "since": since, "with_code": code}) is not None


def save(
    conn: Connection, *, escalation_id: str, worker_id: str, code: str, rung: int, now: datetime,
    outbox_id: int | None,
) -> None:  # fmt: skip
    """Record that a worker was called out; called out again they keep the code they had."""
    _PAGE_AGAIN(
        conn,
        {
            "escalation_id": escalation_id, "worker_id": worker_id, "code": code, "rung": rung,
            "state": PageState.PAGED.value, "paged_at": now, "outbox_id": outbox_id,
        },
    )  # fmt: skip


def set_state(conn: Connection, page_ids: Iterable[int], state: PageState) -> None:
    """Say what has become of these pages."""
    ids = list(page_ids)
    if ids:
        conn.execute(update(pages).where(_p.id.in_(ids)).values(state=state.value))


def _from_row(row: Sequence[Any]) -> Page:
    id, escalation_id, worker_id, code, rung, state, paged_at, outbox_id = row
    return Page(id, escalation_id, worker_id, code, rung, PageState(state), paged_at, outbox_id)


def _pair(row: Sequence[Any]) -> tuple[Page, Escalation]:
    return _from_row(row[: len(_COLUMNS)]), escalation_rows.from_row(row[len(_COLUMNS) :])
