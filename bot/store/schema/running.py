"""The directory, and what keeps hosts and processes in step."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    String,
    Table,
    Text,
)

from bot.store.schema.base import Json, metadata
from bot.store.types import UtcDateTime

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
