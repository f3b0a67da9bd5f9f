"""What one reply says to one question, by the kind of question."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.reading import Reading
from bot.engine.answers import KEPT_LENGTH, Answer, read_answer
from bot.engine.definition import Ask
from tests.engine.worlds import flow

FRIDAY = date(2026, 6, 5)


def question(kind: str, go: str = "go: end") -> Ask:
    step = flow(
        f"first: {{ask: x, kind: {kind}, {go}, not_understood: x, too_many_tries: {{go: end}}, "
        "no_reply: {after: 1h, go: end}}"
    ).steps["first"]
    assert isinstance(step, Ask)
    return step


def value(kind: str, text: str) -> str | None:
    found = read_answer(question(kind), text, Reading(), today=FRIDAY)
    return found.value if found else None


def test_dates_and_times_are_kept_in_one_form():
    assert value("date", "tmrw") == "2026-06-06"
    assert value("date", "soon") is None
    assert value("time", "half 2 pm") == "14:30"
    assert value("time", "whenever") is None


@pytest.mark.parametrize(
    "text",
    [
        "07700 900123",
        "+44 7700 900123",
        "my new number is 07700900123 thanks",
        "(07700) 900-123",
        "00447700900123",
    ],
)
def test_a_phone_number_is_kept_as_the_world_dials_it(text):
    assert value("phone", text) == "+447700900123"


@pytest.mark.parametrize(
    "text", ["", "none", "07700", "07700 900123 or 07700 900124", "12345678901234567890"]
)
def test_no_number_or_two_of_them_is_no_answer(text):
    assert value("phone", text) is None


def test_free_text_is_kept_in_its_own_words_but_not_without_end():
    assert value("text", "  The bus\n never came ") == "The bus never came"
    assert value("text", " \n ") is None
    assert len(value("text", "word " * 400) or "") <= KEPT_LENGTH


def test_yes_and_no_lead_to_their_own_steps():
    ask = question("yes_no", '"yes": end, "no": first')

    assert read_answer(ask, "yh", Reading(), today=FRIDAY) == Answer("yes", "end", "yes")
    assert read_answer(ask, "nah", Reading(), today=FRIDAY) == Answer("no", "first", "no")
    assert read_answer(ask, "purple", Reading(), today=FRIDAY) is None
