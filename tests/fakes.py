"""Fakes that are passed in, never patched in."""

from __future__ import annotations

from datetime import datetime, timedelta


class Clock:
    """Stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        """Go forward by a timedelta's worth and give the new instant."""
        self.now += timedelta(**span)
        return self.now


class Ids:
    """Ids in order, the same in every run."""

    def __init__(self) -> None:
        self._given = 0

    def __call__(self) -> str:
        self._given += 1
        return f"{self._given:026x}"
