"""Databases the benchmarks run on, made once a run in a temporary folder that is gone at its end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

import app
from bench.seeds import seed_areas, seed_people
from bot.deps import Deps, real_now
from bot.settings import Settings
from bot.usecases.demo import load_demo
from tests.standin.provider import ACCOUNT, OURS, TOKEN

PEOPLE, MESSAGES = 100_000, 1_000_000


class Towns:
    """`quiet` shows no progress. People are given out in ranges, so that no two runs talk to the same ones."""

    def __init__(self, folder: Path, *, quiet: bool = False) -> None:
        self.folder = folder
        self.quiet = quiet
        self._given: dict[str, int] = {}

    def new(self, name: str, people: int, messages: int) -> str:
        """The address of a database with the example area and these many people; one of that name is replaced."""
        url = self.empty(name)
        self.fill(url, people, messages)
        return url

    def empty(self, name: str) -> str:
        """The address of a database of this name without anything in it, whatever was there before."""
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()
        self._given.pop(self.address(name), None)
        return self.address(name)

    def fill(self, url: str, people: int, messages: int) -> None:
        """Bring an empty database to that size."""
        deps = open_deps(url)
        load_demo(deps, now=deps.clock())
        seed_areas(deps.store, now=deps.clock())
        seed_people(deps.store, people, messages=messages, now=deps.clock(), quiet=self.quiet)
        deps.store.checkpoint()
        deps.store.close()

    def address(self, name: str) -> str:
        """Where a database of this name is."""
        return f"sqlite:///{self.folder / name}.db"

    @cached_property
    def large(self) -> str:
        """100,000 people and 1,000,000 messages."""
        return self.new("large", PEOPLE, MESSAGES)

    def people(self, url: str, count: int) -> range:
        """The next so many people of a database."""
        first = self._given.get(url, 0)
        self._given[url] = first + count
        return range(first, first + count)


@contextmanager
def towns(*, quiet: bool = False) -> Iterator[Towns]:
    """A folder for databases, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="gatepost-bench-"))
    try:
        yield Towns(folder, quiet=quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_deps(url: str, *, provider: str = "http://127.0.0.1:1") -> Deps:
    """What use cases need, on this database, with texts going to that provider as fast as it takes them."""
    return app.prepare(
        Settings(
            database_url=url, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_from=OURS,
            twilio_base_url=provider, twilio_sends_per_second=100_000, secret_key="bench",
        )
    )  # fmt: skip


def midday() -> datetime:
    """Today at twelve: nobody's quiet hours."""
    return real_now().replace(hour=12, minute=0, second=0, microsecond=0)
