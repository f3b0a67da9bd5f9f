"""What `flows check` finds."""

from __future__ import annotations

import pytest

from bot.engine.checks import check_flows, check_texts, cost_line
from bot.engine.definition import Flow
from bot.engine.reading_age import reading_age, syllables
from tests.engine.worlds import ASK, PLACEHOLDERS, flow

EXITS = "not_understood: Please., too_many_tries: {go: human}, no_reply: {after: 1h, go: human}"
HUMAN = "human: {escalate: {urgency: today, reason: x}}"


def wrong(*flows: Flow) -> list[str]:
    """The problems that stop publishing."""
    return [str(one) for one in check_flows(flows, PLACEHOLDERS) if not one.warning]


def warnings(*flows: Flow) -> list[str]:
    return [str(one) for one in check_flows(flows, PLACEHOLDERS) if one.warning]


def test_a_good_flow_has_nothing_wrong_with_it():
    assert check_flows([flow(ASK)], PLACEHOLDERS) == []


def test_steps_and_flows_that_are_not_there():
    assert wrong(flow(ASK.replace("good: {say: Good.}", "good: {say: Good., go: nowhere}"))) == [
        "test.yaml: step good: goes to nowhere, and there is no such step",
        "test.yaml: step good: is a dead end: the flow can never end from here",
    ]
    assert "test.yaml: step good: goes through the flow gone, and there is no such flow" in wrong(
        flow(ASK.replace("good: {say: Good.}", "good: {flow: gone}"))
    )
    assert "test.yaml: flow: `start`: there is no step nowhere" in wrong(flow(ASK, start="nowhere"))


def test_steps_that_nothing_leads_to():
    assert wrong(flow(ASK + "alone: {say: Hello?}")) == [
        "test.yaml: step alone: can't be reached: no step leads here"
    ]


def test_a_flow_that_can_never_end():
    steps = "first: {wait: {for: 1d}, go: again}\nagain: {flow: other, go: first}\n"

    assert wrong(flow(steps), flow(ASK, id="other")) == [
        "test.yaml: step first: is a dead end: the flow can never end from here",
        "test.yaml: step again: is a dead end: the flow can never end from here",
    ]


def test_a_branch_has_to_go_on_whatever_holds():
    def of(ways: str) -> list[str]:
        return [one for one in wrong(flow(f"first: {{branch: {ways}}}\n{HUMAN}")) if "step first" in one]

    dead_end = "test.yaml: step first: is a dead end when no `when` holds: end with one that has only `go:`"
    assert of("[{when: {consent: true}, go: human}]") == [dead_end]
    assert of("[{when: {area: Bury}, go: human}]") == [dead_end]
    assert of("[{when: {consent: true}, go: human}, {when: {consent: 'no'}, go: end}]") == []
    assert of("[{when: {consent: true}, go: human}, {go: end}]") == []
    assert of("[{go: human}, {when: {consent: true}, go: end}, {go: end}]") == [
        "test.yaml: step first: branch 1 always holds, so those after it never do"
    ]


def test_a_branch_asks_only_for_facts_that_there_are():
    def of(when: str) -> str:
        return wrong(flow(f"first: {{branch: [{{when: {{{when}}}, go: human}}, {{go: end}}]}}\n{HUMAN}"))[0]

    assert "branch 1: unknown fact moon; there are" in of("moon: full")
    assert of("consent: maybe").endswith("branch 1: consent is true or false, not 'maybe'")
    assert of("answer.shoe_size: large").endswith("branch 1: no question keeps the answer shoe_size")


def test_services_are_of_a_category_that_there_is():
    asked = flow(f"first: {{services: {{category: [food, fod]}}, none: Nothing., go: human}}\n{HUMAN}")
    waits = flow(f"first: {{wait: {{until_open: fod}}, go: human}}\n{HUMAN}")

    for found in (wrong(asked), wrong(waits)):
        assert [one.split(";")[0] for one in found] == [
            "test.yaml: step first: unknown category fod of services"
        ]


