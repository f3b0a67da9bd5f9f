"""Rows that store tests need to be there."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection

from bot.domain.messages import InboundText
from bot.domain.people import Person
from bot.engine.conversation import Conversation
from bot.store import people

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
PHONE = "+447700900001"
OTHER_PHONE = "+447700900002"
_ids = count(1)


def a_person(conn: Connection, person_id: str = "amina", *, at: datetime = NOON, **fields: Any) -> Person:
    """A person who is in the database, as it gives them back."""
    wanted = {
        "external_id": f"ext-{person_id}",
        "first_name": "Amina",
        "last_name": "Example",
        "area": "Bolton",
    }
    people.add(conn, Person(id=person_id, **{**wanted, **fields}), now=at)
    person = people.get(conn, person_id)
    assert person is not None
    return person


def a_text(body: str = "hi", *, provider_id: str | None = None, address: str = PHONE) -> InboundText:
    return InboundText(
        provider_id=provider_id or f"SM{next(_ids)}", address=address, to_address="+447700900999", body=body
    )


def a_conversation(conversation_id: str = "c1", *, person_id: str = "amina", **fields: Any) -> Conversation:
    wanted = {"flow_id": "food", "revision": 1, "step": "where", "asking": True}
    return Conversation(id=conversation_id, person_id=person_id, **{**wanted, **fields})
