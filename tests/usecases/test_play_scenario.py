"""A scenario goes through the real use cases: texts, timers, workers, quiet hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.scenario import Scenario, load_scenarios
from bot.engine.transcript import ScenarioResult
from bot.usecases.play_scenario import play
from bot.usecases.scenario_stage import Content
from tests.engine.worlds import ASK, flow

FLOWS = Path(__file__).resolve().parents[2] / "flows"
HEAD = "- title: Test\n  at: 2026-06-05 17:30\n  on_call: [Sam, Lee]\n  services: none\n"


@pytest.fixture(scope="module")
def content() -> Content:
    steps = ASK + "later: {wait: {for: 1h}, go: hello}\nhello: {say: An hour on.}\n"
    steps = steps.replace("good: {say: Good.}", "good: {say: Good., go: later}")
    return Content.load(FLOWS).with_flows([flow(steps)])


def scenario(talk: str, head: str = HEAD) -> Scenario:
    lines = "".join(f"    - {line.strip()}\n" for line in talk.strip().splitlines())
    (found,) = load_scenarios(f"{head}  talk:\n{lines}", "test.yaml")
    return found


def played(talk: str, content: Content, head: str = HEAD) -> ScenarioResult:
    return play(scenario(talk, head), file="test.yaml", content=content)


def test_a_scenario_that_goes_as_written(content):
    result = played(
        """
        start: test
        us: Somewhere to stay? 1 yes, 2 no
        person: 1
        us: Good.
        wait: 30m
        wait: 30m
        us: An hour on.
        """,
        content,
    )

    assert result.passed, result.lines()
    assert {"test.first>1", "test.good>done", "test.later>passed", "test.hello>done"} <= result.trail
    assert [(said.at.strftime("%H:%M"), said.who) for said in result.transcript] == [
        ("17:30", "us"), ("17:30", "person"), ("17:30", "us"), ("18:30", "us"),
    ]  # fmt: skip


def test_a_worker_is_told_takes_it_and_talks(content):
    result = played(
        """
        start: test
        us~: Somewhere to stay?
        person: no
        us: Sam will text.
        told Sam~: ((code))
        worker Sam: ((code))
        told Sam~: Amina
        us~: Sam
        """,
        content,
    )

    assert result.passed, result.lines()


def test_silence_goes_on_by_itself(content):
    result = played(
        """
        start: test
        us~: Somewhere to stay?
        until: "19:30"
        us: Are you there?
        us: Sam will text.
        """,
        content,
    )

    assert result.passed, result.lines()
    assert "test.first>no_reply" in result.trail


@pytest.mark.parametrize(
    ("talk", "expected", "got"),
    [
        ("start: test\nus: Something else", "us: Something else", "us: Somewhere to stay? 1 yes, 2 no"),
        ("start: test\nperson: 1", "nothing more to person", "us: Somewhere to stay? 1 yes, 2 no"),
        ("start: test", "nothing more to person", "us: Somewhere to stay? 1 yes, 2 no"),
        ("us: Hello", "us: Hello", "nothing to person"),
        ("told Sam: Hello", "told Sam: Hello", "nothing to Sam"),
    ],
)
def test_a_difference_is_shown(content, talk, expected, got):
    result = played(talk, content)

    assert not result.passed
    assert result.difference[0] == f"- expected  {expected}"
    assert result.difference[1].endswith(got)


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        ("worker Kim: hi", "- Kim is not on call in this scenario: Sam, Lee"),
        ("start: gone", "- NotFound: there is no flow gone"),
        ("until: 2026-06-05 17:00", "- until: 2026-06-05 17:00 is in the past"),
    ],
)
def test_what_can_not_happen_is_said(content, talk, reason):
    assert played(talk, content).difference == [reason]


def test_what_we_start_in_quiet_hours_waits_for_the_morning(content):
    head = HEAD.replace("17:30", "23:30")
    result = played('start: test\nuntil: "08:00"\nus~: Somewhere to stay?', content, head)

    assert result.passed, result.lines()


def test_a_number_that_was_never_seen_gets_an_answer(content):
    head = f"{HEAD}  person: {{known: no}}\n"
    result = played("person: hello", content, head)

    assert result.transcript[0].who == "person"
    assert result.transcript[1].who == "us"


def test_a_number_that_was_never_seen_can_not_be_written_to_first(content):
    head = f"{HEAD}  person: {{known: no}}\n"

    assert played("start: test", content, head).difference == [
        "- test can't be started for a number that never texted"
    ]
