"""Entries of the service directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Service:
    """One entry. `phone`/`text_number`: E.164 or a short code, empty when there is none.

    `opening_hours` is OpenStreetMap syntax; empty means not known, which is not the same as shut.
    """

    id: str
    name: str
    what_for: str
    category: str
    area: str
    phone: str = ""
    text_number: str = ""
    website: str = ""
    opening_hours: str = ""
    free_to_call: str = "unknown"
    who_can_use: str = ""
    notes: str = ""
    source: str = ""
    seen_on: str = ""
    verified: bool = False
    checked_on: date | None = None
    checked_by: str = ""


@dataclass(frozen=True)
class Listing:
    """A service as it stands at one instant. `open_until`/`opens_at` are aware UTC; both none when it is
    always open (`is_open`) or nothing is known (`not is_open`)."""

    service: Service
    is_open: bool
    open_until: datetime | None = None
    opens_at: datetime | None = None