def test_a_set_needs_an_answer_that_is_kept():
    steps = ASK.replace("good: {say: Good.}", "good: {set: {area: =town}}")

    assert wrong(flow(steps)) == ["test.yaml: step good: uses the answer town, which no question keeps"]
    assert wrong(flow(steps.replace("save: place", "save: town"))) == []


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("number: 1", "number: 1", "number 1"),
        ("words: [Food!]", "words: [food]", "the word food"),
        ("words: [yeah]", "words: [aye]", "the word yes"),
        ("number: 2", "words: [two]", "number 2"),
        ("intents: [food]", "intents: [food, thanks]", "intent food"),
    ],
)
def test_two_choices_that_answer_to_the_same(first, second, shared):
    choices = f"choices: [{{{first}, go: end}}, {{{second}, go: human}}]"

    assert wrong(flow(f"first: {{ask: Which?, {choices}, {EXITS}}}\n{HUMAN}")) == [
        f"test.yaml: step first: choices 1 and 2 both answer to {shared}"
    ]


def test_a_choice_that_nobody_can_give():
    choices = "choices: [{go: end}, {words: ['?'], go: human}]"

    assert wrong(flow(f"first: {{ask: Which?, {choices}, {EXITS}}}\n{HUMAN}")) == [
        "test.yaml: step first: choice 1 can't be given: it has no number, word or intent",
        "test.yaml: step first: choice 2: the word '?' has no letters in it",
    ]


def test_exits_that_go_round_the_same_question():
    again = ASK.replace(
        "too_many_tries: {say: I will ask someone., go: human}", "too_many_tries: {go: first}"
    )
    nagging = ASK.replace("say: Are you there?, go: human", "go: first")

    assert wrong(flow(again)) == ["test.yaml: step first: `too_many_tries` asks the same question again"]
    assert warnings(flow(nagging)) == [
        "test.yaml: step first: `no_reply` asks the same question again, for ever"
    ]


def test_a_question_needs_a_way_to_a_human():
    alone = ASK.replace(
        "human:\n  escalate: {urgency: today, reason: no place}", "human:\n  set: {need: place}"
    )
    alone = alone.split("  say:")[0]
    reason = "test.yaml: flow: has no way to a human: no step is `escalate` or goes to talk_to_human"

    assert wrong(flow(alone)) == [reason]
    assert warnings(flow("first: {say: Bye.}")) == [reason]
    assert wrong(flow(alone.replace("set: {need: place}", "flow: other")), flow(ASK, id="other")) == []


def test_a_round_without_a_question_or_a_wait():
    inside = flow(
        "first: {say: Hi., go: more}\nmore: {branch: [{when: {consent: true}, go: first}, {go: end}]}"
    )
    assert any(
        "goes round without a question or a wait: test.first > test.more > test.first" in one
        for one in wrong(inside)
    )

    waits = flow(
        "first: {wait: {for: 1d}, go: more}\nmore: {branch: [{when: {consent: true}, go: first}, {go: end}]}"
    )
    assert wrong(waits) == []


def test_a_round_through_other_flows():
    one = flow("first: {flow: two}", id="one")
    two = flow("first: {flow: one}", id="two")
    asks = flow(ASK.replace("good: {say: Good.}", "good: {flow: two}"), id="one")

    assert {problem.split(":")[0] for problem in wrong(one, two) if "goes round" in problem} == {
        "one.yaml",
        "two.yaml",
    }
    assert wrong(asks, two) == []


def test_a_turn_that_is_too_long():
    steps = (
        "".join(f"s{number}: {{say: Hi., go: s{number + 1}}}\n" for number in range(26)) + "s26: {say: Bye.}"
    )

    assert wrong(flow(steps, start="s0")) == ["test.yaml: flow: may take 27 steps in one turn; at most 25"]


def test_two_flows_that_start_on_the_same_intent():
    one = flow(ASK, id="one", starts_on="[food]")
    two = flow(ASK, id="two", starts_on="[food]")

    assert wrong(one, two) == ["two.yaml: flow: starts on food, and so does one"]


