"""Entries of the service directory in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import Connection, Row, insert, select, update

from bot.domain.services import Service
from bot.store import versions
from bot.store.schema import services

_COLUMNS = [services.c[field.name] for field in fields(Service)]
_ALL = select(*_COLUMNS).order_by(services.c.id)


def all(conn: Connection) -> list[Service]:
    """Every entry, by id."""
    return [_service(row) for row in conn.execute(_ALL)]


def save(conn: Connection, given: Iterable[Service]) -> int:
    """Add the entries, or change those with the same id; how many were new or different.

    Entries that are not given stay. Every process reloads its directory when anything changed.
    """
    before = {service.id: service for service in all(conn)}
    changed = {service.id: service for service in given}
    changed = {id_: service for id_, service in changed.items() if before.get(id_) != service}
    added = [asdict(service) for id_, service in changed.items() if id_ not in before]
    if added:
        conn.execute(insert(services), added)
    for id_, service in changed.items():
        if id_ in before:
            conn.execute(update(services).where(services.c.id == id_).values(asdict(service)))
    if changed:
        versions.bump(conn, "directory")
    return len(changed)


def _service(row: Row[tuple[object, ...]]) -> Service:
    return Service(**row._mapping)
