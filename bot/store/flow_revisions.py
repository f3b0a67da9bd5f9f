"""Published flows. A revision is never changed; a conversation finishes on the one it began with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.domain.flow_revisions import FlowRevision, Origin
from bot.errors import Conflict
from bot.store.inserts import InsertNew
from bot.store.schema import conversations, flow_revisions

_f = flow_revisions.c
_COLUMNS = (
    _f.flow_id, _f.revision, _f.source, _f.content_hash, _f.status, _f.origin, _f.created_at, _f.published_at
)  # fmt: skip
_PUBLISHED = _f.status == "published"
_newest = (
    select(_f.flow_id, func.max(_f.revision).label("revision"))
    .where(_PUBLISHED)
    .group_by(_f.flow_id)
    .subquery()
)
_CURRENT = (
    select(*_COLUMNS)
    .join(_newest, (_newest.c.flow_id == _f.flow_id) & (_newest.c.revision == _f.revision))
    .order_by(_f.flow_id)
)
_GET = select(*_COLUMNS).where(_f.flow_id == bindparam("flow"), _f.revision == bindparam("number"))
_OF_FLOW = (
    select(_f.revision, _f.content_hash, _f.status)
    .where(_f.flow_id == bindparam("flow"))
    .order_by(_f.revision.desc())
)
_ADD = InsertNew(flow_revisions, "flow_id", "revision")
_ATTEMPTS = 10


def current(conn: Connection) -> list[FlowRevision]:
    """The newest published revision of every flow, by flow id."""
    return [FlowRevision(*row) for row in conn.execute(_CURRENT)]


def file_hashes(conn: Connection) -> dict[str, str]:
    """For every flow, the hash of the file it was last published from."""
    rows = conn.execute(select(_f.flow_id, _f.content_hash).where(_f.origin == "file").order_by(_f.revision))
    return {row.flow_id: row.content_hash for row in rows}


def in_use(conn: Connection) -> list[FlowRevision]:
    """Revisions, old ones too, that some conversation has not finished yet, or comes back to."""
    c = conversations.c
    running = select(c.flow_id, c.revision).where(~c.is_finished).distinct()
    coming_back = select(c.doc["stack"]).where(~c.is_finished, c.doc["stack"][0][0].as_string().is_not(None))
    found = {(flow_id, revision) for flow_id, revision in conn.execute(running)}
    for stack in conn.execute(coming_back).scalars():
        found.update((flow_id, revision) for flow_id, revision, _ in stack)
    rows = (get(conn, flow_id, revision) for flow_id, revision in sorted(found))
    return [row for row in rows if row is not None]


def get(conn: Connection, flow_id: str, revision: int) -> FlowRevision | None:
    """One revision of one flow."""
    row = conn.execute(_GET, {"flow": flow_id, "number": revision}).first()
    return None if row is None else FlowRevision(*row)


def publish(
    conn: Connection, flow_id: str, source: str, content_hash: str, *, origin: Origin, now: datetime
) -> int:
    """Publish a flow and give its revision. The same content as the newest published one is that one.

    Two hosts may publish the same flow at once: both get the same revision.

    Raises:
        Conflict: others keep publishing this flow at the same time.
    """
    for _ in range(_ATTEMPTS):
        known = conn.execute(_OF_FLOW, {"flow": flow_id}).all()
        newest = next((row for row in known if row.status == "published"), None)
        if newest is not None and newest.content_hash == content_hash:
            return int(newest.revision)
        revision = int(known[0].revision) + 1 if known else 1
        row = {
            "flow_id": flow_id,
            "revision": revision,
            "source": source,
            "content_hash": content_hash,
            "origin": origin,
            "created_at": now,
            "published_at": now,
        }
        if _ADD(conn, row) is not None:
            return revision
    raise Conflict(f"flow {flow_id} is being published by others at the same time; try again")
