"""Every table, once. Migrations bring a database here; queries live in one module per noun.

Rows that arrive many at a time have integer ids that grow; the others have the text ids of `Deps.new_id`,
which sort by the time they were made.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from bot.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Json = JSON().with_variant(JSONB(), "postgresql")
RowId = BigInteger().with_variant(Integer(), "sqlite")


def _row_id() -> Column[int]:
    return Column("id", RowId, primary_key=True, autoincrement=True)


def _person(*, nullable: bool = False) -> Column[str]:
    return Column("person_id", String, ForeignKey("people.id"), nullable=nullable)


people = Table(
    "people",
    metadata,
    Column("id", String, primary_key=True),
    Column("external_id", String, unique=True),
    Column("first_name", String, nullable=False, default=""),
    Column("last_name", String, nullable=False, default=""),
    Column("area", String, nullable=False),
    Column("language", String, nullable=False, default="en"),
    Column("safe_to_text", String, nullable=False, default="yes"),
    Column("contact_from", Time),
    Column("contact_until", Time),
    Column("needs", Json, nullable=False, default=list),
    Column("consent", Boolean, nullable=False, default=False),
    Column("opted_out_at", UtcDateTime),
    Column("opt_out_source", String),
    Column("is_known", Boolean, nullable=False, default=True),
    Column("responsible_worker_id", String, ForeignKey("workers.id")),
    Column("misses", Integer, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False),
)

# A number may belong to several people (a shared phone); a person has at most one current address a channel.
numbers = Table(
    "numbers",
    metadata,
    _row_id(),
    _person(),
    Column("address", String, nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime),
    Column("is_bad", Boolean, nullable=False, default=False),
    Column("last_used_at", UtcDateTime),
    Index("ix_numbers_address", "address"),
    Index("ix_numbers_person", "person_id"),
)

person_areas = Table(
    "person_areas",
    metadata,
    _row_id(),
    _person(),
    Column("area", String, nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime),
    Index("ix_person_areas_person", "person_id"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False, unique=True),
    Column("email", String, nullable=False, default=""),
    Column("role", String, nullable=False),
    Column("areas", Json, nullable=False, default=list),
    Column("opted_out_at", UtcDateTime),
    Column("phone_is_bad", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
)

shifts = Table(
    "shifts",
    metadata,
    _row_id(),
    Column("area", String, nullable=False),
    Column("worker_id", String, ForeignKey("workers.id"), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("level", Integer, nullable=False, default=1),
    UniqueConstraint("area", "worker_id", "starts_at", "level"),
    Index("ix_shifts_area_ends", "area", "ends_at"),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", String, primary_key=True),
    Column("external_id", String, nullable=False, unique=True),
    _person(),
    Column("kind", String, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("with_whom", String, nullable=False, default=""),
    Column("place", String, nullable=False, default=""),
    Column("travel", String, nullable=False, default=""),
    Column("status", String, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("announced_starts_at", UtcDateTime),
    Column("reply", String),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_appointments_person", "person_id", "starts_at"),
)

# One row a planned text. The key of appointment, kind and time means a replan can't send twice.
reminders = Table(
    "reminders",
    metadata,
    _row_id(),
    Column("appointment_id", String, ForeignKey("appointments.id"), nullable=False),
    _person(),
    Column("kind", String, nullable=False),  # booked, week, evening, hours, correction, missed
    Column("starts_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("status", String, nullable=False, default="waiting"),  # waiting, sent, skipped, replaced
    Column("reason", String),
    Column("done_at", UtcDateTime),
    UniqueConstraint("appointment_id", "kind", "starts_at"),
    Index("ix_reminders_due", "status", "due_at"),
    Index("ix_reminders_person", "person_id", "status"),
)

releases = Table(
    "releases",
    metadata,
    Column("id", String, primary_key=True),
    _person(),
    Column("release_date", Date, nullable=False),
    Column("release_time", Time),
    Column("prison", String, nullable=False, default=""),
    Column("met_by_worker_id", String, ForeignKey("workers.id")),
    Column("address_tonight", String, nullable=False, default="unknown"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("superseded_at", UtcDateTime),
    Index("ix_releases_person", "person_id", "superseded_at"),
)

# `doc` is the engine's whole conversation as JSON; the columns beside it are what queries need.
conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    _person(),
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

# Anything of ours that falls due later and is not a reminder, a ladder or a message.
# kind: no_reply, wait (conversation timers); welcome, first_night, check_in, hand_over.
timers = Table(
    "timers",
    metadata,
    _row_id(),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    _person(),
    Column("conversation_id", String),
    Column("subject_id", String),
    Column("data", Json, nullable=False, default=dict),
    Column("due_at", UtcDateTime, nullable=False),
    Column("status", String, nullable=False, default="waiting"),  # waiting, done, skipped, replaced
    Column("reason", String),
    Column("done_at", UtcDateTime),
    Index("ix_timers_due", "status", "due_at"),
    Index("ix_timers_conversation", "conversation_id"),
    Index("ix_timers_subject", "subject_id"),
)

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

inbound = Table(
    "inbound",
    metadata,
    _row_id(),
    Column("provider_id", String, nullable=False, unique=True),
    Column("address", String, nullable=False),
    Column("to_address", String, nullable=False, default=""),
    Column("channel", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("media_count", Integer, nullable=False, default=0),
    _person(nullable=True),
    Column("worker_id", String, ForeignKey("workers.id")),
    Column("received_at", UtcDateTime, nullable=False),
    Column("outcome", String),  # what was made of it: danger, opt_out, relay, answer:place_to_stay …
    Index("ix_inbound_person", "person_id", "received_at"),
    Index("ix_inbound_address", "address", "received_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _row_id(),
    Column("key", String, unique=True),
    Column("address", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    _person(nullable=True),
    Column("worker_id", String, ForeignKey("workers.id")),
    Column("escalation_id", String),
    Column("conversation_id", String),
    Column("appointment_id", String),
    Column("reply_to", RowId, ForeignKey("inbound.id")),
    Column("via_twiml", Boolean, nullable=False, default=False),
    Column("provider_id", String, unique=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("claimed_at", UtcDateTime),
    Column("claimed_by", String),
    Column("handed_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("error_code", Integer),
    Column("reason", String),
    Index("ix_outbox_due", "priority", "due_at", "id", sqlite_where=text("status = 'due'"),
          postgresql_where=text("status = 'due'")),
    Index("ix_outbox_in_hand", "status", "claimed_at",
          sqlite_where=text("status IN ('claimed', 'handed_over')"),
          postgresql_where=text("status IN ('claimed', 'handed_over')")),
    Index("ix_outbox_person", "person_id", "id"),
    Index("ix_outbox_address", "address", "id"),
    # What is on its way to one address, so that a later text can wait for it.
    Index("ix_outbox_on_its_way", "address", "priority", "id",
          sqlite_where=text("status IN ('due', 'claimed', 'handed_over')"),
          postgresql_where=text("status IN ('due', 'claimed', 'handed_over')")),
    Index("ix_outbox_reply_to", "reply_to"),
)  # fmt: skip

# Status reports as they came; those that came before we knew the message's provider id wait here.
delivery_statuses = Table(
    "delivery_statuses",
    metadata,
    _row_id(),
    Column("provider_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("error_code", Integer),
    Column("outbox_id", RowId),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("provider_id", "status"),
)

escalations = Table(
    "escalations",
    metadata,
    Column("id", String, primary_key=True),
    _person(),
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
    _row_id(),
    Column("escalation_id", String, ForeignKey("escalations.id"), nullable=False),
    Column("worker_id", String, ForeignKey("workers.id"), nullable=False),
    Column("code", String, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("paged_at", UtcDateTime, nullable=False),
    Column("outbox_id", RowId),
    UniqueConstraint("escalation_id", "worker_id"),
    Index("ix_pages_worker", "worker_id", "paged_at"),
)

# Append-only.
events = Table(
    "events",
    metadata,
    _row_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("person_id", String),
    Column("worker_id", String),
    Column("escalation_id", String),
    Column("data", Json, nullable=False, default=dict),
    Index("ix_events_person", "person_id", "at"),
    Index("ix_events_escalation", "escalation_id"),
)

services = Table(
    "services",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("what_for", String, nullable=False),
    Column("category", String, nullable=False),
    Column("area", String, nullable=False),
    Column("phone", String, nullable=False, default=""),
    Column("text_number", String, nullable=False, default=""),
    Column("website", String, nullable=False, default=""),
    Column("opening_hours", String, nullable=False, default=""),
    Column("free_to_call", String, nullable=False, default="unknown"),
    Column("who_can_use", String, nullable=False, default=""),
    Column("notes", Text, nullable=False, default=""),
    Column("source", String, nullable=False, default=""),
    Column("seen_on", String, nullable=False, default=""),
    Column("verified", Boolean, nullable=False, default=False),
    Column("checked_on", Date),
    Column("checked_by", String, nullable=False, default=""),
)

# A sender's rate, kept across hosts: the instant from which the next message may go.
rates = Table(
    "rates",
    metadata,
    Column("sender", String, primary_key=True),
    Column("next_free_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("host", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What per-process caches follow (`flows`, `directory`); a cache reloads when its value has grown.
versions = Table(
    "versions",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

# The clock that is moved by hand: `started` is the CLOCK it was started with, none in the simulator's case,
# where `offset_seconds` is added to the real time.
clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started", UtcDateTime),
    Column("held_at", UtcDateTime),
    Column("offset_seconds", Float, nullable=False, default=0.0),
)

simulator_phones = Table(
    "simulator_phones",
    metadata,
    Column("address", String, primary_key=True),
    Column("label", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# What each row of a file said when it was last loaded, as one digest a column: loading the file again changes
# nothing, even where the person has since told us something else.
loaded_rows = Table(
    "loaded_rows",
    metadata,
    Column("kind", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("digests", Json, nullable=False),
    Column("loaded_at", UtcDateTime, nullable=False),
)
