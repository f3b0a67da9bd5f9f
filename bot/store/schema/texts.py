"""Texts in and out, and what the provider reports of them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
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

from bot.store.schema.base import RowId, metadata, person, row_id
from bot.store.types import UtcDateTime

inbound = Table(
    "inbound",
    metadata,
    row_id(),
    Column("provider_id", String, nullable=False, unique=True),
    Column("address", String, nullable=False),
    Column("to_address", String, nullable=False, default=""),
    Column("channel", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("media_count", Integer, nullable=False, default=0),
    person(nullable=True),
    Column("worker_id", String, ForeignKey("workers.id")),
    Column("received_at", UtcDateTime, nullable=False),
    Column("outcome", String),  # what was made of it: danger, opt_out, relay, answer:place_to_stay …
    # A text has nobody until it is settled.
    Index("ix_inbound_person", "person_id", "received_at", sqlite_where=text("person_id IS NOT NULL"),
          postgresql_where=text("person_id IS NOT NULL")),
    Index("ix_inbound_address", "address", "received_at"),
)  # fmt: skip

outbox = Table(
    "outbox",
    metadata,
    row_id(),
    Column("key", String),
    Column("address", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    person(nullable=True),
    Column("worker_id", String, ForeignKey("workers.id")),
    Column("escalation_id", String),
    Column("conversation_id", String),
    Column("appointment_id", String),
    Column("reply_to", RowId, ForeignKey("inbound.id")),
    Column("via_twiml", Boolean, nullable=False, default=False),
    Column("provider_id", String),
    Column("attempts", Integer, nullable=False, default=0),
    Column("claimed_at", UtcDateTime),
    Column("claimed_by", String),
    Column("handed_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("error_code", Integer),
    Column("reason", String),
    # Most texts have no key, and no provider id at first: those take no room in an index.
    Index("uq_outbox_key", "key", unique=True, sqlite_where=text("key IS NOT NULL"),
          postgresql_where=text("key IS NOT NULL")),
    Index("uq_outbox_provider_id", "provider_id", unique=True, sqlite_where=text("provider_id IS NOT NULL"),
          postgresql_where=text("provider_id IS NOT NULL")),
    Index("ix_outbox_due", "priority", "due_at", "id", sqlite_where=text("status = 'due'"),
          postgresql_where=text("status = 'due'")),
    Index("ix_outbox_in_hand", "status", "claimed_at",
          sqlite_where=text("status IN ('claimed', 'handed_over')"),
          postgresql_where=text("status IN ('claimed', 'handed_over')")),
    Index("ix_outbox_person", "person_id", "id"),
    Index("ix_outbox_address", "address", "id"),
    # What is on its way to one address, so that a later text can wait for it. What went in a webhook's answer is not.
    Index("ix_outbox_on_its_way", "address", "priority", "id",
          sqlite_where=text("status IN ('due', 'claimed', 'handed_over') AND NOT via_twiml"),
          postgresql_where=text("status IN ('due', 'claimed', 'handed_over') AND NOT via_twiml")),
)  # fmt: skip

# Status reports as they came; those that came before we knew the message's provider id wait here.
delivery_statuses = Table(
    "delivery_statuses",
    metadata,
    row_id(),
    Column("provider_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("error_code", Integer),
    Column("outbox_id", RowId),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("provider_id", "status"),
)
