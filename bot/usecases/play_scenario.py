"""Plays a scenario through the real use cases and compares every text to the person with what is expected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import NoReturn

from bot.domain.messages import DeliveryStatus, InboundText, Kind
from bot.engine.scenario import CODE, Line, Scenario, until_of, wait_of
from bot.engine.transcript import Said, ScenarioResult, difference, fits, last_of, take_told
from bot.errors import BotError
from bot.store import conversations, outbox
from bot.usecases.move_clock import do_what_is_due, move_clock
from bot.usecases.receive_message import receive
from bot.usecases.record_status import record_status
from bot.usecases.run_flow import start_flow
from bot.usecases.scenario_stage import Content, Stage, set_stage
from bot.usecases.work import Work

_NOT_SAID = frozenset(
    {DeliveryStatus.DUE, DeliveryStatus.CLAIMED, DeliveryStatus.REFUSED, DeliveryStatus.SKIPPED}
)
_CODE = re.compile(r"\b([A-Z]\d{1,2})\b")


class Parted(Exception):
    """What happened is not what the scenario says."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines[0])
        self.lines = lines


def play(scenario: Scenario, *, file: str, content: Content) -> ScenarioResult:
    """Play one scenario from beginning to end, on a database of its own.

    Every text to the person has to be expected by an `us` line; of those to workers, the ones that a `told`
    line names. It stops at the first difference.
    """
    stage = set_stage(content, scenario)
    result = ScenarioResult(file, scenario.title)
    playing = _Playing(stage, result)
    try:
        for line in scenario.lines:
            playing.line(line)
        playing.nothing_more()
    except Parted as parted:
        result.difference = parted.lines
    except BotError as error:
        result.difference = [f"- {type(error).__name__}: {error}"]
    finally:
        with stage.deps.store.read() as conn:
            result.trail = {exit for history in conversations.histories(conn) for exit in history}
        stage.close()
    return result


@dataclass
class _Playing:
    """Where a scenario stands: what has been said and is not accounted for yet."""

    stage: Stage
    result: ScenarioResult
    to_person: list[Said] = field(default_factory=list)
    to_workers: dict[str, list[Said]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def line(self, line: Line) -> None:
        match line.kind:
            case "us":
                self._expect(line)
            case "told":
                self._expect_told(line)
            case "person":
                self.nothing_more()
                self._text_in(self.stage.address, "person", line.text)
            case "worker":
                self.nothing_more()
                worker = self._worker(line)
                words = line.text.replace(CODE, self.codes.get(line.name, CODE))
                self._text_in(worker, line.name, words)
            case "start":
                self.nothing_more()
                self._start(line.text)
            case "wait" | "until":
                self.nothing_more()
                self._go_on(line)

    def nothing_more(self) -> None:
        """Refuse texts to the person that no line expected."""
        if self.to_person:
            raise Parted(difference(None, self.to_person[0], who="person"))

    def _expect(self, line: Line) -> None:
        got = self.to_person.pop(0) if self.to_person else None
        if got is None or not fits(line, got.text):
            raise Parted(difference(line, got, who="person"))

    def _expect_told(self, line: Line) -> None:
        self._worker(line)
        waiting = self.to_workers.get(line.name, [])
        newest = last_of(waiting)
        if take_told(line, waiting) is None:
            raise Parted(difference(line, newest, who=line.name))

    def _worker(self, line: Line) -> str:
        worker = self.stage.workers.get(line.name)
        if worker is None:
            raise Parted([f"- {line.name} is not on call in this scenario: {', '.join(self.stage.workers)}"])
        return worker.phone

    def _text_in(self, address: str, who: str, body: str) -> None:
        deps = self.stage.deps
        now = deps.clock()
        self.result.transcript.append(Said(self.stage.local(now), who, body))
        provider_id = f"SMa{next(self.numbers):031d}"
        for answer in receive(deps, InboundText(provider_id, address, "+441614960000", body), now=now):
            # As the provider does with what it was given in the webhook's own answer.
            record_status(
                deps, provider_id=f"SMa{next(self.numbers):031d}", status="delivered", error_code=None,
                outbox_id=answer.outbox_id, now=now,
            )  # fmt: skip
        do_what_is_due(deps, now=now)
        self._collect()

    def _start(self, flow_id: str) -> None:
        deps, person = self.stage.deps, self.stage.person()
        if person is None:
            self._impossible(f"{flow_id} can't be started for a number that never texted")
        about = self.stage.appointment_id
        now = deps.clock()
        with deps.store.begin() as conn:
            subject = {"appointment": about} if about else None
            start_flow(Work(deps, conn, now), person, flow_id, subject=subject, kind=Kind.FLOW)
        do_what_is_due(deps, now=now)
        self._collect()

    def _go_on(self, line: Line) -> None:
        deps = self.stage.deps
        now = deps.clock()
        if line.kind == "wait":
            to = now + wait_of(line)
        else:
            to = self.stage.instant(until_of(line, local_now=self.stage.local(now).replace(tzinfo=None)))
        if to < now:
            self._impossible(f"{line} is in the past")
        move_clock(deps, to)
        self._collect()

    def _impossible(self, reason: str) -> NoReturn:
        raise Parted([f"- {reason}"])

    def _collect(self) -> None:
        """Take in every text that has gone out since the last look."""
        phones = {self.stage.address: "us"} | {w.phone: name for name, w in self.stage.workers.items()}
        with self.stage.deps.store.read() as conn:
            found = [(m, who) for address, who in phones.items() for m in outbox.to_address(conn, address)]
        for message, who in sorted(found, key=lambda pair: (pair[0].handed_at or pair[0].due_at, pair[0].id)):
            if message.id in self.seen or message.status in _NOT_SAID:
                continue
            self.seen.add(message.id)
            at = self.stage.local(message.handed_at or message.due_at)
            if who == "us":
                said = Said(at, "us", message.body)
                self.to_person.append(said)
                self.result.transcript.append(said)
                continue
            body = message.body
            if message.kind is Kind.PAGE and (code := _CODE.search(body)) is not None:
                self.codes[who] = code[1]
            if known := self.codes.get(who):
                body = re.sub(rf"\b{known}\b", CODE, body)
            said = Said(at, f"told {who}", body)
            self.to_workers.setdefault(who, []).append(said)
            self.result.transcript.append(said)
