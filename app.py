"""Gatepost: `create_app(settings)` joins the parts, and the command line starts them."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.errors import BotError, InputInvalid, SettingsInvalid
from bot.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from bot.deps import Deps
    from bot.store.database import Store

ROOT = Path(__file__).resolve().parent
INPUT_WRONG, SETTINGS_WRONG = 1, 2
THREADS = 16
# What `serve` has read already. A forked process inherits it; a spawned one finds nothing and reads again.
_PREPARED: dict[str, Deps] = {}


def read_settings() -> Settings:
    """The settings from the environment and `.env`.

    Raises:
        SettingsInvalid: one is missing or wrong.
    """
    return Settings.from_env(os.environ, dotenv=ROOT / ".env")


def open_store(settings: Settings) -> Store:
    """The database of these settings, brought to the current version.

    Raises:
        DatabaseTooNew: a newer release has migrated it.
    """
    from bot.store.database import Store
    from bot.store.migrate import migrate

    store = Store(settings.database_url)
    migrate(store)
    return store


def build_deps(settings: Settings, store: Store | None = None) -> Deps:
    """What use cases are given: the database, the content, and the way of sending that the settings choose."""
    from bot.deps import Deps, real_now
    from bot.domain.calendar import Calendar, load_areas
    from bot.domain.understanding import Reader
    from bot.engine.book import FlowBook, load_human_asked, load_placeholders
    from bot.engine.phrasebook import Phrasebook
    from bot.engine.reminder_plan import load_plan
    from bot.store.directory import Directory
    from bot.transports.base import Transport
    from bot.transports.simulator import SimulatorTransport
    from bot.transports.twilio import TwilioTransport
    from bot.usecases.clocks import HeldClock, ShiftedClock

    store = store or open_store(settings)
    flows = settings.flows_dir
    clock: Callable[[], Any] = real_now
    if settings.held_clock is not None:
        clock = HeldClock(store, settings.held_clock)
    elif settings.uses_simulator:
        clock = ShiftedClock(store)
    calendar = Calendar(settings.zone, load_areas(flows / "areas.yaml"))
    load_plan(flows / "reminders.yaml")  # read when first needed; a broken one stops the start
    transport: Transport = SimulatorTransport() if settings.uses_simulator else TwilioTransport(settings)
    return Deps(
        settings=settings,
        store=store,
        transport=transport,
        flows=FlowBook(
            (), load_placeholders(flows / "placeholders.yaml"), human_asked=load_human_asked(flows)
        ),
        phrases=Phrasebook.load(flows / "texts"),
        understanding=Reader.load(flows / "understanding"),
        directory=Directory(calendar),
        calendar=calendar,
        clock=clock,
        is_clock_movable=clock is not real_now,
    )


def create_app(settings: Settings | None = None, deps: Deps | None = None) -> Flask:
    """The web application. It starts nothing: `serve` starts the scheduler beside it."""
    from flask import Flask

    from bot.web import errors
    from bot.web.fallback import fallback
    from bot.web.health import health
    from bot.web.webhooks import webhooks

    deps = deps or build_deps(settings or read_settings())
    app = Flask(__name__, template_folder="bot/web/templates", static_folder="bot/web/static")
    app.config.update(
        SECRET_KEY=deps.settings.secret_key or secret_beside(deps.settings),
        MAX_CONTENT_LENGTH=1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["gatepost"] = deps
    errors.register(app)
    for blueprint in (health, webhooks, fallback):
        app.register_blueprint(blueprint)
    if deps.settings.held_clock is not None:
        from bot.web.dev import dev

        app.register_blueprint(dev)
    if deps.settings.uses_simulator:
        from bot.web.simulator import simulator

        app.register_blueprint(simulator)
    return app


def secret_beside(settings: Settings) -> str:
    """The key that signs logins, made once and kept beside an embedded database."""
    from sqlalchemy.engine import make_url

    database = make_url(settings.database_url).database
    if not database or database == ":memory:":
        return secrets.token_hex(32)
    path = Path(database).with_name("secret_key")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


def start_jobs(deps: Deps, role: str) -> Any:
    """A scheduler with every job, running in threads of this process."""
    from apscheduler.schedulers.background import BackgroundScheduler

    from schedules import heartbeat, register

    host = f"{socket.gethostname()}:{os.getpid()}"
    scheduler = BackgroundScheduler(timezone="UTC")
    register(scheduler, deps, host=host, role=role)
    heartbeat.run(deps, host, role)
    scheduler.start()
    return scheduler


def prepare(settings: Settings) -> Deps:
    """Bring the database, the published flows and, on a simulator's first start, the example area up to date.

    No connection stays open, so what it gives may cross into the process that serves.
    """
    from bot.usecases.content import publish_files, refresh
    from bot.usecases.demo import load_demo

    deps = build_deps(settings)
    with deps.store.begin() as conn:
        for problem in publish_files(deps, conn):
            click.echo(f"not published, the flow before it goes on: {problem}", err=True)
        refresh(deps, conn)
    if settings.uses_simulator and deps.is_empty():
        click.echo("First start: loading the example area ...")
        load_demo(deps, now=deps.clock())
    deps.store.close()
    return deps


def build_web(settings: Settings, role: str, parent: int) -> Flask:
    """In the serving process: the application, and the jobs beside it unless this is a web-only host."""
    deps = _PREPARED.get(role) or build_deps(settings)
    app = create_app(deps=deps)
    if role == "all":
        start_jobs(deps, role)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    click.echo(
        f"Gatepost is ready: {_address(settings)}"
        + (" (simulator at /simulator)" if settings.uses_simulator else "")
    )
    return app


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, so that the port is free again."""
    gone = threading.Event()
    while not gone.wait(0.5):
        if os.getppid() != parent:
            os._exit(1)


