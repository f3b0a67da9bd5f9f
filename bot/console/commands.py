"""Every command but `serve`, which `app.py` has."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.console.errors import INPUT_WRONG, InputFile, for_people
from bot.errors import InputInvalid

if TYPE_CHECKING:
    from bot.deps import Deps
    from bot.settings import Settings
    from bot.store.database import Store
    from bot.transports.base import Transport


@dataclass(frozen=True)
class Parts:
    """What commands may ask `app.py` to join up."""

    settings: Callable[[], Settings]
    store: Callable[[Settings], Store]
    deps: Callable[[], Deps]
    transport: Callable[[Settings], Transport]


def add_to(group: click.Group) -> None:
    """Give the group every command of this module."""
    for command in (migrate, demo, load, understand, flows, doctor):
        group.add_command(command)


@click.command()
@click.pass_obj
@for_people
def migrate(parts: Parts) -> None:
    """Bring the database to the current version."""
    parts.store(parts.settings()).close()
    click.echo("The database is at the current version.")


@click.command()
@click.pass_obj
@for_people
def demo(parts: Parts) -> None:
    """Load the example area, people, workers, rota and appointments."""
    from bot.usecases.demo import load_demo

    deps = parts.deps()
    load_demo(deps, now=deps.clock())
    click.echo("The example area is loaded.")


@click.command()
@click.argument(
    "kind", type=click.Choice(["people", "appointments", "releases", "workers", "rota", "services"])
)
@click.argument("file", type=InputFile())
@click.pass_obj
@for_people
def load(parts: Parts, kind: str, file: Path) -> None:
    """Load a CSV: all rows or none."""
    from bot.usecases.loading import load as load_file

    deps = parts.deps()
    try:
        report = load_file(deps, kind, file, now=deps.clock())
    except InputInvalid as error:
        click.echo(f"{error}\nNothing was loaded.", err=True)
        sys.exit(INPUT_WRONG)
    click.echo(f"{file.name}: {report.added} added, {report.changed} changed, {report.unchanged} as before.")
    for note in report.notes:
        click.echo(f"note: {note}")


@click.command()
@click.argument("file", type=InputFile(or_dash=True), default="-")
@click.pass_obj
@for_people
def understand(parts: Parts, file: Path) -> None:
    """How texts are read: one text a line in, one JSON object a line out."""
    from bot.domain.understanding import Reader
    from bot.usecases.understand import read_lines

    reader = Reader.load(parts.settings().flows_dir / "understanding")
    with click.open_file(str(file), encoding="utf-8", errors="replace") as lines:
        for read in read_lines(reader, lines):
            click.echo(json.dumps(read, ensure_ascii=False))


@click.group()
def flows() -> None:
    """What is wrong with the flows, and whether their scenarios hold."""


@flows.command("check")
@click.argument("files", nargs=-1, type=InputFile())
@click.pass_obj
@for_people
def flows_check(parts: Parts, files: tuple[Path, ...]) -> None:
    """Check flow files (all of them when none is named)."""
    from bot.usecases.flow_commands import check_flows, flow_costs

    folder = parts.settings().flows_dir
    problems = check_flows(folder, files)
    for line in flow_costs(folder, files):
        click.echo(f"cost: {line}")
    for problem in problems:
        click.echo(("warning: " if problem.warning else "") + str(problem))
    wrong = sum(not problem.warning for problem in problems)
    click.echo(f"{wrong} wrong, {len(problems) - wrong} warnings.")
    if wrong:
        sys.exit(INPUT_WRONG)


@flows.command("test")
@click.pass_obj
@for_people
def flows_test(parts: Parts) -> None:
    """Play the scenarios beside the flows."""
    from bot.usecases.flow_commands import test_flows

    report = test_flows(parts.settings().flows_dir)
    for line in report.lines():
        click.echo(line)
    if not report.passed:
        sys.exit(INPUT_WRONG)


@click.command()
@click.pass_obj
@for_people
def doctor(parts: Parts) -> None:
    """Check settings, database, provider, clock, rota, directory and scheduler."""
    from bot.store.database import missing_file
    from bot.usecases.doctor import examine, examine_without_database

    settings = parts.settings()
    missing = missing_file(settings.database_url)
    if missing is None:
        findings = examine(parts.deps())
    else:
        findings = examine_without_database(settings, parts.transport(settings), missing=missing)
    for finding in findings:
        click.echo(f"{'ok  ' if finding.is_well else 'LOOK'}  {finding.about}: {finding.says}")
    if not all(finding.is_well for finding in findings):
        sys.exit(INPUT_WRONG)
