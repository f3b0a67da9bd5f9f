"""What must happen because of a turn. The engine decides on these; a use case carries them out and saves
them with the conversation in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class SendText:
    """One text to the person, filled in and in the right variant."""

    body: str


@dataclass(frozen=True)
class OpenEscalation:
    """Fetch a human. `urgency` is that of `escalations.Urgency`."""

    urgency: Literal["danger", "today", "whenever"]
    reason: str
    need: str = ""


@dataclass(frozen=True)
class SetTimer:
    """Call `time_passed` at `due_at`. It belongs to this `seq`: later turns outdate it."""

    kind: Literal["no_reply", "wait"]
    seq: int
    due_at: datetime


@dataclass(frozen=True)
class ReplyToAppointment:
    """The person's word on an appointment: recorded, and told to the worker it is with where it matters."""

    appointment_id: str
    reply: Literal["coming", "cannot_make", "running_late"]


@dataclass(frozen=True)
class ChangePerson:
    """A preference or fact the person gave us; only what is set changes. `need`/`need_done` edit needs."""

    need: str | None = None
    need_done: str | None = None
    language: str | None = None
    safe_to_text: str | None = None
    consent: bool | None = None
    first_name: str | None = None
    area: str | None = None


Effect = SendText | OpenEscalation | SetTimer | ReplyToAppointment | ChangePerson
