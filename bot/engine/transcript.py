"""Compares what was said with what a scenario expects, and shows where they part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.engine.scenario import Line


@dataclass(frozen=True)
class Said:
    """One text that was really sent or received: at which local time, from or to whom."""

    at: datetime
    who: str
    text: str

    def __str__(self) -> str:
        return f"{self.at:%a %d %b %H:%M}  {self.who}: {self.text}"


@dataclass
class ScenarioResult:
    """How one scenario went. `difference` is empty when all was as expected; `trail` are the exits taken."""

    file: str
    title: str
    transcript: list[Said] = field(default_factory=list)
    difference: list[str] = field(default_factory=list)
    trail: set[str] = field(default_factory=set)

    @property
    def passed(self) -> bool:
        return not self.difference

    def lines(self) -> list[str]:
        """For a person to read: one line when it passed, else the transcript up to the difference."""
        if self.passed:
            return [f"ok    {self.file}: {self.title}"]
        shown = [f"      {line}" for said in self.transcript for line in str(said).splitlines()]
        return [f"WRONG {self.file}: {self.title}", *shown, *(f"    {line}" for line in self.difference)]


@dataclass
class ScenarioReport:
    """All scenarios of a folder, and which exits of which flow they took."""

    results: list[ScenarioResult] = field(default_factory=list)
    exits: dict[str, list[str]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    @property
    def trail(self) -> set[str]:
        return {exit for result in self.results for exit in result.trail}

    def coverage(self) -> list[str]:
        """A line a flow: how many of its steps and exits the scenarios took, and the exits they did not."""
        taken = self.trail
        passed = _steps(taken)
        lines = []
        for flow_id, exits in sorted(self.exits.items()):
            missing = [exit.removeprefix(f"{flow_id}.") for exit in exits if exit not in taken]
            rest = f"; not taken: {', '.join(missing)}" if missing else ""
            steps = _steps(exits)
            lines.append(
                f"{flow_id}: {len(steps & passed)} of {len(steps)} steps, "
                f"{len(exits) - len(missing)} of {len(exits)} exits{rest}"
            )
        return lines

    def lines(self) -> list[str]:
        """The whole report; scenarios that went wrong come last, where they are seen.

        Then the coverage is only counted: a scenario that went wrong stopped half way, so it says little.
        """
        ordered = sorted(self.results, key=lambda result: not result.passed)
        good = sum(result.passed for result in self.results)
        found = [line for result in ordered for line in result.lines()]
        summary = f"{good} of {len(self.results)} scenarios as expected"
        if self.passed:
            return [*self.coverage(), "", *found, "", summary]
        every = [exit for exits in self.exits.values() for exit in exits]
        count = f"{len(self.trail.intersection(every))} of {len(every)} exits taken"
        return [*found, "", f"{count}; which not is shown once no scenario is WRONG", summary]


def _steps(exits: Iterable[str]) -> set[str]:
    return {exit.split(">")[0] for exit in exits}


def fits(line: Line, said: str) -> bool:
    """Whether a text is what a line expects, white space apart."""
    wanted, got = " ".join(line.text.split()), " ".join(said.split())
    return wanted in got if line.part else wanted == got


def difference(line: Line | None, got: Said | None, *, who: str) -> list[str]:
    """What was expected and what came instead, under one another."""
    wanted = str(line) if line is not None else f"nothing more to {who}"
    return [f"- expected  {wanted}", f"+ got       {got if got is not None else f'nothing to {who}'}"]


def take_told(line: Line, waiting: list[Said]) -> Said | None:
    """The text a worker was told, taken out of those not yet accounted for, with the ones before it."""
    for index, said in enumerate(waiting):
        if fits(line, said.text):
            del waiting[: index + 1]
            return said
    return None


def last_of(waiting: Sequence[Said]) -> Said | None:
    """The text that came last."""
    return waiting[-1] if waiting else None
