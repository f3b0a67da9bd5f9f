"""What is agreed and what falls due: appointments, reminders, releases, timers."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Time,
    UniqueConstraint,
    text,
)

from bot.store.schema.base import Json, metadata, person, row_id
from bot.store.types import UtcDateTime

appointments = Table(
    "appointments",
    metadata,
    Column("id", String, primary_key=True),
    Column("external_id", String, nullable=False, unique=True),
    person(),
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
    row_id(),
    Column("appointment_id", String, ForeignKey("appointments.id"), nullable=False),
    person(),
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
    person(),
    Column("release_date", Date, nullable=False),
    Column("release_time", Time),
    Column("prison", String, nullable=False, default=""),
    Column("met_by_worker_id", String, ForeignKey("workers.id")),
    Column("address_tonight", String, nullable=False, default="unknown"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("superseded_at", UtcDateTime),
    Index("ix_releases_person", "person_id", "superseded_at"),
)

# Anything of ours that falls due later and is not a reminder, a ladder or a message.
# kind: no_reply, wait (conversation timers); welcome, first_night, check_in, hand_over.
timers = Table(
    "timers",
    metadata,
    row_id(),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    person(),
    Column("conversation_id", String),
    Column("subject_id", String),
    Column("data", Json, nullable=False, default=dict),
    Column("due_at", UtcDateTime, nullable=False),
    Column("status", String, nullable=False, default="waiting"),  # waiting, done, skipped, replaced
    Column("reason", String),
    Column("done_at", UtcDateTime),
    Index("ix_timers_due", "status", "due_at"),
    Index("ix_timers_conversation", "conversation_id"),
    Index("ix_timers_subject", "subject_id", sqlite_where=text("subject_id IS NOT NULL"),
          postgresql_where=text("subject_id IS NOT NULL")),
)  # fmt: skip
