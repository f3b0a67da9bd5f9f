"""Ways through flows, and the flows they run on."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from bot.store.schema.base import Json, metadata, person
from bot.store.types import UtcDateTime

# `doc` is the engine's whole conversation as JSON; the columns beside it are what queries need.
conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    person(),
    Column("flow_id", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("is_finished", Boolean, nullable=False, default=False),
    Column("is_asking", Boolean, nullable=False, default=False),
    Column("doc", Json, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_conversations_person", "person_id", "is_finished", "updated_at"),
    # At most one question is open per person.
    Index("uq_conversations_asking", "person_id", unique=True, sqlite_where=text("is_asking"),
          postgresql_where=text("is_asking")),
    Index("ix_conversations_flow", "flow_id", "revision", "is_finished"),
)  # fmt: skip

flow_revisions = Table(
    "flow_revisions",
    metadata,
    Column("flow_id", String, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("status", String, nullable=False, default="published"),  # draft, published, retired
    Column("origin", String, nullable=False, default="file"),  # file, editor
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
)
