"""The shipped content, as tests read it: flows, and every text that can reach a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.engine.book import load_placeholders
from bot.engine.definition import Flow
from bot.engine.load import load_flow
from bot.engine.phrasebook import Phrasebook
from bot.engine.texts import PLACEHOLDER, fill

FLOWS = Path(__file__).resolve().parents[2] / "flows"
SPOKEN = ("say", "ask", "intro", "none", "nobody", "not_understood")
OURS = ("answers", "opting")


@dataclass(frozen=True)
class Text:
    """One text: where it is written, which variant it is, its words."""

    where: str
    variant: str
    words: str

    @property
    def filled(self) -> str:
        """As a person gets it, with the examples of flows/placeholders.yaml."""
        values = {name: one.example for name, one in load_placeholders(FLOWS / "placeholders.yaml").items()}
        missing = {name: "Samantha" for name in PLACEHOLDER.findall(self.words) if name not in values}
        return fill(self.words, {**values, **missing})


@cache
def flows() -> dict[str, Flow]:
    """Every shipped flow by its id."""
    found = [
        load_flow(path.read_text("utf-8"), path.name)
        for path in sorted(FLOWS.glob("*.yaml"))
        if "\nsteps:" in path.read_text("utf-8")
    ]
    return {flow.id: flow for flow in found}


def texts_of(flow: Flow) -> list[Text]:
    """Every text of a flow."""
    return [text for name, step in flow.steps.items() for text in step_texts(f"{flow.id}.{name}", step)]


def step_texts(where: str, step: Any) -> list[Text]:
    """Every text of one step."""
    return list(_texts(where, step.model_dump()))


@cache
def all_texts() -> tuple[Text, ...]:
    """Every text of every flow, and those said outside flows that we wrote."""
    phrases = Phrasebook.load(FLOWS / "texts")
    outside = [
        Text(name, variant, words)
        for name in phrases.names()
        if name.split(".")[0] in OURS
        for variant, words in phrases.variants(name).items()
    ]
    return tuple([text for flow in flows().values() for text in texts_of(flow)] + outside)


def _texts(where: str, value: Any, key: str = "") -> Iterator[Text]:
    if isinstance(value, dict):
        if key in SPOKEN and "en" in value:
            for variant, words in value.items():
                yield Text(f"{where}.{key}", variant, words)
            return
        for name, inner in value.items():
            yield from _texts(where, inner, name)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(where, inner)
