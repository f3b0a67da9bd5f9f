"""Servers that run with the stand-in provider, people to load into them, and what is in their database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select

from bot.store import schema
from bot.store.database import Store
from tests.server import GatepostServer
from tests.standin.provider import StandInProvider

SAM, LEE, KAY = "+447700900201", "+447700900202", "+447700900203"
WITHIN = 20.0
WORKERS = [
    {"name": "Sam Okoro", "phone": SAM, "role": "peer_mentor", "areas": "Bolton"},
    {"name": "Lee Marsh", "phone": LEE, "role": "key_worker", "areas": "Bolton"},
    {"name": "Kay Idris", "phone": KAY, "role": "coordinator", "areas": "Bolton"},
]


def settings_of(provider: StandInProvider, **more: str) -> dict[str, str]:
    """The environment that makes this the provider."""
    return {name.upper(): str(value) for name, value in provider.settings().items()} | more


@contextmanager
def a_server(
    folder: Path, provider: StandInProvider, *, role: str = "all", **more: str
) -> Iterator[GatepostServer]:
    """A server that runs with this provider."""
    with GatepostServer(folder, role=role, **settings_of(provider, **more)) as server:
        yield server


def phone(number: int) -> str:
    """A made-up number of a person: 300 to 499 of the drama numbers."""
    assert 0 <= number < 200
    return f"+447700900{300 + number}"


def people_rows(numbers: Iterable[int], *, consent: str = "yes") -> list[dict[str, str]]:
    """People of Bolton with these phones."""
    return [
        {"external_id": f"P{n}", "first_name": f"Name{chr(65 + n % 26)}", "phone": phone(n), "area": "Bolton",
         "consent": consent}
        for n in numbers
    ]  # fmt: skip


def load(server: GatepostServer, kind: str, rows: list[dict[str, str]]) -> None:
    """Load these rows, and say what was wrong if anything was."""
    done = server.load(kind, rows)
    assert done.returncode == 0, done.stdout + done.stderr


def rows(url: str, table: str, *order: str) -> Sequence[RowMapping]:
    """Every row of a table as it is now."""
    store = Store(url)
    try:
        with store.read() as conn:
            found = schema.metadata.tables[table]
            return (
                conn.execute(select(found).order_by(*(found.c[name] for name in order or ("id",))))
                .mappings()
                .all()
            )
    finally:
        store.close()


def soon(about: Callable[[], Any], what: str) -> Any:
    """What `about` gives once it gives something; it has some seconds."""
    waited = threading.Event()
    for _ in range(int(WITHIN / 0.1)):
        found = about()
        if found:
            return found
        waited.wait(0.1)
    raise AssertionError(f"not in time: {what}")


def all_at_once(calls: Sequence[Callable[[], None]]) -> None:
    """Run each in a thread of its own, begun together; the first failure is raised."""
    ready = threading.Barrier(len(calls))
    failures: list[BaseException] = []

    def run(call: Callable[[], None]) -> None:
        ready.wait(30)
        try:
            call()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(call,), daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "a call never came back"
    if failures:
        raise failures[0]
