"""What is wrong with one step taken on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from bot.domain.directory import CATEGORIES
from bot.engine.definition import (
    BOOLEAN_FACTS,
    TEXT_FACTS,
    AnyStep,
    AppointmentStep,
    Ask,
    Branch,
    Escalate,
    Say,
    Services,
    SubFlow,
    Wait,
    When,
)
from bot.engine.definition import (
    Set as SetStep,
)
from bot.engine.facts import SPOKEN
from bot.engine.matching import normalise
from bot.engine.reply_words import NO, NUMBERS, YES

Found = Iterator[tuple[str, bool]]
HUMAN_FLOW = "talk_to_human"
_WORD_KINDS = ((YES, "yes"), (NO, "no"))


def texts_of(step: AnyStep) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each text of a step, by the key it stands under."""
    if isinstance(step, Say):
        yield "say", step.say
    elif isinstance(step, Ask):
        yield "ask", step.ask
        yield "not_understood", step.not_understood
        for key, way in (("too_many_tries", step.too_many_tries), ("no_reply", step.no_reply)):
            if way.say is not None:
                yield key, way.say
    elif isinstance(step, Services):
        if step.intro is not None:
            yield "intro", step.intro
        yield "none", step.none
    elif isinstance(step, AppointmentStep):
        if step.say is not None:
            yield "say", step.say
        if step.none.say is not None:
            yield "none", step.none.say
    elif isinstance(step, Escalate):
        for key, text in (("say", step.say), ("nobody", step.nobody)):
            if text is not None:
                yield key, text


def leads_to_human(step: AnyStep) -> tuple[bool, str | None]:
    """Whether a step fetches a human itself, and the sub-flow that may."""
    if isinstance(step, SubFlow):
        return step.flow == HUMAN_FLOW, step.flow
    return isinstance(step, Escalate), None


def check_step(name: str, step: AnyStep, *, flows: Set[str], saved: Set[str]) -> Found:
    """Each thing wrong with a step, as a reason and whether it is only a warning. `saved`: answers that are
    kept by some question of any flow."""
    if isinstance(step, Ask):
        yield from _ask(name, step)
    elif isinstance(step, Branch):
        yield from _branch(step, saved)
    elif isinstance(step, SubFlow) and step.flow not in flows:
        yield f"goes through the flow {step.flow}, and there is no such flow", False
    elif isinstance(step, SetStep):
        values = [value for _, value in step.set if value is not None]
        if not values:
            yield "sets nothing", False
        for value in values:
            if isinstance(value, str) and value.startswith("=") and value[1:] not in saved:
                yield f"uses the answer {value[1:]}, which no question keeps", False
    elif isinstance(step, Services):
        yield from _categories(step.services.category)
    elif isinstance(step, Wait) and step.wait.until_open is not None:
        yield from _categories([step.wait.until_open])
    elif isinstance(step, AppointmentStep) and step.appointment == "show" and step.say is None:
        yield "shows an appointment without a `say:`", False


def _categories(wanted: Iterable[str]) -> Found:
    for category in wanted:
        if category not in CATEGORIES:
            yield f"unknown category {category} of services; there are {', '.join(CATEGORIES)}", False


def _ask(name: str, ask: Ask) -> Found:
    if ask.kind != "choice" and ask.choices:
        yield f"has choices, but a {ask.kind} question takes none", False
    if ask.kind != "yes_no" and (ask.yes or ask.no):
        yield f"has `yes:` or `no:`, but a {ask.kind} question takes none", False
    if ask.kind in ("choice", "yes_no") and ask.go is not None:
        yield f"has `go:`, but a {ask.kind} question goes by its answers", False
    if ask.too_many_tries.go == name:
        yield "`too_many_tries` asks the same question again", False
    if ask.no_reply.go == name:
        yield "`no_reply` asks the same question again, for ever", True
    if ask.kind == "choice":
        yield from _choices(ask)


def _choices(ask: Ask) -> Found:
    owners: dict[str, int] = {}
    for index, choice in enumerate(ask.choices, start=1):
        if choice.number is None and not choice.words and not choice.intents:
            yield f"choice {index} can't be given: it has no number, word or intent", False
        keys = {f"number {choice.number}"} if choice.number is not None else set()
        keys |= {f"intent {intent}" for intent in choice.intents}
        for word in choice.words:
            plain = normalise(word)
            if not plain:
                yield f"choice {index}: the word {word!r} has no letters in it", False
                continue
            keys.add(_meaning(plain))
        for key in sorted(keys):
            other = owners.setdefault(key, index)
            if other != index:
                yield f"choices {other} and {index} both answer to {key}", False


def _meaning(word: str) -> str:
    """What a word is taken for: all ways of saying yes are one, and `2` and `two` are number 2."""
    for words, name in _WORD_KINDS:
        if word in words:
            return f"the word {name}"
    if word in NUMBERS:
        return f"number {NUMBERS[word]}"
    return f"number {word}" if word.isdigit() else f"the word {word}"


def _branch(branch: Branch, saved: Set[str]) -> Found:
    for number, way in enumerate(branch.branch, start=1):
        for fact, wanted in way.when.items():
            answer = fact.removeprefix("answer.")
            if answer != fact:
                if answer not in saved:
                    yield f"branch {number}: no question keeps the answer {answer}", False
            elif fact in BOOLEAN_FACTS:
                values = wanted if isinstance(wanted, tuple) else (wanted,)
                if any(not isinstance(one, bool) and one.casefold() not in SPOKEN for one in values):
                    yield f"branch {number}: {fact} is true or false, not {wanted!r}", False
            elif fact not in TEXT_FACTS:
                known = ", ".join((*BOOLEAN_FACTS, *TEXT_FACTS))
                yield f"branch {number}: unknown fact {fact}; there are {known}, and answer.name", False
        if not way.when and number < len(branch.branch):
            yield f"branch {number} always holds, so those after it never do", False
    if not _always_goes_on(branch.branch):
        yield "is a dead end when no `when` holds: end with one that has only `go:`", False


def _always_goes_on(ways: tuple[When, ...]) -> bool:
    """Whether some way always holds: an empty last one, or a fact with both its values."""
    if not ways[-1].when:
        return True
    alone = [next(iter(way.when.items())) for way in ways if len(way.when) == 1]
    for fact in BOOLEAN_FACTS:
        said = {
            wanted if isinstance(wanted, bool) else SPOKEN.get(str(wanted).casefold())
            for name, wanted in alone
            if name == fact
        }
        if {True, False} <= said:
            return True
    return False
