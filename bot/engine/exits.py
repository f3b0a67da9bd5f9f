"""Every way out of a step, by name: for the runner's trail, for checks, and for coverage."""

from __future__ import annotations

from bot.engine.definition import (
    AnyStep,
    AppointmentStep,
    Ask,
    Branch,
    End,
    Escalate,
    Flow,
    Services,
    Wait,
)

NOT_UNDERSTOOD = "not_understood"
TOO_MANY_TRIES = "too_many_tries"
NO_REPLY = "no_reply"


def exits_of(step: AnyStep) -> dict[str, str | None]:
    """Each exit's name, and the step it leads to; none when it stays (`not_understood`) or ends."""
    if isinstance(step, Ask):
        return {
            **_answers(step),
            NOT_UNDERSTOOD: None,
            TOO_MANY_TRIES: step.too_many_tries.go,
            NO_REPLY: step.no_reply.go,
        }
    if isinstance(step, Services):
        return {"found": step.go, "none": step.go_none or step.go}
    if isinstance(step, AppointmentStep):
        return {"done": step.go, "none": step.none.go}
    if isinstance(step, Escalate):
        return {"on_call": step.go, "nobody": step.go}
    if isinstance(step, Branch):
        return {str(number): way.go for number, way in enumerate(step.branch, start=1)}
    if isinstance(step, Wait):
        return {"passed": step.go}
    if isinstance(step, End):
        return {"end": None}
    return {"done": step.go}


def _answers(step: Ask) -> dict[str, str | None]:
    if step.kind == "choice":
        return {choice.name: choice.go for choice in step.choices}
    if step.kind == "yes_no":
        return {"yes": step.yes, "no": step.no}
    return {"answered": step.go}


def all_exits(flow: Flow) -> list[str]:
    """Every exit of a flow as trails name it: `flow.step>exit`."""
    return [f"{flow.id}.{name}>{exit}" for name, step in flow.steps.items() for exit in exits_of(step)]
