"""Transcripts that `flows test` plays: who, when, what they text, time that passes, and what we say to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from bot.domain.appointments import AppointmentKind
from bot.engine.definition import Duration, Model, parse_duration
from bot.engine.load import errors_of, read_yaml
from bot.errors import FlowInvalid, Problem

CODE = "((code))"
_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$")
_WALL = re.compile(r"^\d{2}:\d{2}$")
_KEY = re.compile(r"^(person|us~?|wait|until|start|(worker) (.+)|(told) ([^~]+?)(~?))$")


def _yes_or_no(value: object) -> object:
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    """Raises:
    ValueError: it is not written `2026-06-05 17:30`.
    """
    if isinstance(value, str) and not _MOMENT.match(value):
        raise ValueError(f"{value!r} is not a time; write 2026-06-05 17:30")
    return value


def _small_number(value: object) -> object:
    """`person: 1` is the text 1. Longer numbers need quotes, for YAML would lose a leading 0."""
    return str(value) if type(value) is int and 0 <= value < 100 else value


TalkText = Annotated[str, BeforeValidator(_small_number)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
WallText = Annotated[str, Field(pattern=_WALL.pattern)]


class WhoTexts(Model):
    """The person of a scenario. `known: no` is a number that we have never seen."""

    first_name: str = "Amina"
    area: str = "Example Town"
    language: str = "en"
    safe_to_text: Literal["yes", "discreet", "no"] = "yes"
    consent: YesNo = True
    known: YesNo = True
    needs: tuple[str, ...] = ()
    contact_from: WallText | None = None
    contact_until: WallText | None = None
    address_tonight: Literal["yes", "no", "unknown"] | None = None
    responsible: str | None = None


class ScenarioAppointment(Model):
    at: Moment
    kind: AppointmentKind = AppointmentKind.PROBATION
    with_: str = Field("Sam", alias="with")
    where: str = ""
    travel: str = ""


class ScenarioService(Model):
    """A made-up entry of the directory, fit to send."""

    name: str
    category: str
    phone: str
    area: str = "Example Town"
    opening_hours: str = "24/7"
    free_to_call: str = "yes"


@dataclass(frozen=True)
class Line:
    """One line of a talk. `part`: the words need only be in the text."""

    kind: Literal["person", "us", "wait", "until", "start", "worker", "told"]
    text: str
    name: str = ""
    part: bool = False

    def __str__(self) -> str:
        who = f"{self.kind} {self.name}".strip()
        return f"{who}{'~' if self.part else ''}: {self.text}"


class Scenario(Model):
    """One talk from its beginning. `at` is local wall clock; `shows` names the kind of path it is."""

    title: str
    shows: str = ""
    at: Moment
    person: WhoTexts = Field(default_factory=WhoTexts)
    on_call: tuple[str, ...] = ()
    services: Literal["demo", "none"] | tuple[ScenarioService, ...] = "demo"
    appointment: ScenarioAppointment | None = None
    talk: tuple[dict[str, TalkText], ...] = Field(min_length=1)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The talk, line by line.

        Raises:
            ValueError: a line is none that there is.
        """
        return tuple(_line(entry) for entry in self.talk)


_FILE = TypeAdapter(tuple[Scenario, ...])
_DURATION = TypeAdapter[timedelta](Duration)


def _line(entry: dict[str, str]) -> Line:
    if len(entry) != 1:
        raise ValueError(f"one thing a line, not {len(entry)}: {', '.join(entry)}")
    key, text = next(iter(entry.items()))
    found = _KEY.match(key)
    if found is None:
        raise ValueError(
            f"`{key}` is nothing that happens; write person, us, wait, until, start, worker NAME, told NAME"
        )
    if found[2]:
        return Line("worker", text, name=found[3])
    if found[4]:
        return Line("told", text, name=found[5], part=bool(found[6]))
    if key == "wait":
        parse_duration(text)
    if key == "until" and not (_WALL.match(text) or _MOMENT.match(text)):
        raise ValueError(f"{text!r} is not a time; write 09:00 or 2026-06-06 09:00")
    kind: Any = key.removesuffix("~")
    return Line(kind, text, part=key.endswith("~"))


def wait_of(line: Line) -> timedelta:
    """How long a `wait` line waits."""
    return _DURATION.validate_python(line.text)


def until_of(line: Line, *, local_now: datetime) -> datetime:
    """The wall-clock time that an `until` line waits for: the next time it is that late."""
    if _MOMENT.match(line.text):
        return datetime.fromisoformat(line.text)
    wall = time.fromisoformat(line.text)
    day: date = local_now.date()
    if local_now.time() >= wall:
        day += timedelta(days=1)
    return datetime.combine(day, wall)


def load_scenarios(source: str, file: str) -> tuple[Scenario, ...]:
    """The scenarios of a file's text.

    Raises:
        FlowInvalid: each problem names file, scenario and reason.
    """
    data = read_yaml(source, file)
    try:
        found = _FILE.validate_python(data or ())
    except ValidationError as error:
        raise FlowInvalid([_problem(file, data, one) for one in errors_of(error)]) from error
    problems = []
    for scenario in found:
        for number, entry in enumerate(scenario.talk, start=1):
            try:
                _line(entry)
            except ValueError as error:
                problems.append(Problem(file, f"{scenario.title!r}, line {number}", str(error)))
    if problems:
        raise FlowInvalid(problems)
    return found


def load_scenario_folder(folder: Path) -> dict[str, tuple[Scenario, ...]]:
    """The scenarios of every file of a folder, by file name.

    Raises:
        FlowInvalid: with the problems of all the files.
    """
    found: dict[str, tuple[Scenario, ...]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found[path.name] = load_scenarios(path.read_text("utf-8"), path.name)
        except FlowInvalid as error:
            problems += error.problems
    if problems:
        raise FlowInvalid(problems)
    return found


def _problem(file: str, data: Any, found: Any) -> Problem:
    loc: Sequence[Any] = found["loc"]
    if not loc or not isinstance(loc[0], int):
        return Problem(file, "file", "is not a list of scenarios (`- title: …`)")
    entry = data[loc[0]]
    title = entry.get("title") if isinstance(entry, dict) else None
    where = repr(title) if title else f"scenario {loc[0] + 1}"
    place = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in loc[1:])
    reason = {
        "missing": "is missing",
        "extra_forbidden": "is an unknown key",
        "string_type": "must be a text (put it in quotes)",
    }.get(found["type"], str(found["msg"]).removeprefix("Value error, "))
    return Problem(file, where, f"`{place}` {reason}" if place else reason)
