"""What tests of use cases are given: the real content, an in-memory database, a clock that stands still."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.deps import Deps
from bot.domain.calendar import Calendar, load_areas
from bot.domain.understanding import Reader
from bot.engine.book import FlowBook
from bot.engine.phrasebook import Phrasebook
from bot.settings import Settings
from bot.store.database import Store
from bot.store.directory import Directory
from bot.store.schema import metadata
from bot.transports.recording import RecordingTransport
from tests.fakes import Clock, Ids

ROOT = Path(__file__).resolve().parent.parent
FLOWS = ROOT / "flows"
# A Friday in summer: 16:05 in Manchester is 15:05 UTC.
FRIDAY = datetime(2026, 6, 5, 15, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Content:
    """Everything read from the flows folder, once a run."""

    book: FlowBook
    phrases: Phrasebook
    reader: Reader
    calendar: Calendar


@pytest.fixture(scope="session")
def content() -> Content:
    calendar = Calendar(Settings().zone, load_areas(FLOWS / "areas.yaml"))
    return Content(
        FlowBook.load(FLOWS), Phrasebook.load(FLOWS / "texts"), Reader.load(FLOWS / "understanding"), calendar
    )


@pytest.fixture
def clock() -> Clock:
    return Clock(FRIDAY)


@pytest.fixture
def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture
def make_deps(content: Content, clock: Clock, transport: RecordingTransport) -> Callable[[Store], Deps]:
    """Deps on the store that is given."""

    def make(store: Store) -> Deps:
        return Deps(
            settings=Settings(),
            store=store,
            transport=transport,
            flows=content.book,
            phrases=content.phrases,
            understanding=content.reader,
            directory=Directory(content.calendar),
            calendar=content.calendar,
            clock=clock,
            new_id=Ids(),
            rng=random.Random(7),
        )

    return make


@pytest.fixture
def deps(make_deps: Callable[[Store], Deps]) -> Iterator[Deps]:
    store = Store("sqlite://")
    with store.begin() as conn:
        metadata.create_all(conn)
    yield make_deps(store)
    store.close()
