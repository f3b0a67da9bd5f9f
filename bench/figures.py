"""What a benchmark finds: one figure with its goal, and all of them as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass
class Figure:
    """`line` is the letter of the goal; `goal` none is a figure that only stands beside others."""

    line: str
    what: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = True
    beside: str = ""
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def is_met(self) -> bool:
        if self.goal is None:
            return True
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def as_row(self) -> tuple[str, ...]:
        goal = (
            "" if self.goal is None else f"{'<=' if self.at_most else '>='} {_short(self.goal)} {self.unit}"
        )
        verdict = "" if self.goal is None else ("ok" if self.is_met else "SHORT")
        value = f"{_short(self.value)} {self.unit}"
        return self.line, self.what, value.strip(), goal.strip(), verdict, f"{self.load:.1f}", self.beside


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of equal columns."""
    rows = [("", "what", "measured", "goal", "", "load", "beside it"), *(f.as_row() for f in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def keep(figures: Sequence[Figure]) -> Path:
    """Write the figures to `bench/results/`, with what they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y%m%d-%H%M%S}.json"
    found = {
        "at": now.isoformat(),
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "figures": [{**asdict(figure), "is_met": figure.is_met} for figure in figures],
    }
    path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return path


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
