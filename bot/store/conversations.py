"""Each person's way through each flow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, false, select, update

from bot.engine.conversation import Conversation
from bot.store.inserts import InsertOrUpdate
from bot.store.schema import conversations
from bot.store.statements import Statement

_c = conversations.c
_COLUMNS = (_c.id, _c.person_id, _c.flow_id, _c.revision, _c.is_asking, _c.is_finished, _c.doc)
_OF_PERSON = _c.person_id == bindparam("of_person")
_NEWEST_FIRST = (_c.updated_at.desc(), _c.id.desc())

_GET = Statement(select(*_COLUMNS).where(_c.id == bindparam("conversation_id")))
_ASKING = Statement(select(*_COLUMNS).where(_OF_PERSON, _c.is_asking))
_UNFINISHED = select(*_COLUMNS).where(_OF_PERSON, _c.is_finished == false()).order_by(*_NEWEST_FIRST)
_BEGUN_SINCE = (
    select(*_COLUMNS).where(_OF_PERSON, _c.started_at >= bindparam("since")).order_by(_c.started_at, _c.id)
)
_LATEST = Statement(select(*_COLUMNS, _c.updated_at).where(_OF_PERSON).order_by(*_NEWEST_FIRST).limit(1))
_PARK_OTHERS = Statement(
    update(conversations)
    .where(_OF_PERSON, _c.is_asking, _c.id != bindparam("but_not"))
    .values(is_asking=False)
)
_SAVE = InsertOrUpdate(
    conversations,
    "id",
    changes=lambda new: {
        "flow_id": new.flow_id,
        "revision": new.revision,
        "is_finished": new.is_finished,
        "is_asking": new.is_asking,
        "doc": new.doc,
        "updated_at": new.updated_at,
    },
)


def get(conn: Connection, conversation_id: str) -> Conversation | None:
    """The conversation with this id."""
    row = _GET.first(conn, {"conversation_id": conversation_id})
    return None if row is None else _from_row(row)


def asking(conn: Connection, person_id: str) -> Conversation | None:
    """The conversation whose question is open; a person has one at most."""
    row = _ASKING.first(conn, {"of_person": person_id})
    return None if row is None else _from_row(row)


def unfinished(conn: Connection, person_id: str) -> list[Conversation]:
    """Every conversation that has not ended, parked ones too, the one that moved last first."""
    return [_from_row(row) for row in conn.execute(_UNFINISHED, {"of_person": person_id})]


def begun_since(conn: Connection, person_id: str, *, since: datetime) -> list[Conversation]:
    """Every conversation that began at `since` or later, ended or not, earliest first."""
    rows = conn.execute(_BEGUN_SINCE, {"of_person": person_id, "since": since})
    return [_from_row(row) for row in rows]


def latest(conn: Connection, person_id: str) -> tuple[Conversation, datetime] | None:
    """The conversation that moved last, ended or not, and when it did."""
    row = _LATEST.first(conn, {"of_person": person_id})
    return None if row is None else (_from_row(row), row[-1])


def save(conn: Connection, conversation: Conversation, *, now: datetime) -> None:
    """Write a conversation as it stands. If its question is open, that of any other is closed (parked)."""
    if conversation.asking:
        _PARK_OTHERS.run(conn, {"of_person": conversation.person_id, "but_not": conversation.id})
    _SAVE(
        conn,
        {
            "id": conversation.id,
            "person_id": conversation.person_id,
            "flow_id": conversation.flow_id,
            "revision": conversation.revision,
            "is_finished": conversation.finished,
            "is_asking": conversation.asking,
            "doc": conversation.to_doc(),
            "started_at": now,
            "updated_at": now,
        },
    )


def count_unfinished(conn: Connection, flow_id: str) -> int:
    """How many people are in this flow now, on whatever revision."""
    people = select(_c.person_id).where(_c.flow_id == flow_id, _c.is_finished == false()).distinct()
    return len(conn.execute(people).all())


def _from_row(row: Sequence[Any]) -> Conversation:
    id, person_id, flow_id, revision, is_asking, is_finished, doc = row[:7]
    return Conversation.from_doc(
        doc, id=id, person_id=person_id, flow_id=flow_id, revision=revision,
        asking=is_asking, finished=is_finished,
    )  # fmt: skip


def histories(conn: Connection) -> list[list[str]]:
    """The exits that every conversation took, as its history has them; for the coverage of scenarios."""
    return [doc["history"] for (doc,) in conn.execute(select(_c.doc))]
