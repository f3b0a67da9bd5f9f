"""Gatepost: `create_app(settings)` joins the parts, and the command line starts them."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

Loaded = TypeVar("Loaded")
ROOT = Path(__file__).resolve().parent
try:
    import click

    from bot import logs
    from bot.console import commands
    from bot.console.errors import for_people
    from bot.errors import SettingsInvalid
    from bot.settings import Settings
except ModuleNotFoundError as missing:
    if __name__ != "__main__" or str(missing.name).startswith("bot"):
        raise
    # Started with a Python that has not got our packages: go on in the one that `make run` gave them to.
    venv = ROOT / ".venv"
    python = str(venv / "bin" / "python")
    if os.access(python, os.X_OK) and os.path.realpath(sys.prefix) != os.path.realpath(venv):
        os.execv(python, [python, *sys.argv])
    print(f"Gatepost's packages are not installed ({missing.name}): run `make run` once", file=sys.stderr)
    sys.exit(2)

if TYPE_CHECKING:
    from flask import Flask

    from bot.deps import Deps
    from bot.store.database import Store
    from bot.transports.base import Transport

# How many requests may use the database at once, and the threads beside them that only a fallback needs.
SEATS, SPARE_THREADS = 16, 8
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


def build_transport(settings: Settings) -> Transport:
    """The way of sending that the settings choose."""
    from bot.transports.simulator import SimulatorTransport
    from bot.transports.twilio import TwilioTransport

    return SimulatorTransport() if settings.uses_simulator else TwilioTransport(settings)


def build_deps(settings: Settings, store: Store | None = None) -> Deps:
    """What use cases are given: the database, the content, the way of sending that the settings choose."""
    from bot.deps import Deps, real_now
    from bot.domain.calendar import Calendar, load_areas
    from bot.domain.understanding import Reader
    from bot.engine.book import FlowBook, load_human_asked, load_placeholders
    from bot.engine.phrasebook import Phrasebook
    from bot.engine.reminder_plan import load_plan
    from bot.store.directory import Directory
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
    return Deps(
        settings=settings,
        store=store,
        transport=build_transport(settings),
        flows=FlowBook(
            (), load_placeholders(flows / "placeholders.yaml"), human_asked=load_human_asked(flows)
        ),
        phrases=Phrasebook.load(flows / "texts"),
        understanding=_at_once(lambda: Reader.load(flows / "understanding")),
        directory=Directory(calendar),
        calendar=calendar,
        clock=clock,
        is_clock_movable=clock is not real_now,
    )


def _at_once(load: Callable[[], Loaded]) -> Loaded:
    """What `load` gives. All that it makes stays, so looking meanwhile for what can go takes a third for nothing."""
    gc.disable()
    try:
        return load()
    finally:
        gc.enable()


def create_app(settings: Settings | None = None, deps: Deps | None = None) -> Flask:
    """The web application. It starts nothing: `serve` starts the scheduler beside it."""
    from flask import Flask

    from bot.web import errors
    from bot.web.fallback import fallback
    from bot.web.health import health
    from bot.web.room import keep_room
    from bot.web.secret import secret_beside
    from bot.web.sessions import CookieSessions
    from bot.web.webhooks import webhooks

    deps = deps or build_deps(settings or read_settings())
    app = Flask(__name__, template_folder="bot/web/templates", static_folder="bot/web/static")
    app.config.update(
        SECRET_KEY=deps.settings.secret_key or secret_beside(deps.settings),
        MAX_CONTENT_LENGTH=1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=deps.settings.public_url.startswith("https://"),
    )
    app.session_interface = CookieSessions()
    app.extensions["gatepost"] = deps
    errors.register(app)
    keep_room(app, SEATS, for_blueprints=frozenset({fallback.name}))
    for blueprint in (health, webhooks, fallback):
        app.register_blueprint(blueprint)
    if deps.settings.held_clock is not None:
        from bot.web.dev import dev

        app.register_blueprint(dev)
    if deps.settings.uses_simulator:
        from bot.web.simulator import simulator

        app.register_blueprint(simulator)
    return app


def start_jobs(deps: Deps, role: str) -> Any:
    """A scheduler with every job, running in threads of this process."""
    from apscheduler.schedulers.background import BackgroundScheduler

    from schedules import heartbeat, register

    # A job that still runs at its next second is no news: it goes on, and the next one finds what it left.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
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
    from bot.web.one_core import OneCore

    deps = _PREPARED.get(role) or build_deps(settings)
    app = create_app(deps=deps)
    cores = OneCore()
    app.wsgi_app = cores.wrap(app.wsgi_app)  # type: ignore[method-assign]
    # What was read at the start stays. Looking through it for what can go makes every text wait for 0.1 s.
    gc.freeze()
    if role == "all":
        with cores.starting():
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


def refuse_taken_address(settings: Settings) -> None:
    """Look before the server does, which would only fall over.

    Raises:
        SettingsInvalid: nothing of ours can listen there.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(*found[:3])) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise SettingsInvalid(f"settings: HOST, PORT: can't listen on {where}: {error.strerror}") from error


def _address(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """Gatepost stays with people as they leave prison, by text and phone."""
    logs.configure()
    context.obj = commands.Parts(
        read_settings, open_store, lambda: build_deps(read_settings()), build_transport
    )


@cli.command()
@click.option("--role", type=click.Choice(["all", "web", "worker"]), default="all", show_default=True)
@for_people
def serve(role: str) -> None:
    """Web server and scheduler in one process, or one of them."""
    settings = read_settings()
    deps = prepare(settings)
    if role == "worker":
        # Held back before any thread begins, so that none of them takes the signal and the jobs end in order.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        scheduler = start_jobs(deps, role)
        click.echo("Gatepost's jobs are running")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        scheduler.shutdown(wait=True)
        return
    from granian import Granian

    refuse_taken_address(settings)
    _PREPARED[role] = deps
    server = Granian(
        "app",
        address=settings.host,
        port=settings.port,
        interface="wsgi",
        workers=1,
        blocking_threads=SEATS + SPARE_THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    if settings.uses_simulator:
        click.echo(f"Open {_address(settings)}/simulator for phones to play with. Stop with Ctrl+C.")
    server.serve(target_loader=partial(build_web, settings, role, os.getpid()), wrap_loader=False)


commands.add_to(cli)


if __name__ == "__main__":
    cli()
