"""What is true of every shipped flow."""

from __future__ import annotations

import pytest

from bot.domain.reading import INTENTS
from bot.engine.definition import Ask, Branch, Escalate, Flow, Say, Services, SubFlow
from tests.flows.content import FLOWS, flows, step_texts, texts_of

DANGER = ("danger_self_harm", "danger_violence", "danger_medical")
BEGUN_BY_NAME = (
    "welcome", "first_night", "check_in", "appointment_reminder", "missed_appointment", "place_to_stay",
    "food", "money", "id_docs", "health", "talk_to_human", "help", "opted_in", "not_understood", "new_person",
    "cancel_what", *DANGER,
)  # fmt: skip
EVERY = sorted(flows().values(), key=lambda flow: flow.id)


def ids(flow: Flow) -> str:
    return flow.id


@pytest.mark.parametrize("intent", INTENTS)
def test_whatever_a_text_means_one_flow_answers_it(intent: str) -> None:
    assert len([flow.id for flow in EVERY if intent in flow.starts_on]) == 1


@pytest.mark.parametrize("flow_id", BEGUN_BY_NAME)
def test_a_flow_that_is_begun_by_name_is_there(flow_id: str) -> None:
    assert flow_id in flows()


@pytest.mark.parametrize("flow", EVERY, ids=ids)
def test_a_file_is_named_after_its_flow(flow: Flow) -> None:
    assert (FLOWS / f"{flow.id}.yaml").is_file()


@pytest.mark.parametrize("flow", EVERY, ids=ids)
def test_every_flow_has_a_way_to_a_human(flow: Flow) -> None:
    reaches = any(isinstance(step, Escalate) for step in flow.steps.values()) or any(
        isinstance(step, SubFlow) for step in flow.steps.values()
    )

    assert reaches or any("HUMAN" in text.words for text in texts_of(flow))


@pytest.mark.parametrize("flow", EVERY, ids=ids)
def test_services_are_only_ever_those_that_are_open(flow: Flow) -> None:
    steps = [step for step in flow.steps.values() if isinstance(step, Services)]

    assert all(step.services.only_open for step in steps)
    assert all(step.none["en"] for step in steps)


@pytest.mark.parametrize("flow", EVERY, ids=ids)
def test_a_worker_is_only_named_where_one_is_on_call(flow: Flow) -> None:
    """`nobody` texts, and whatever a branch leads to when nobody is on call, name no one."""
    silent = [step.nobody["en"] for step in flow.steps.values() if isinstance(step, Escalate) and step.nobody]
    for step in flow.steps.values():
        if isinstance(step, Branch) and any("on_call" in way.when for way in step.branch):
            nobody = step.branch[-1].go
            silent += [text.words for text in step_texts(nobody, flow.steps[nobody])]

    assert not [words for words in silent if "((on_call_name))" in words]


@pytest.mark.parametrize("flow", EVERY, ids=ids)
def test_an_escalation_that_names_the_worker_also_says_what_is_true_when_nobody_is(flow: Flow) -> None:
    for name, step in flow.steps.items():
        if (
            isinstance(step, Escalate)
            and step.say
            and any("on_call_name" in words for words in step.say.values())
        ):
            assert step.nobody, name


@pytest.mark.parametrize("flow_id", DANGER)
def test_danger_begins_with_the_number_and_says_who_is_told(flow_id: str) -> None:
    flow = flows()[flow_id]
    who = flow.steps[flow.start]
    assert isinstance(who, Branch)

    told, nobody = (flow.steps[way.go] for way in who.branch)

    assert isinstance(told, Say)
    assert isinstance(nobody, Say)
    for words in (*told.say.values(), *nobody.say.values()):
        assert "999" in words[:40]
    assert all("((on_call_name))" in words for words in told.say.values())
    assert all("No one of us is on call" in words for words in nobody.say.values())


def test_a_place_to_stay_lists_what_is_open_before_anything_else() -> None:
    flow = flows()["place_to_stay"]
    first = flow.steps[flow.start]
    assert isinstance(first, Services)

    page = flow.steps[first.go]

    assert first.services.category == ("housing",)
    assert isinstance(page, Escalate)
    assert page.escalate.urgency == "today"
    assert any("responsible_name" in text.words for text in texts_of(flow))


def test_the_reminder_is_its_flows_first_question() -> None:
    flow = flows()["appointment_reminder"]
    first = flow.steps[flow.start]
    assert isinstance(first, Ask)

    assert first.ask == {"en": "((reminder_text))"}
    assert {choice.number for choice in first.choices} >= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "flow_id", ["welcome", "new_person", "which_area", "wrong_number", "first_night", *DANGER]
)
def test_what_may_be_heard_first_is_marked_so(flow_id: str) -> None:
    assert flows()[flow_id].first_contact
