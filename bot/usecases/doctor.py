"""What whoever runs the program should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.deps import Deps, real_now
from bot.domain.directory import rows_to_ring
from bot.domain.rota import gaps
from bot.engine.load import flow_files
from bot.settings import Settings
from bot.store import coming, heartbeats, services, shifts
from bot.store.migrate import is_current
from bot.transports.base import Transport
from bot.usecases.flow_commands import check_flows

TICK_WITHIN = timedelta(minutes=1)
ROTA_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    about: str
    is_well: bool
    says: str


def examine(deps: Deps) -> list[Finding]:
    """Look at everything that can be wrong outside the code, and say what to do about it."""
    settings = deps.settings
    findings = [_settings(settings)]
    try:
        with deps.store.read() as conn:
            findings += [
                *_database(deps, conn),
                _content(settings),
                *_rota(deps, conn),
                *_directory(deps, conn),
            ]
    except SQLAlchemyError as error:
        findings.append(
            Finding("database", False, f"does not answer ({type(error).__name__}): check DATABASE_URL")
        )
    findings.append(_provider(deps.transport))
    return findings


def examine_without_database(settings: Settings, transport: Transport, *, missing: Path) -> list[Finding]:
    """Look at what can be looked at while the file of the database is not there. Nothing is made."""
    says = f"there is none yet at {missing}: start it with python app.py serve, or run: python app.py migrate"
    return [_settings(settings), Finding("database", False, says), _content(settings), _provider(transport)]


def _settings(settings: Settings) -> Finding:
    how = "phone simulator" if settings.uses_simulator else f"provider at {settings.twilio_base_url}"
    if not settings.uses_simulator and settings.public_url.startswith("http://"):
        return Finding(
            "settings", False, f"{how}; PUBLIC_URL must be the https:// address the provider calls"
        )
    return Finding("settings", True, how)


def _database(deps: Deps, conn: Connection) -> Iterator[Finding]:
    current = is_current(deps.store)
    yield Finding("database", current, "at the current version" if current else "run: python app.py migrate")
    yield _clock(deps)
    beat = heartbeats.latest(conn)
    if beat is None:
        yield Finding("scheduler", False, "has never ticked: start it with python app.py serve")
    else:
        late = real_now() - beat
        yield Finding("scheduler", late < TICK_WITHIN, f"last tick {int(late.total_seconds())} seconds ago")
    red = [one for one in coming.escalations(conn) if one.is_red]
    yield Finding(
        "escalations", not red, f"{len(red)} that nobody has answered" if red else "none left unanswered"
    )


def _clock(deps: Deps) -> Finding:
    if deps.settings.held_clock is not None:
        return Finding("clock", False, "held by CLOCK: it only moves when told")
    now = deps.clock()
    if deps.is_clock_movable and now - real_now() > timedelta(seconds=1):
        shows = f"{deps.calendar.local(now):%A %d %B %Y, %H:%M}"
        return Finding("clock", False, f"moved ahead in the simulator: it shows {shows}")
    return Finding("clock", True, "real")


def _content(settings: Settings) -> Finding:
    wrong = [p for p in check_flows(settings.flows_dir, ()) if not p.warning]
    count = len(flow_files(settings.flows_dir))
    return Finding(
        "flows", not wrong, "; ".join(map(str, wrong[:3])) if wrong else f"{count} pass their checks"
    )


def _rota(deps: Deps, conn: Connection) -> Iterator[Finding]:
    now, calendar = deps.clock(), deps.calendar
    areas = shifts.areas_on_rota(conn, since=now - ROTA_AHEAD)
    if not areas:
        yield Finding("rota", False, "nobody is on it: load one with python app.py load rota FILE")
    for area in areas:
        chain, until = calendar.chain(area), now + ROTA_AHEAD
        covered = shifts.between(conn, chain, since=now, until=until)
        found = gaps(covered, chain=chain, since=now, until=until)
        says = "covered for the coming week"
        if found:
            first = found[0][0]
            when = f"{calendar.day_text(first, now=now)} {calendar.time_text(first)}"
            says = f"nobody is on call at times in the coming week, first from {when}"
        yield Finding(f"rota {area}", not found, says)


def _directory(deps: Deps, conn: Connection) -> Iterator[Finding]:
    rows = services.all(conn)
    if not rows:
        yield Finding("directory", False, "is empty: load one with python app.py load services FILE")
        return
    to_ring = rows_to_ring(rows, deps.calendar.local(deps.clock()).date())
    fit = len(rows) - len(to_ring)
    yield Finding("directory", fit > 0, f"{fit} of {len(rows)} services are fit to send")
    for line in to_ring:
        yield Finding("directory", False, line)


def _provider(transport: Transport) -> Finding:
    wrong = transport.check()
    return Finding("provider", wrong is None, wrong or f"{transport.name} answers")