def _address(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def for_people(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show our errors as one line each, with the exit status that says who must act."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SettingsInvalid as error:
            click.echo(str(error), err=True)
            sys.exit(SETTINGS_WRONG)
        except BotError as error:
            click.echo(str(error), err=True)
            sys.exit(INPUT_WRONG)

    return wrapped


class InputFile(click.Path):
    """A file that must be there; a missing one is wrong input, not wrong usage."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            error.exit_code = INPUT_WRONG
            raise


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Gatepost stays with people as they leave prison, by text and phone."""


@cli.command()
@click.option("--role", type=click.Choice(["all", "web", "worker"]), default="all", show_default=True)
@for_people
def serve(role: str) -> None:
    """Web server and scheduler in one process, or one of them."""
    settings = read_settings()
    deps = prepare(settings)
    if role == "worker":
        scheduler = start_jobs(deps, role)
        click.echo("Gatepost's jobs are running")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        scheduler.shutdown(wait=True)
        return
    from granian import Granian

    _PREPARED[role] = deps
    server = Granian(
        "app",
        address=settings.host,
        port=settings.port,
        interface="wsgi",
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    if settings.uses_simulator:
        click.echo(f"Open {_address(settings)}/simulator for phones to play with. Stop with Ctrl+C.")
    server.serve(target_loader=partial(build_web, settings, role, os.getpid()), wrap_loader=False)


@cli.command()
@for_people
def migrate() -> None:
    """Bring the database to the current version."""
    open_store(read_settings()).close()
    click.echo("The database is at the current version.")


@cli.command()
@for_people
def demo() -> None:
    """Load the example area, people, workers, rota and appointments."""
    from bot.usecases.demo import load_demo

    deps = build_deps(read_settings())
    load_demo(deps, now=deps.clock())
    click.echo("The example area is loaded.")


@cli.command()
@click.argument(
    "kind", type=click.Choice(["people", "appointments", "releases", "workers", "rota", "services"])
)
@click.argument("file", type=InputFile())
@for_people
def load(kind: str, file: Path) -> None:
    """Load a CSV: all rows or none."""
    from bot.usecases.loading import load as load_file

    deps = build_deps(read_settings())
    report = load_file(deps, kind, file, now=deps.clock())
    click.echo(f"{file.name}: {report.added} added, {report.changed} changed, {report.unchanged} as before.")


@cli.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@for_people
def understand(file: Any) -> None:
    """How texts are read: one text a line in, one JSON object a line out."""
    from bot.domain.understanding import Reader
    from bot.usecases.understand import read_lines

    reader = Reader.load(read_settings().flows_dir / "understanding")
    for read in read_lines(reader, file):
        click.echo(json.dumps(read, ensure_ascii=False))


@cli.group()
def flows() -> None:
    """What is wrong with the flows, and whether their scenarios hold."""


@flows.command("check")
@click.argument("files", nargs=-1, type=InputFile())
@for_people
def flows_check(files: tuple[Path, ...]) -> None:
    """Check flow files (all of them when none is named)."""
    from bot.usecases.flow_commands import check_flows, flow_costs

    folder = read_settings().flows_dir
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
@for_people
def flows_test() -> None:
    """Play the scenarios beside the flows."""
    from bot.usecases.flow_commands import test_flows

    report = test_flows(read_settings().flows_dir)
    for line in report.lines():
        click.echo(line)
    if not report.passed:
        sys.exit(INPUT_WRONG)


@cli.command()
@for_people
def doctor() -> None:
    """Check settings, database, provider, clock, rota, directory and scheduler."""
    from bot.usecases.doctor import examine

    findings = examine(build_deps(read_settings()))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.is_well else 'LOOK'}  {finding.about}: {finding.says}")
    if not all(finding.is_well for finding in findings):
        sys.exit(INPUT_WRONG)


if __name__ == "__main__":
    cli()
