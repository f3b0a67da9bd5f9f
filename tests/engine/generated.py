"""Flows and replies that hypothesis makes up."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.engine.definition import BOOLEAN_FACTS, Flow

NAMES = [f"s{number}" for number in range(7)]
WORDS = ["yes", "no", "food", "a bed", "talk to someone", "coming", "later", "1", "work and health"]
SAID = st.sampled_from(
    ["Hi ((first_name)).", "Ring 999 in danger.", "Text 1 or 2.", "You are in ((area)).",
     "#: 'odd' \"text\" - {x}", "yes", "18:30", "((on_call_name)) will text.\nSoon."]
)  # fmt: skip
TEXTS = st.one_of(
    SAID.map(lambda text: {"en": text}),
    st.fixed_dictionaries({"en": SAID}, optional={"pl": SAID, "discreet": SAID, "pl.discreet": SAID}),
)
DURATIONS = st.integers(1, 4000).map(lambda minutes: timedelta(minutes=minutes))
INTENTS = st.sampled_from(["food", "housing_tonight", "human_please", "thanks"])
REPLIES = st.one_of(
    st.sampled_from(
        ["1", "2", "no 1", "yes", "nah", "yh", "food", "fod", "tomorrow", "half 2", "07700 900123", "purple",
         "", "3 march", "talk to sumone", "👍", "0", "99", "can't make it"]
    ),
    st.text(max_size=30),
)  # fmt: skip


def _goes(names: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from([*names, "end"])


@st.composite
def _asks(draw: st.DrawFn, go: st.SearchStrategy[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["choice", "choice", "yes_no", "date", "time", "phone", "text"]))
    step: dict[str, Any] = {
        "ask": draw(TEXTS),
        "kind": kind,
        "save": draw(st.sampled_from([None, "answer", "town"])),
        "not_understood": draw(TEXTS),
        "too_many_tries": {"say": draw(st.none() | TEXTS), "go": draw(go)},
        "no_reply": {"say": draw(st.none() | TEXTS), "go": draw(go), "after": draw(DURATIONS)},
    }
    if kind == "choice":
        words = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True))
        step["choices"] = [
            {
                "number": draw(st.sampled_from([None, number])),
                "words": (word,),
                "intents": tuple(draw(st.lists(INTENTS, max_size=1))),
                "save": draw(st.sampled_from([None, "kept"])),
                "go": draw(go),
            }
            for number, word in enumerate(words, start=1)
        ]
    elif kind == "yes_no":
        step |= {"yes": draw(go), "no": draw(go)}
    else:
        step["go"] = draw(go)
    return step


def _steps(names: list[str], flows: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    go = _goes(names)
    when = st.dictionaries(st.sampled_from(BOOLEAN_FACTS[:3]), st.booleans(), min_size=1, max_size=2)
    ways = st.lists(st.fixed_dictionaries({"when": when, "go": go}), max_size=2)
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries({"say": TEXTS, "go": go}),
        _asks(go),
        st.fixed_dictionaries(
            {
                "services": st.fixed_dictionaries(
                    {"category": st.just(("food",)), "limit": st.integers(1, 5)}
                ),
                "intro": st.none() | TEXTS,
                "none": TEXTS,
                "go_none": st.none() | go,
                "go": go,
            }
        ),
        st.fixed_dictionaries(
            {
                "appointment": st.sampled_from(["coming", "cannot_make", "running_late"]),
                "say": st.none() | TEXTS,
                "none": st.fixed_dictionaries({"say": st.none() | TEXTS, "go": go}),
                "go": go,
            }
        ),
        st.fixed_dictionaries(
            {
                "escalate": st.just({"urgency": "today", "reason": "asked"}),
                "say": st.none() | TEXTS,
                "nobody": st.none() | TEXTS,
                "go": go,
            }
        ),
        st.fixed_dictionaries(
            {
                "set": st.sampled_from(
                    [{"consent": True}, {"language": "pl"}, {"safe_to_text": "discreet"}, {"need": "food"}]
                ),
                "go": go,
            }
        ),
        st.tuples(ways, go).map(lambda drawn: {"branch": [*drawn[0], {"go": drawn[1]}]}),
        st.fixed_dictionaries(
            {
                "wait": st.one_of(
                    DURATIONS.map(lambda wait: {"for": wait}),
                    st.times().map(lambda wall: {"until": time(wall.hour, wall.minute)}),
                    st.just({"until_open": "food"}),
                ),
                "go": go,
            }
        ),
        st.just({"end": True}),
    ]
    if flows:
        kinds.append(st.fixed_dictionaries({"flow": st.sampled_from(flows), "go": go}))
    return st.one_of(kinds)


@st.composite
def flows(draw: st.DrawFn, id: str = "made_up", others: tuple[str, ...] = ()) -> Flow:
    """Any flow that can be written, sound or not."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    steps = {name: draw(_steps(names, list(others))) for name in names}
    return Flow.model_validate(
        {
            "id": id,
            "title": "Made up: 'odd' # title",
            "about": "A flow\nof hypothesis",
            "starts_on": draw(st.lists(INTENTS, max_size=2, unique=True)),
            "first_contact": draw(st.booleans()),
            "reviewed": draw(st.dictionaries(st.sampled_from(["en", "pl"]), st.booleans())),
            "start": "s0",
            "steps": steps,
        }
    )
