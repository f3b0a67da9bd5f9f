"""The scenarios beside the flows, each played through the real use cases."""

from __future__ import annotations

import pytest

from bot.engine.scenario import Scenario, load_scenario_folder
from bot.usecases.flow_commands import check_flows
from bot.usecases.play_scenario import play
from bot.usecases.scenario_stage import Content
from tests.flows.content import FLOWS

KINDS = {"happy", "not_understood", "no_reply", "opt_out", "danger"}
# The flows that must be shown in every way a talk can go.
SHOWN = (
    "welcome", "first_night", "appointment_reminder", "missed_appointment", "place_to_stay", "food", "money",
    "id_docs", "health", "talk_to_human", "help", "opted_in", "not_understood", "check_in",
)  # fmt: skip
SCENARIOS = load_scenario_folder(FLOWS / "scenarios")
EVERY = [(file, scenario) for file, found in SCENARIOS.items() for scenario in found]
NAMES = [f"{file.removesuffix('.yaml')}: {scenario.title}" for file, scenario in EVERY]
# What is wrong without harm, each with why it stays.
KNOWN_WARNINGS = {"thanks.yaml": "has no way to a human"}  # it asks nothing, and its text says HUMAN


@pytest.fixture(scope="module")
def content() -> Content:
    return Content.load(FLOWS)


@pytest.mark.parametrize(("file", "scenario"), EVERY, ids=NAMES)
def test_a_talk_goes_as_it_is_written(file: str, scenario: Scenario, content: Content) -> None:
    result = play(scenario, file=file, content=content)

    assert result.passed, "\n".join(result.lines())


@pytest.mark.parametrize("flow_id", SHOWN)
def test_a_flow_is_shown_in_every_way_a_talk_can_go(flow_id: str) -> None:
    shown = {scenario.shows for scenario in SCENARIOS[f"{flow_id}.yaml"]}

    assert shown >= KINDS


def test_every_scenario_says_what_it_shows() -> None:
    assert [scenario.title for _, scenario in EVERY if scenario.shows not in KINDS] == []


def test_titles_differ_within_a_file() -> None:
    for file, found in SCENARIOS.items():
        assert len({scenario.title for scenario in found}) == len(found), file


def test_the_shipped_flows_pass_their_checks() -> None:
    wrong = [
        problem
        for problem in check_flows(FLOWS)
        if not problem.file.startswith("texts/")
        and KNOWN_WARNINGS.get(problem.file, "-") not in problem.reason
    ]

    assert wrong == []
