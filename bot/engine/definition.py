"""What a flow file may say: the models behind `flows/*.yaml`, and the JSON Schema for editors.

A step has exactly one kind, named by its key (`say`, `ask`, …). `go` names the step that comes after; `end`
is always there to go to. Durations are written `30m`, `2h`, `3d`; times of day `"18:30"`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from bot.engine.matching import AnswerTable
from bot.engine.texts import Variants
from bot.engine.vocabulary import (
    BOOLEAN_FACTS,
    END,
    PLACEHOLDERS,
    TEXT_FACTS,
    Duration,
    FactValue,
    Intents,
    StepName,
    WallTime,
    parse_duration,
)

__all__ = [
    "BOOLEAN_FACTS", "END", "KINDS", "MODELS", "PLACEHOLDERS", "TEXT_FACTS", "AnyStep", "AppointmentStep",
    "Ask", "Branch", "Choice", "Duration", "End", "Escalate", "Exit", "Flow", "Model", "NoReply", "Say",
    "Services", "ServicesQuery", "Set", "SubFlow", "Wait", "When", "flow_schema", "kind_of", "parse_duration",
]  # fmt: skip


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Exit(Model):
    """Where to go, and what to say on the way."""

    say: Variants | None = None
    go: StepName


class NoReply(Exit):
    after: Duration


class Choice(Model):
    """One answer: by its number, by words (fuzzy), or by what the text means (`intents`).

    `save` is what is kept for it instead of its first word.
    """

    number: int | None = None
    words: tuple[str, ...] = ()
    intents: Intents = ()
    save: str | None = None
    go: StepName

    @property
    def name(self) -> str:
        """What its exit is called in trails and coverage: its number, else its first word or intent."""
        if self.number is not None:
            return str(self.number)
        return next(iter((*self.words, *self.intents)), self.go)

    @property
    def kept(self) -> str:
        """What is kept when somebody gives this answer."""
        return self.save or (self.words[0] if self.words else self.name)


class Say(Model):
    say: Variants
    go: StepName = END


class Ask(Model):
    """A question. `save` keeps the answer under a name. After `not_understood` the question stays open."""

    ask: Variants
    kind: Literal["choice", "yes_no", "date", "time", "phone", "text"] = "choice"
    save: str | None = None
    choices: tuple[Choice, ...] = ()
    yes: StepName | None = None
    no: StepName | None = None
    go: StepName | None = None
    not_understood: Variants
    too_many_tries: Exit
    no_reply: NoReply

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Ask:
        if self.kind == "choice" and len(self.choices) < 2:
            raise ValueError("a choice needs at least two choices")
        if self.kind == "yes_no" and not (self.yes and self.no):
            raise ValueError("a yes_no question needs `yes:` and `no:`")
        if self.kind not in ("choice", "yes_no") and self.go is None:
            raise ValueError(f"a {self.kind} question needs `go:`")
        return self

    @cached_property
    def table(self) -> AnswerTable:
        """What is needed to match an answer, made once."""
        return AnswerTable([(choice.number, choice.words, choice.intents) for choice in self.choices])


class ServicesQuery(Model):
    """What to look for in the directory: open now first, own area before national."""

    category: tuple[str, ...] = Field(min_length=1)
    limit: int = Field(3, ge=1, le=5)
    only_open: bool = True


class Services(Model):
    """Say which services there are. `none` is said when there is no fit one (then `go_none`, or `go`)."""

    services: ServicesQuery
    intro: Variants | None = None
    none: Variants
    go_none: StepName | None = None
    go: StepName = END


class AppointmentStep(Model):
    """`show` says `say` filled from the next appointment; the others record the person's reply to it and
    tell the worker it is with. Without an appointment: `none`."""

    appointment: Literal["show", "coming", "cannot_make", "running_late"]
    say: Variants | None = None
    none: Exit
    go: StepName = END


class EscalationSpec(Model):
    urgency: Literal["danger", "today", "whenever"]
    reason: str
    need: str = ""


class Escalate(Model):
    """Fetch a human. `say` when somebody is on call, `nobody` when nobody is (else `say`)."""

    escalate: EscalationSpec
    say: Variants | None = None
    nobody: Variants | None = None
    go: StepName = END


class SetSpec(Model):
    """What to change. Each value is written out, or `=name` for an earlier answer."""

    need: str | None = None
    need_done: str | None = None
    language: str | None = None
    safe_to_text: Literal["yes", "discreet", "no"] | None = None
    consent: bool | None = None
    first_name: str | None = None
    area: str | None = None


class Set(Model):
    set: SetSpec
    go: StepName = END


class When(Model):
    """One way on. `when` maps facts (or `answer.name`) to a value or a list of values; all must hold. An
    empty `when` always holds."""

    when: dict[str, FactValue] = Field(default_factory=dict)
    go: StepName


class Branch(Model):
    branch: tuple[When, ...] = Field(min_length=1)


class WaitSpec(Model):
    for_: Duration | None = Field(None, alias="for")
    until: WallTime | None = None
    until_open: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> WaitSpec:
        if sum(value is not None for value in (self.for_, self.until, self.until_open)) != 1:
            raise ValueError("a wait has one of `for`, `until` or `until_open`")
        return self


class Wait(Model):
    wait: WaitSpec
    go: StepName


class SubFlow(Model):
    """Go through another flow and come back to `go`."""

    flow: StepName
    go: StepName = END


class End(Model):
    end: Literal[True]


KINDS: tuple[str, ...] = (
    "ask", "services", "appointment", "escalate", "set", "branch", "wait", "flow", "end", "say",
)  # fmt: skip


def kind_of(step: object) -> str | None:
    """Which kind of step this is, by its key; none when it has no such key. `say` is a key of others too."""
    if isinstance(step, Mapping):
        return next((kind for kind in KINDS if kind in step), None)
    fields = type(step).model_fields if isinstance(step, Model) else {}
    return next((kind for kind in KINDS if kind in fields), None)


MODELS: dict[str, type[Model]] = {
    "ask": Ask, "services": Services, "appointment": AppointmentStep, "escalate": Escalate, "set": Set,
    "branch": Branch, "wait": Wait, "flow": SubFlow, "end": End, "say": Say,
}  # fmt: skip
AnyStep = Say | Ask | Services | AppointmentStep | Escalate | Set | Branch | Wait | SubFlow | End
Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[Ask, Tag("ask")]
    | Annotated[Services, Tag("services")]
    | Annotated[AppointmentStep, Tag("appointment")]
    | Annotated[Escalate, Tag("escalate")]
    | Annotated[Set, Tag("set")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[SubFlow, Tag("flow")]
    | Annotated[End, Tag("end")],
    Discriminator(kind_of),
]


class Flow(Model):
    """One written conversation.

    `starts_on`: intents of a free text that start it. `first_contact`: it may be the first thing somebody
    hears from us, so its texts must give nothing away. `revision` is set when it is published, not written.
    """

    id: StepName
    title: str
    about: str
    starts_on: Intents = ()
    first_contact: bool = False
    reviewed: dict[str, bool] = Field(default_factory=dict)
    start: StepName
    steps: dict[StepName, Step]
    revision: int = Field(0, ge=0)

    def published(self, revision: int) -> Flow:
        """The same flow as this revision."""
        return self.model_copy(update={"revision": revision})


def flow_schema() -> dict[str, Any]:
    """The JSON Schema of a flow file, for editors."""
    schema = Flow.model_json_schema(mode="validation")
    schema["properties"].pop("revision")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