def said(text: str, **more: str) -> Flow:
    return flow(f"first: {{say: {text}, go: human}}\n{HUMAN}", **more)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("'Hi ((frist_name)).'", "unknown placeholder ((frist_name))"),
        ("'Hi ((first name)).'", "has a placeholder that is not written ((name))"),
        ("'Hi {{first_name}}.'", "has a placeholder that is not written ((name))"),
        ("'Hi (first_name)).'", "has a placeholder that is not written ((name))"),
        ("Lorem ipsum", "has dummy text left in it: 'Lorem'"),
        ("'Ring XXX'", "has dummy text left in it: 'XXX'"),
        ("'Ring ???'", "has dummy text left in it: '???'"),
        ("' '", "is empty"),
        ("{pl: Witaj}", "has no English text, which all others fall back to"),
        ("{en: Hi, loud: HI}",
         "'loud' is not a variant; write en, pl, en.discreet, discreet, whatsapp or voice"),
        ("'About your probation.'", "'probation' gives the person away (en)"),
        ("{en: Hi, discreet: 'Your licence.'}", "'licence' gives the person away (discreet)"),
    ],
)  # fmt: skip
def test_a_text_that_must_not_go_out(text, reason):
    assert f"test.yaml: step first: say: {reason}" in wrong(said(text))


def test_an_open_text_may_be_open_beside_a_discreet_one_but_not_at_a_first_contact():
    text = "{en: Your probation worker., discreet: Your worker.}"
    told = "test.yaml: step first: say: 'probation' gives the person away (en)"

    assert wrong(said(text)) == []
    assert warnings(said(text)) == [told]
    assert wrong(said(text, first_contact="true")) == [told]


def test_what_a_text_costs():
    assert warnings(said(f"'{'Hi you. ' * 40}'")) == [
        "test.yaml: step first: say: is 3 parts (320 characters); at most 2"
    ]
    assert warnings(said("'Don’t go.'")) == [
        "test.yaml: step first: say: '’' is no plain SMS character: 1 part(s) of 70 characters"
    ]
    assert cost_line(flow(ASK), PLACEHOLDERS) == "test.yaml: en 7 texts, 7 parts, longest 30 characters"


def test_a_language_that_is_missing_or_not_reviewed():
    found = flow(f"first: {{say: {{en: Hi, pl: Witaj}}, go: next}}\nnext: {{say: Bye., go: human}}\n{HUMAN}")

    assert warnings(found) == [
        "test.yaml: step next: say: has no text in pl; the English one is sent",
        "test.yaml: flow: its pl texts are not reviewed yet",
    ]


def test_a_text_that_is_hard_to_read():
    hard = (
        "Following consideration of your application, accommodation availability necessitates prioritisation."
    )

    assert any(
        "needs a reading age of" in one
        for one in warnings(said(f"'{hard} Additional documentation required.'"))
    )
    assert (
        warnings(said("'You can ring them now. They are free to call. They can help you find a bed.'")) == []
    )


def test_texts_outside_flows_take_any_placeholder_and_may_name_things_to_workers():
    found = list(check_texts("escalation", {"page": {"en": "((code)) today: probation, TODO"}}, PLACEHOLDERS))

    assert [(problem.file, problem.where, problem.warning) for problem in found] == [
        ("texts/escalation.yaml", "page", False),
        ("texts/escalation.yaml", "page", True),
    ]


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("place", 1), ("tonight", 2), ("housing", 2), ("table", 2), ("asked", 1), ("wanted", 2),
    ("the", 1),
     ("emergency", 4), ("rhythm", 1), ("x", 1)],
)  # fmt: skip
def test_syllables(word, count):
    assert syllables(word) == count


def test_names_and_numbers_do_not_make_a_text_hard():
    plain = "Which town are you in now? Text us the name of it, or say no. "

    assert reading_age(plain + "For example Altrincham, Stalybridge, Manchester.") <= 9
    assert reading_age("Ring 0161 496 0000 or 07700 900123.") == 5
