"""What the engine asks of the world around it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Protocol

from bot.engine.definition import ServicesQuery


class World(Protocol):
    """What the engine may ask about the person and the hour. Answers are for one turn, at one instant."""

    language: str
    flavour: str | None

    def fact(self, name: str) -> bool | str: ...

    def value(self, placeholder: str) -> str | None: ...

    def service_lines(self, query: ServicesQuery) -> list[str]: ...

    def appointment_id(self) -> str | None: ...

    def local(self, at: datetime) -> datetime: ...

    def at_wall(self, wall: time, *, after: datetime) -> datetime: ...

    def next_open(self, category: str) -> datetime | None: ...

    def in_area(self, area: str) -> World: ...
