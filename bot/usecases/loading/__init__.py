"""Load a CSV: all rows or none, in one transaction, with all that follows from each change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.deps import Deps
from bot.domain.csv_kinds import kinds
from bot.domain.csv_rows import read_rows
from bot.errors import InputInvalid, NotFound, Problem
from bot.usecases.loading.appointments import load_appointments
from bot.usecases.loading.directory import load_services
from bot.usecases.loading.people import load_people
from bot.usecases.loading.releases import load_releases
from bot.usecases.loading.report import Loading, LoadReport, bar
from bot.usecases.loading.rota import load_rota
from bot.usecases.loading.services import services_kind
from bot.usecases.loading.workers import load_workers
from bot.usecases.work import Work

_LOADERS: dict[str, Callable[[Loading], None]] = {
    "people": load_people,
    "appointments": load_appointments,
    "releases": load_releases,
    "workers": load_workers,
    "rota": load_rota,
    "services": load_services,
}


def load(deps: Deps, kind: str, path: Path, *, now: datetime) -> LoadReport:
    """Load a file of that kind and say what changed. Loading the same file again changes nothing.

    Raises:
        InputInvalid: names every cell that is wrong by line, column and reason; nothing was loaded.
        NotFound: there is no such kind.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputInvalid([Problem(path.name, "file", f"can't be read: {error.strerror}")]) from error
    return load_bytes(deps, kind, data, file=path.name, now=now)


def load_bytes(deps: Deps, kind: str, data: bytes, *, file: str, now: datetime) -> LoadReport:
    """As `load`, with what is in the file and the name to call it by.

    Raises:
        InputInvalid: as for `load`.
        NotFound: as for `load`.
    """
    if kind not in _LOADERS:
        raise NotFound(f"there is no kind {kind!r}; the kinds are {', '.join(_LOADERS)}")
    columns = services_kind(deps.calendar) if kind == "services" else kinds(deps.calendar)[kind]
    lines = data.count(b"\n")

    def progress(rows: Iterable[Any]) -> Iterable[Any]:
        with bar(total=lines, label=f"reading {file}") as shown:
            for row in rows:
                yield row
                shown.update()

    rows, problems = read_rows(columns, data, file, progress=progress)
    with deps.store.begin() as conn:
        loading = Loading(Work(deps, conn, now), kind, file, rows, problems)
        _LOADERS[kind](loading)
    return loading.report


__all__ = ["LoadReport", "load", "load_bytes"]
