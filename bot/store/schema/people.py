"""Who there is: people, their numbers and areas, workers and when they cover."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Time,
    UniqueConstraint,
)

from bot.store.schema.base import Json, metadata, person, row_id
from bot.store.types import UtcDateTime

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
    row_id(),
    person(),
    Column("address", String, nullable=False),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime),
    Column("is_bad", Boolean, nullable=False, default=False),
    Index("ix_numbers_address", "address"),
    Index("ix_numbers_person", "person_id"),
)

person_areas = Table(
    "person_areas",
    metadata,
    row_id(),
    person(),
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
    row_id(),
    Column("area", String, nullable=False),
    Column("worker_id", String, ForeignKey("workers.id"), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("level", Integer, nullable=False, default=1),
    UniqueConstraint("area", "worker_id", "starts_at", "level"),
    Index("ix_shifts_area_ends", "area", "ends_at"),
)
