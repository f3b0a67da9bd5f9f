"""One turn on its way through the steps of a flow: what has been said, changed and kept so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bot.engine.book import FlowBook
from bot.engine.conversation import Conversation, Frame, Turn
from bot.engine.definition import (
    END,
    PLACEHOLDERS,
    AnyStep,
    AppointmentStep,
    Ask,
    Branch,
    Escalate,
    Flow,
    Say,
    Services,
    Set,
    SubFlow,
    Wait,
)
from bot.engine.effects import (
    ChangePerson,
    Effect,
    OpenEscalation,
    ReplyToAppointment,
    SendText,
    SetTimer,
)
from bot.engine.facts import holds
from bot.engine.service_texts import join_services
from bot.engine.texts import PLACEHOLDER, choose, fill
from bot.engine.world import World
from bot.errors import NotFound

STEPS_A_TURN = 25
DEPTH = 8
ANSWERS_KEPT = 40
# A wait never ends at once: a flow that waits for what is already there would go round without rest.
SHORTEST_WAIT = timedelta(minutes=1)
MORNING = time(9)


class LimitReached(Exception):
    """A turn can't go on; `reason` is for the worker who is fetched."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Walk:
    """What one turn changes, kept apart from the conversation until `turn` puts it together."""

    def __init__(
        self, conversation: Conversation, flow: Flow, *, book: FlowBook, world: World, now: datetime
    ) -> None:
        self._before = conversation
        self._flow = flow
        self._step = conversation.step
        self._book = book
        self._world = world
        self._now = now
        self._language = world.language
        self._flavour = world.flavour
        self._seq = conversation.seq
        self._asking = False
        self._finished = False
        self._tries = 0
        self._answers = conversation.answers
        self._stack = conversation.stack
        self._effects: list[Effect] = []
        self._trail: list[str] = []
        self._changed: dict[str, bool | str] = {}

    def turn(self, *, understood: bool = True) -> Turn:
        """The conversation as it stands after the turn, and its effects."""
        before = self._before
        trail = tuple(self._trail)
        after = Conversation(
            id=before.id, person_id=before.person_id, flow_id=self._flow.id, revision=self._flow.revision,
            step=self._step, seq=self._seq, asking=self._asking, finished=self._finished, tries=self._tries,
            answers=self._answers, stack=self._stack, subject=before.subject, history=before.history,
        ).noted(*trail)  # fmt: skip
        return Turn(after, tuple(self._effects), understood=understood, trail=trail)

    def take(self, exit: str) -> None:
        """Note the exit by which the step is left."""
        self._trail.append(f"{self._flow.id}.{self._step}>{exit}")

    def keep(self, name: str, value: str) -> None:
        """Remember an answer; the oldest goes when there are too many."""
        kept = {**self._answers, name: value}
        while len(kept) > ANSWERS_KEPT:
            del kept[next(iter(kept))]
        self._answers = kept

    def say(self, variants: Mapping[str, str]) -> None:
        """Say one text, in the best variant there is."""
        if text := self._text(variants):
            self._effects.append(SendText(text))

    def ask_again(self, ask: Ask, *, tries: int) -> None:
        """Leave the question open, with silence counted from now."""
        self._tries = tries
        self._open(ask)

    def go(self, name: str) -> None:
        """Run steps from this one until a question, a wait or the end.

        Raises:
            LimitReached: too many steps, sub-flows too deep, or a step or flow that is not there.
        """
        following: str | None = name
        steps = 0
        while following is not None:
            if following == END and END not in self._flow.steps:
                following = self._come_back()
                continue
            steps += 1
            if steps > STEPS_A_TURN:
                raise LimitReached("flow_too_long")
            step = self._flow.steps.get(following)
            if step is None:
                raise LimitReached("flow_broken")
            self._step = following
            following = self._run(step)

    def _run(self, step: AnyStep) -> str | None:
        """Do one step; the name of the next, none when the turn is over."""
        if isinstance(step, Say):
            self.say(step.say)
            self.take("done")
            return step.go
        if isinstance(step, Ask):
            self.say(step.ask)
            self._open(step)
            return None
        if isinstance(step, Branch):
            return self._branch(step)
        if isinstance(step, Services):
            return self._services(step)
        if isinstance(step, AppointmentStep):
            return self._appointment(step)
        if isinstance(step, Escalate):
            return self._escalate(step)
        if isinstance(step, Set):
            return self._set(step)
        if isinstance(step, Wait):
            self._seq += 1
            self._effects.append(SetTimer("wait", self._seq, self._wait_until(step)))
            return None
        if isinstance(step, SubFlow):
            return self._enter(step)
        self.take("end")
        return self._come_back()

    def _open(self, ask: Ask) -> None:
        self._seq += 1
        self._asking = True
        self._effects.append(SetTimer("no_reply", self._seq, self._now + ask.no_reply.after))

    def _branch(self, step: Branch) -> str:
        for number, way in enumerate(step.branch, start=1):
            if all(holds(wanted, self._fact(name)) for name, wanted in way.when.items()):
                self.take(str(number))
                return way.go
        raise LimitReached("flow_no_way_on")

    def _services(self, step: Services) -> str:
        lines = self._world.service_lines(step.services)
        if not lines:
            self.take("none")
            self.say(step.none)
            return step.go_none or step.go
        self.take("found")
        intro = self._text(step.intro) if step.intro is not None else ""
        self._effects.extend(SendText(text) for text in join_services(intro, lines))
        return step.go

    def _appointment(self, step: AppointmentStep) -> str:
        appointment = self._before.subject.get("appointment") or self._world.appointment_id()
        if appointment is None:
            self.take("none")
            if step.none.say is not None:
                self.say(step.none.say)
            return step.none.go
        self.take("done")
        if step.appointment != "show":
            self._effects.append(ReplyToAppointment(appointment, step.appointment))
        if step.say is not None:
            self.say(step.say)
        return step.go

    def _escalate(self, step: Escalate) -> str:
        spec = step.escalate
        self._effects.append(OpenEscalation(spec.urgency, spec.reason, spec.need))
        on_call = bool(self._fact("on_call"))
        self.take("on_call" if on_call else "nobody")
        text = step.say if on_call or step.nobody is None else step.nobody
        if text is not None:
            self.say(text)
        self._changed["escalation_open"] = True
        return step.go

    def _set(self, step: Set) -> str:
        values: dict[str, Any] = {
            name: self._answers.get(value[1:]) if isinstance(value, str) and value.startswith("=") else value
            for name, value in step.set
        }
        change = ChangePerson(**values)
        if change != ChangePerson():
            self._effects.append(change)
            self._remember(change)
        self.take("done")
        return step.go

    def _remember(self, change: ChangePerson) -> None:
        """The rest of the turn already speaks to the person as changed."""
        if change.language:
            self._language = self._changed["language"] = change.language
        if change.safe_to_text:
            discreet = change.safe_to_text != "yes"
            self._changed["discreet"] = discreet
            if discreet or self._flavour == "discreet":
                self._flavour = "discreet" if discreet else None
        if change.consent is not None:
            self._changed["consent"] = change.consent
        if change.first_name:
            self._changed |= {"has_first_name": True, "first_name": change.first_name}
        if change.area:
            self._changed["area"] = change.area
            self._world = self._world.in_area(change.area)

    def _wait_until(self, step: Wait) -> datetime:
        spec = step.wait
        if spec.for_ is not None:
            due = self._now + spec.for_
        elif spec.until is not None:
            due = self._world.at_wall(spec.until, after=self._now)
        else:
            opens = self._world.next_open(spec.until_open or "")
            due = self._world.at_wall(MORNING, after=self._now) if opens is None else opens
        return max(due, self._now + SHORTEST_WAIT)

    def _enter(self, step: SubFlow) -> str:
        if len(self._stack) >= DEPTH:
            raise LimitReached("flow_too_deep")
        self.take("done")
        self._stack = (*self._stack, Frame(self._flow.id, self._flow.revision, step.go))
        try:
            self._flow = self._book.current(step.flow)
        except NotFound as error:
            raise LimitReached("flow_missing") from error
        return self._flow.start

    def _come_back(self) -> str | None:
        """The step after the sub-flow that has just ended; the conversation is over without one."""
        if not self._stack:
            self._finished = True
            return None
        *rest, frame = self._stack
        self._stack = tuple(rest)
        try:
            self._flow = self._book.get(frame.flow_id, frame.revision)
        except NotFound as error:
            raise LimitReached("flow_missing") from error
        return frame.step

    def _fact(self, name: str) -> bool | str:
        if name.startswith("answer."):
            return self._answers.get(name.removeprefix("answer."), "")
        changed = self._changed.get(name)
        return self._world.fact(name) if changed is None else changed

    def _text(self, variants: Mapping[str, str]) -> str:
        try:
            text = choose(variants, language=self._language, flavour=self._flavour)
        except KeyError as error:
            raise LimitReached("flow_text_missing") from error
        if "((" not in text:
            return text
        return fill(text, {name: self._value(name) for name in PLACEHOLDER.findall(text)})

    def _value(self, name: str) -> str:
        changed = self._changed.get(name) if name in ("first_name", "area") else None
        known = self._before.subject.get(name) or changed
        if not known and name in PLACEHOLDERS:
            known = self._world.value(name)
        return str(known) if known else self._book.fallback(name, self._language)
