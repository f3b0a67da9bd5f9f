"""What each row of a file said when it was last loaded, as one digest a column."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import loaded_rows

Digests = Mapping[str, str]

_l = loaded_rows.c
_SAID = select(_l.external_id, _l.digests).where(
    _l.kind == bindparam("of_kind"), _l.external_id.in_(bindparam("ids", expanding=True))
)


def said(conn: Connection, kind: str, external_ids: Collection[str]) -> dict[str, Digests]:
    """What these rows said when they were last loaded, by id. For a few hundred at a time."""
    return {row[0]: row[1] for row in conn.execute(_SAID, {"of_kind": kind, "ids": list(external_ids)})}


def keep(conn: Connection, kind: str, rows: Mapping[str, Digests], *, now: datetime) -> None:
    """Keep what these rows say now, in one statement."""
    values = [
        {"kind": kind, "external_id": external_id, "digests": dict(digests), "loaded_at": now}
        for external_id, digests in rows.items()
    ]
    if not values:
        return
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = insert(loaded_rows)
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "external_id"],
        set_={"digests": statement.excluded.digests, "loaded_at": statement.excluded.loaded_at},
    )
    conn.execute(statement, values)
