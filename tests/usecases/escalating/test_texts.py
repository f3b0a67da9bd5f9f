"""The texts about escalations: plain letters, short, discreet, and complete."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from bot.domain import sms_parts
from bot.engine.texts import PLACEHOLDER, fill
from tests.conftest import FLOWS

FILE = FLOWS / "texts" / "escalation.yaml"
TEXTS: dict[str, str] = YAML(typ="safe", pure=True).load(FILE.read_text("utf-8"))
TO_PEOPLE = (
    "to_person", "coming", "coming_unasked", "coming_instead", "with_you_now", "someone_else", "finished",
    "nobody", "nobody_open", "nobody_danger",
)  # fmt: skip
LONG = {
    "code": "K77", "area": "Greater Manchester", "first_name": "Bartholomew", "worker_name": "Bartholomew",
    "link": "https://gatepost.example.org.uk/staff/escalations/0197f0b1c2d3e4f5a6b7c8d9e0",
    "why": "missed an appointment (did not feel up to it) and wants another time", "count": "12",
    "names": "Sam Example, Lee Example", "reason": "their number does not work",
    "when": "Wednesday 10 June 4:05pm", "from": "Wednesday 10 June 4:05pm", "to": "Thursday 11 June 9am",
    "word": "done",
}  # fmt: skip
SOURCES = FLOWS.parent / "bot" / "usecases" / "escalating"


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_in_plain_letters_and_at_most_two_parts(name: str) -> None:
    text = fill(TEXTS[name], LONG)

    found = sms_parts.parts(text)
    assert found.encoding == "GSM-7"
    assert found.parts <= 2


@pytest.mark.parametrize("name", TO_PEOPLE)
def test_texts_to_people_fit_one_part_and_give_nothing_away(name: str) -> None:
    text = fill(TEXTS[name], LONG | {"services": "", "words": ""})

    assert len(text) <= 160
    assert not re.search(r"prison|offen|licen|recall|probation|fault|must", text, re.IGNORECASE)


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_asks_for_a_word_the_provider_takes_for_itself(name: str) -> None:
    assert not re.search(r"\b(stop|end|quit|cancel|yes)\b", TEXTS[name], re.IGNORECASE)


def test_page_texts_begin_with_urgency_and_code_and_say_all_there_is_to_say() -> None:
    for urgency in ("danger", "today", "whenever"):
        text = TEXTS[f"page_{urgency}"]
        assert text.startswith(f"{urgency.upper()} ((code)) ")
        assert {"code", "area", "first_name", "why", "link"} == set(PLACEHOLDER.findall(text))


def test_every_text_is_used_and_every_text_that_is_used_is_there() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    named = set(re.findall(r'"(?:escalation\.)?([a-z_]+)"', code)) | {
        "page_danger", "page_today", "page_whenever", "coming", "coming_unasked", "coming_instead",
    }  # fmt: skip

    assert set(TEXTS) <= named
    assert set(re.findall(r'"escalation\.([a-z_]+)"', code)) <= set(TEXTS)
    assert set(re.findall(r'\bsay\(\s*work, worker, "([a-z_]+)"', code)) <= set(TEXTS)
