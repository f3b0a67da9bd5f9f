"""What loading a file did, and how rows are told apart from those of the last time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar

from tqdm import tqdm

from bot.domain.csv_rows import Row
from bot.errors import InputInvalid, Problem
from bot.store import loaded_rows
from bot.usecases.work import Work

T = TypeVar("T")
BATCH = 500
# Below this many rows a progress bar is only a flicker.
LONG = 2_000


@dataclass
class LoadReport:
    """How many rows were new, said something else than the last time, or said the same.

    `notes`: what is allowed but may be a slip, a line each.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass
class Loading:
    """One file on its way into the database: its rows, and all that is wrong with them so far."""

    work: Work
    kind: str
    file: str
    rows: Sequence[Row]
    problems: list[Problem] = field(default_factory=list)
    report: LoadReport = field(default_factory=LoadReport)

    def wrong(self, row: Row, column: str, reason: str) -> None:
        """Note that a cell is wrong; the file is refused once every row has been looked at."""
        self.problems.append(row.problem(self.file, column, reason))

    def refuse_if_wrong(self) -> None:
        """Stop here, before anything is written, when anything is wrong.

        Raises:
            InputInvalid: with every problem in the order of the file.
        """
        if self.problems:
            raise InputInvalid(sorted(self.problems, key=_line_of))


def batches(items: Sequence[T], label: str = "") -> Iterator[Sequence[T]]:
    """The items a few hundred at a time, with a progress bar on a terminal when there are many."""
    with bar(total=len(items), label=label) as shown:
        for begin in range(0, len(items), BATCH):
            part = items[begin : begin + BATCH]
            yield part
            shown.update(len(part))


def bar(*, total: int | None, label: str) -> Any:
    """A progress bar; none that anybody sees off a terminal, or for a short file."""
    is_short = total is not None and total < LONG
    return tqdm(total=total, desc=label, unit=" rows", leave=False, file=sys.stderr,
                disable=True if is_short else None)  # fmt: skip


def digests(external_id: str, values: Mapping[str, Any]) -> dict[str, str]:
    """One short digest for each column, which tells whether a cell says what it said before."""
    return {
        name: blake2b(f"{external_id}\0{name}\0{value}".encode(), digest_size=5).hexdigest()
        for name, value in values.items()
    }


@dataclass(frozen=True)
class Novelty:
    """A row and what is new about it. `fresh`: the columns that say something else than the last time."""

    row: Row
    key: str
    fresh: frozenset[str]
    is_known: bool
    says: Mapping[str, str]


def novelties(loading: Loading, rows: Sequence[Row], key_of: Callable[[Row], str]) -> list[Novelty]:
    """Which of these rows say anything new; those that don't are counted as unchanged."""
    keyed = [(key_of(row), row) for row in rows]
    said = loaded_rows.said(loading.work.conn, loading.kind, [key for key, _ in keyed])
    found = []
    for key, row in keyed:
        before = said.get(key, {})
        now = digests(key, row.values)
        fresh = frozenset(name for name, digest in now.items() if before.get(name) != digest)
        if fresh:
            found.append(Novelty(row, key, fresh, key in said, {**before, **now}))
        else:
            loading.report.unchanged += 1
    return found


def keep(loading: Loading, found: Iterable[Novelty], *, now: datetime) -> None:
    """Remember what these rows say, so that loading them again changes nothing."""
    loaded_rows.keep(loading.work.conn, loading.kind, {one.key: one.says for one in found}, now=now)


def _line_of(problem: Problem) -> int:
    """The line a problem is on, for the order of the file."""
    first = problem.where.removeprefix("line ").split(",")[0]
    return int(first) if first.isdigit() else 0
