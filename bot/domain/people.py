"""The people we write to, and the numbers they are reached on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum


class SafeToText(StrEnum):
    """What a person has said about texts reaching their phone."""

    YES = "yes"
    DISCREET = "discreet"
    NO = "no"


@dataclass(frozen=True)
class Person:
    """One person. Somebody who texts from a number we do not know is a person too (`is_known` false).

    `consent`: we may write first. `opted_out_at`: they said stop; nothing is sent until they opt in.
    `contact_from`/`contact_until`: their own contact hours, local wall clock, on top of quiet hours.
    `misses`: texts in a row that we did not understand.
    """

    id: str
    external_id: str | None
    first_name: str
    last_name: str
    area: str
    language: str = "en"
    safe_to_text: SafeToText = SafeToText.YES
    contact_from: time | None = None
    contact_until: time | None = None
    needs: tuple[str, ...] = ()
    consent: bool = False
    opted_out_at: datetime | None = None
    opt_out_source: str | None = None
    is_known: bool = True
    responsible_worker_id: str | None = None
    misses: int = 0
    created_at: datetime | None = None

    @property
    def is_opted_out(self) -> bool:
        return self.opted_out_at is not None

    @property
    def is_discreet(self) -> bool:
        return self.safe_to_text is not SafeToText.YES


@dataclass(frozen=True)
class Number:
    """An address a person is or was reached on: E.164, `whatsapp:+44…`, or whatever the provider gave."""

    person_id: str
    address: str
    from_at: datetime
    until_at: datetime | None = None
    is_bad: bool = False


@dataclass(frozen=True)
class Worker:
    """Somebody who takes escalations on their own phone. `areas`: every area they work in."""

    id: str
    name: str
    phone: str
    email: str
    role: str
    areas: tuple[str, ...]
    opted_out_at: datetime | None = None
    phone_is_bad: bool = False

    @property
    def can_be_paged(self) -> bool:
        """Whether a page text can reach them: they did not opt out and their number works."""
        return self.opted_out_at is None and not self.phone_is_bad

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else "Someone"
