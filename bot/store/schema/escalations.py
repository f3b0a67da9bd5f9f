"""Needs that a human must see, who was paged, and the record of what happened."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.schema.base import Json, RowId, metadata, person, row_id
from bot.store.types import UtcDateTime

escalations = Table(
    "escalations",
    metadata,
    Column("id", String, primary_key=True),
    person(),
    Column("area", String, nullable=False),
    Column("urgency", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("need", String, nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    Column("status", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("ladder", Json, nullable=False, default=list),
    Column("rung", Integer, nullable=False, default=-1),
    Column("rounds", Integer, nullable=False, default=0),
    Column("next_due", UtcDateTime),
    Column("taken_by", String, ForeignKey("workers.id")),
    Column("taken_at", UtcDateTime),
    Column("last_activity_at", UtcDateTime),
    Column("nudged_at", UtcDateTime),
    Column("exhausted_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("close_note", Text, nullable=False, default=""),
    Column("repeats", Integer, nullable=False, default=0),
    Index("ix_escalations_due", "next_due", sqlite_where=text("status <> 'closed'"),
          postgresql_where=text("status <> 'closed'")),
    Index("ix_escalations_person", "person_id", "status"),
    Index("ix_escalations_taken_by", "taken_by", "status"),
)  # fmt: skip

pages = Table(
    "pages",
    metadata,
    row_id(),
    Column("escalation_id", String, ForeignKey("escalations.id"), nullable=False),
    Column("worker_id", String, ForeignKey("workers.id"), nullable=False),
    Column("code", String, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("paged_at", UtcDateTime, nullable=False),
    Column("outbox_id", RowId),
    UniqueConstraint("escalation_id", "worker_id"),
    Index("ix_pages_worker", "worker_id", "code"),
)

# Append-only.
events = Table(
    "events",
    metadata,
    row_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("person_id", String),
    Column("worker_id", String),
    Column("escalation_id", String),
    Column("data", Json, nullable=False, default=dict),
    Index("ix_events_person", "person_id", "at"),
    Index("ix_events_escalation", "escalation_id", sqlite_where=text("escalation_id IS NOT NULL"),
          postgresql_where=text("escalation_id IS NOT NULL")),
)  # fmt: skip
