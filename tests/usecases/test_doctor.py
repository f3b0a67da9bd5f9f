"""`doctor` says what is so, and makes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.deps import Deps, real_now
from bot.settings import Settings
from bot.store.database import Store, missing_file
from bot.store.migrate import migrate
from bot.usecases.clocks import ShiftedClock
from bot.usecases.doctor import Finding, examine
from tests.server import GatepostServer


@pytest.fixture
def simulated(tmp_path: Path, make_deps: Callable[[Store], Deps]) -> Iterator[Deps]:
    """A database with the simulator's clock."""
    store = Store(f"sqlite:///{tmp_path}/gatepost.db")
    migrate(store)
    yield replace(make_deps(store), clock=ShiftedClock(store), is_clock_movable=True)
    store.close()


def found(deps: Deps, about: str) -> Finding:
    return next(finding for finding in examine(deps) if finding.about == about)


def test_without_a_database_it_says_how_to_make_one_and_makes_nothing(tmp_path: Path) -> None:
    server = GatepostServer(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/data/gatepost.db")

    done = server.run("doctor")

    [line] = [line for line in done.stdout.splitlines() if line.startswith("LOOK")]
    assert line.startswith(f"LOOK  database: there is none yet at {tmp_path}/data/gatepost.db: ")
    assert "python app.py serve" in line
    assert "python app.py migrate" in line
    assert done.returncode == 1
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true", "postgresql+psycopg://127.0.0.1/x"],
)
def test_only_a_file_can_be_missing(url: str) -> None:
    assert missing_file(url) is None


def test_a_clock_that_nobody_has_moved_is_the_real_one(simulated: Deps) -> None:
    assert found(simulated, "clock") == Finding("clock", True, "real")


def test_a_clock_that_was_moved_in_the_simulator_says_so_and_what_it_shows(simulated: Deps) -> None:
    to = real_now() + timedelta(days=3)
    assert isinstance(simulated.clock, ShiftedClock)
    simulated.clock.set(to)

    clock = found(simulated, "clock")

    assert not clock.is_well
    shown = {f"{simulated.calendar.local(at):%A %d %B %Y, %H:%M}" for at in (to, to + timedelta(minutes=1))}
    assert clock.says in {f"moved ahead in the simulator: it shows {time}" for time in shown}


def test_a_clock_that_is_held_says_so(simulated: Deps) -> None:
    held = Settings(clock="2026-06-05T15:00:00+00:00")

    assert "held by CLOCK" in found(replace(simulated, settings=held), "clock").says
