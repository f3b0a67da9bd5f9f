"""`flows check`: what would go wrong with flows, found before anybody is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.sms_parts import parts
from bot.engine.book import Placeholder
from bot.engine.definition import END, PLACEHOLDERS, Ask, Flow, SubFlow
from bot.engine.flow_map import FlowMap, can_end, reached, targets_of
from bot.engine.step_checks import check_step, leads_to_human, texts_of
from bot.engine.text_checks import check_text, languages_of
from bot.engine.walk import STEPS_A_TURN
from bot.errors import Problem


def check_flows(flows: Sequence[Flow], placeholders: Mapping[str, Placeholder]) -> list[Problem]:
    """Everything wrong with these flows and how they hang together, graver things first.

    Each problem's `file` is the flow's id with `.yaml`. A `warning` does not stop publishing.
    """
    found: list[Problem] = []
    for flow in flows:
        found += check_flow(flow, flows, placeholders)
    found += _clashing_intents(flows)
    found += _endless(flows)
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda problem: problem.warning)


def check_flow(
    flow: Flow, flows: Sequence[Flow], placeholders: Mapping[str, Placeholder]
) -> Iterator[Problem]:
    """What is wrong with one flow, given the others it may go to."""
    file = f"{flow.id}.yaml"
    if flow.start not in flow.steps:
        yield Problem(file, "flow", f"`start`: there is no step {flow.start}")
    names = set(flow.steps) | {END}
    saved = _saved(flows)
    others = {other.id for other in flows} | {flow.id}
    for name, step in flow.steps.items():
        where = f"step {name}"
        for target in targets_of(step):
            if target not in names:
                yield Problem(file, where, f"goes to {target}, and there is no such step")
        for reason, warning in check_step(name, step, flows=others, saved=saved):
            yield Problem(file, where, reason, warning)
    yield from _dead_ends(flow, file)
    yield from _human(flow, flows, file)
    yield from _texts(flow, file, placeholders)


def check_texts(
    group: str, texts: Mapping[str, Mapping[str, str]], placeholders: Mapping[str, Placeholder]
) -> Iterator[Problem]:
    """What is wrong with the texts outside flows (`flows/texts/<group>.yaml`).

    Their values come from code, so any placeholder may stand in them. Words that give somebody away are
    warnings, since some of these texts go to workers.
    """
    examples = _examples(placeholders)
    for name, variants in texts.items():
        for reason, warning in check_text(variants, examples=examples, known=None):
            yield Problem(f"texts/{group}.yaml", name, reason, warning or "gives the person away" in reason)


def cost_line(flow: Flow, placeholders: Mapping[str, Placeholder]) -> str:
    """What a flow's texts cost, by language: how many texts, parts in all, and the longest."""
    examples = _examples(placeholders)
    said = [variants for step in flow.steps.values() for _, variants in texts_of(step)]
    lines = []
    for language in languages_of(said, flow.reviewed) or ["en"]:
        counts = [
            parts(_fill(text, examples))
            for variants in said
            for name, text in variants.items()
            if name.split(".")[0] == language
        ]
        if counts:
            longest = max(count.characters for count in counts)
            total = sum(count.parts for count in counts)
            lines.append(f"{language} {len(counts)} texts, {total} parts, longest {longest} characters")
    return f"{flow.id}.yaml: {'; '.join(lines) or 'says nothing itself'}"


def _examples(placeholders: Mapping[str, Placeholder]) -> dict[str, str]:
    return {name: known.example for name, known in placeholders.items() if known.example}


def _fill(text: str, examples: Mapping[str, str]) -> str:
    for name, example in examples.items():
        text = text.replace(f"(({name}))", example)
    return text


def _saved(flows: Iterable[Flow]) -> set[str]:
    """The names of all answers that are kept anywhere: of the question's `save`, else of its step."""
    return {step.save or name for flow in flows for name, step in flow.steps.items() if isinstance(step, Ask)}


def _dead_ends(flow: Flow, file: str) -> Iterator[Problem]:
    seen = reached(flow)
    ends = can_end(flow)
    for name in flow.steps:
        if name not in seen:
            yield Problem(file, f"step {name}", "can't be reached: no step leads here")
        elif name not in ends:
            yield Problem(file, f"step {name}", "is a dead end: the flow can never end from here")


def _human(flow: Flow, flows: Sequence[Flow], file: str) -> Iterator[Problem]:
    by_id = {other.id: other for other in flows} | {flow.id: flow}
    seen: set[str] = set()
    waiting = [flow.id]
    while waiting:
        here = by_id.get(waiting.pop())
        if here is None or here.id in seen:
            continue
        seen.add(here.id)
        for name in reached(here):
            to_human, sub_flow = leads_to_human(here.steps[name])
            if to_human:
                return
            if sub_flow is not None:
                waiting.append(sub_flow)
    asks = any(isinstance(step, Ask) for step in flow.steps.values())
    # What only ever runs inside other flows gives way to them, and they are checked themselves.
    inside = not flow.starts_on and any(
        isinstance(step, SubFlow) and step.flow == flow.id for other in flows for step in other.steps.values()
    )
    reason = "has no way to a human: no step is `escalate` or goes to talk_to_human"
    yield Problem(file, "flow", reason, not asks or inside)


def _texts(flow: Flow, file: str, placeholders: Mapping[str, Placeholder]) -> Iterator[Problem]:
    examples = _examples(placeholders)
    known = {*PLACEHOLDERS, *placeholders}
    every: list[tuple[str, Mapping[str, str]]] = [
        (f"step {name}: {key}", variants)
        for name, step in flow.steps.items()
        for key, variants in texts_of(step)
    ]
    languages = languages_of([variants for _, variants in every], flow.reviewed)
    for where, variants in every:
        for reason, warning in check_text(
            variants, examples=examples, languages=languages, first_contact=flow.first_contact, known=known
        ):
            yield Problem(file, where, reason, warning)
    for language in languages:
        if language != "en" and not flow.reviewed.get(language, False):
            yield Problem(file, "flow", f"its {language} texts are not reviewed yet", True)


def _clashing_intents(flows: Sequence[Flow]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for flow in sorted(flows, key=lambda one: one.id):
        for intent in flow.starts_on:
            other = first.setdefault(intent, flow.id)
            if other != flow.id:
                yield Problem(f"{flow.id}.yaml", "flow", f"starts on {intent}, and so does {other}")


def _endless(flows: Sequence[Flow]) -> Iterator[Problem]:
    together = FlowMap(flows)
    found = together.endless()
    for places in found:
        way = " > ".join(f"{flow_id}.{name}" for flow_id, name in (*places, places[0]))
        for flow_id in dict.fromkeys(flow_id for flow_id, _ in places):
            name = next(step for other, step in places if other == flow_id)
            reason = f"goes round without a question or a wait: {way}"
            yield Problem(f"{flow_id}.yaml", f"step {name}", reason)
    if found:
        return
    for flow in flows:
        if (steps := together.longest_turn(flow.id)) > STEPS_A_TURN:
            reason = f"may take {steps} steps in one turn; at most {STEPS_A_TURN}"
            yield Problem(f"{flow.id}.yaml", "flow", reason)
