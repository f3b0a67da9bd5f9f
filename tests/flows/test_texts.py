"""What is true of every text that can reach a phone."""

from __future__ import annotations

import re

import pytest

from bot.domain.sms_parts import parts
from bot.engine.book import load_placeholders
from bot.engine.definition import PLACEHOLDERS
from bot.engine.load import read_yaml
from tests.flows.content import FLOWS, Text, all_texts, flows, texts_of

LONGEST = 306
# Written here and not read from flows/giving_away.yaml: one list must not vouch for itself.
GIVES_AWAY = re.compile(
    r"\b(prison|jail|gaol|probation|parole|offen[cd]|licen[cs]e|recall|breach|custod|inmate|convict|criminal|"
    r"curfew|tagged|sentence|released?|cell|domestic|abuse|violen|refuge|getting out|got out)",
    re.IGNORECASE,
)
BLAMES = re.compile(r"\b(you (failed|missed|did not|didn't|must|have to)|your fault)\b", re.IGNORECASE)
# Numbers a text may hold: answered at every hour, so that a text can't send anybody to a shut line.
ALWAYS_OPEN = {"999", "111", "116 123", "85258", "55", "0808 2000 247"}
NUMBER = re.compile(r"\b\d[\d ]*\d\b")
EMERGENCY = read_yaml((FLOWS / "emergency.yaml").read_text("utf-8"), "emergency.yaml")


def ids(text: Text) -> str:
    return f"{text.where}-{text.variant}"


def test_there_are_texts_to_look_at() -> None:
    assert len(all_texts()) > 250


@pytest.mark.parametrize("text", all_texts(), ids=ids)
def test_a_text_is_plain_sms_and_no_longer_than_two_parts(text: Text) -> None:
    cost = parts(text.filled)

    assert cost.culprit is None, f"{cost.culprit!r} makes it dear"
    assert cost.encoding == "GSM-7"
    assert cost.characters <= LONGEST


def test_nearly_every_text_is_one_part() -> None:
    dear = [ids(text) for text in all_texts() if parts(text.filled).parts > 1]

    assert len(dear) <= len(all_texts()) / 20, dear


def test_no_text_says_where_somebody_has_been_or_what_is_wrong_at_home() -> None:
    assert [ids(text) for text in all_texts() if GIVES_AWAY.search(text.words)] == []


def test_a_text_only_holds_numbers_that_answer_at_every_hour() -> None:
    shown = {"12"}  # the date that shows how to write one
    found = [
        (ids(text), number)
        for text in all_texts()
        for number in NUMBER.findall(text.words)
        if number not in ALWAYS_OPEN | shown
    ]

    assert found == []


def test_no_text_blames() -> None:
    assert [ids(text) for text in all_texts() if BLAMES.search(text.words)] == []


def test_each_placeholder_is_described_and_has_an_example_and_a_fallback() -> None:
    written = load_placeholders(FLOWS / "placeholders.yaml")

    assert set(written) == set(PLACEHOLDERS)
    assert all(one.about and one.example and "en" in one.fallback for one in written.values())


@pytest.mark.parametrize("kind", ["sms", "voice"])
def test_the_emergency_text_has_numbers_for_danger_and_for_talk(kind: str) -> None:
    words = EMERGENCY[kind]["en"].replace(",", "")
    heard = words if kind == "sms" else re.sub(r"(?<=\d) (?=\d)", "", words)

    assert "999" in heard
    assert "111" in heard
    assert ("116 123" if kind == "sms" else "116123") in heard
    assert parts(words).culprit is None


def test_a_flow_is_marked_as_read_over_in_english() -> None:
    assert [flow.id for flow in flows().values() if not flow.reviewed.get("en")] == []


@pytest.mark.parametrize(
    "flow_id", ["first_night", "check_in", "health", "drugs_alcohol", "worry", "danger_self_harm"]
)
def test_what_tells_too_much_on_a_watched_phone_has_a_discreet_text(flow_id: str) -> None:
    assert "discreet" in {text.variant for text in texts_of(flows()[flow_id])}
