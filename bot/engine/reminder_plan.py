"""Read the reminder plan that coordinators write: which texts go out, by kind of appointment and by area."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.domain.appointments import AppointmentKind
from bot.domain.reminders import PlanSpec, ReminderKind, TextRule
from bot.engine.definition import Duration, Model
from bot.errors import FlowInvalid, Problem


class TextEntry(Model):
    """One text: `booked` goes at once; the others say `days_before` and `at`, or `before`."""

    text: ReminderKind
    days_before: int | None = Field(None, ge=1, le=28)
    at: time | None = None
    before: Duration | None = None
    waits_longer_than: Duration = timedelta(0)

    @model_validator(mode="after")
    def _says_when(self) -> TextEntry:
        if self.text is ReminderKind.CORRECTION:
            raise ValueError("a correction always goes at once; it is not part of the plan")
        if (self.days_before is None) != (self.at is None):
            raise ValueError("`days_before` and `at` belong together")
        ways = sum(value is not None for value in (self.at, self.before))
        if ways != (0 if self.text is ReminderKind.BOOKED else 1):
            raise ValueError("`booked` has no time; the others have `days_before` with `at`, or `before`")
        return self

    def rule(self) -> TextRule:
        return TextRule(self.text, self.days_before, self.at, self.before, self.waits_longer_than)


Texts = tuple[TextEntry, ...]


class AreaPlan(Model):
    """What differs in one area."""

    default: Texts | None = None
    kinds: dict[AppointmentKind, Texts] = Field(default_factory=dict)


class PlanFile(Model):
    """The file: a plan for everything, for kinds of appointment, and for areas."""

    default: Texts
    kinds: dict[AppointmentKind, Texts] = Field(default_factory=dict)
    areas: dict[str, AreaPlan] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _each_text_once(self) -> PlanFile:
        for (area, kind), texts in self.lists().items():
            names = [entry.text for entry in texts]
            if len(names) != len(set(names)):
                where = " ".join(part for part in (area, kind) if part) or "default"
                raise ValueError(f"{where}: the same text is there twice")
        return self

    def lists(self) -> dict[tuple[str, str], Texts]:
        """Every list of texts by area and kind; an empty name stands for all of them."""
        found = {("", ""): self.default}
        found.update({("", kind.value): texts for kind, texts in self.kinds.items()})
        for area, own in self.areas.items():
            if own.default is not None:
                found[area, ""] = own.default
            found.update({(area, kind.value): texts for kind, texts in own.kinds.items()})
        return found


def load_plan(path: Path) -> PlanSpec:
    """The plan of a file; the plan built in when there is no such file.

    Raises:
        FlowInvalid: the file can't be read, or says something that makes no sense.
    """
    if not path.exists():
        return PlanSpec()
    try:
        found = PlanFile.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
    except ValidationError as error:
        problems = [
            Problem(path.name, ".".join(str(part) for part in one["loc"]) or "file",
                    one["msg"].removeprefix("Value error, "))
            for one in error.errors(include_url=False, include_context=False)
        ]  # fmt: skip
        raise FlowInvalid(problems) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise FlowInvalid([Problem(path.name, "file", str(error).splitlines()[0])]) from error
    return PlanSpec({where: tuple(entry.rule() for entry in texts) for where, texts in found.lists().items()})
