"""What one turn of a conversation does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.engine import runner
from bot.engine.book import HUMAN_ASKED
from bot.engine.conversation import HISTORY_LIMIT, Conversation
from bot.engine.effects import ChangePerson, OpenEscalation, ReplyToAppointment, SendText, SetTimer
from tests.engine.worlds import ASK, FRIDAY, NOTHING, FakeWorld, flow, talk


def test_a_flow_begins_with_its_first_question_and_counts_silence_from_then():
    begun = talk(flow(ASK))

    assert begun.said == ["Somewhere to stay? 1 yes, 2 no"]
    assert begun.timers == [SetTimer("no_reply", 1, FRIDAY + timedelta(hours=2))]
    assert begun.conversation.asking
    assert begun.conversation.step == "first"


def test_an_answer_leads_on_and_is_kept():
    done = talk(flow(ASK)).says("yeah")

    assert done.turn.understood
    assert done.said == ["Good."]
    assert done.conversation.finished
    assert not done.conversation.asking
    assert done.conversation.answers == {"place": "yes"}
    assert done.turn.trail == ("test.first>1", "test.good>done")


def test_what_a_text_means_answers_too():
    assert talk(flow(ASK)).says("on the streets again", "housing_tonight").turn.trail[0] == "test.first>2"


def test_a_reply_that_is_not_understood_leaves_the_question_open():
    asked = talk(flow(ASK)).says("purple")

    assert not asked.turn.understood
    assert asked.said == ["Please text 1 or 2."]
    assert asked.conversation.asking
    assert asked.says("2").turn.understood


def test_silence_is_counted_afresh_from_the_text_that_asks_again():
    asked = talk(flow(ASK))
    asked.now += timedelta(hours=1, minutes=59)
    asked.says("purple")

    assert asked.timers == [SetTimer("no_reply", 2, asked.now + timedelta(hours=2))]
    assert asked.passes("no_reply", seq=1) is None
    assert asked.passes("no_reply", seq=2) is not None


def test_the_third_try_takes_its_own_exit():
    asked = talk(flow(ASK)).says("purple").says("monday").says("nonsense")

    assert not asked.turn.understood
    assert asked.turn.trail == ("test.first>too_many_tries", "test.human>nobody")
    assert asked.said == ["I will ask someone.", "We keep trying."]
    assert OpenEscalation("today", "no place") in asked.turn.effects


def test_no_reply_takes_its_own_exit():
    asked = talk(flow(ASK), world=FakeWorld(facts={"on_call": True}, values={"on_call_name": "Sam"}))

    assert asked.passes("no_reply") is not None
    assert asked.said == ["Are you there?", "Sam will text."]


def test_a_timer_is_late_once_the_question_is_answered():
    asked = talk(flow(ASK)).says("yes")

    assert asked.passes("no_reply", seq=1) is None


def test_a_question_that_was_overtaken_still_has_its_no_reply():
    asked = talk(flow(ASK))
    overtaken = asked.conversation.parked()

    late = runner.time_passed(
        overtaken, kind="no_reply", seq=1, book=asked.book, world=asked.world, now=asked.now
    )

    assert late is not None
    assert late.trail[0] == "test.first>no_reply"
    assert SendText("Are you there?") not in late.effects


def test_a_question_that_was_overtaken_takes_no_answer_but_can_be_matched():
    asked = talk(flow(ASK))
    overtaken = asked.conversation.parked()

    turn = runner.answer(overtaken, "1", NOTHING, book=asked.book, world=asked.world, now=asked.now)

    assert not turn.understood
    assert turn.effects == ()
    assert runner.matches(overtaken, "1", NOTHING, book=asked.book, world=asked.world, now=asked.now)
    assert not runner.matches(overtaken, "purple", NOTHING, book=asked.book, world=asked.world, now=asked.now)


def test_a_timer_of_another_kind_does_nothing():
    assert talk(flow(ASK)).passes("wait") is None


def test_a_conversation_goes_through_json_unchanged():
    steps = "first: {flow: other, go: after}\nafter: {say: Back.}"
    asked = talk(flow(steps), flow(ASK, id="other"), subject={"appointment": "a1"}).says("what")
    before = asked.conversation

    stored = json.loads(json.dumps(before.to_doc()))

    assert before == Conversation.from_doc(
        stored, id="c1", person_id="p1", flow_id="other", revision=1, asking=True, finished=False
    )


def test_a_sub_flow_comes_back_to_the_step_after_it():
    inner = flow(ASK, id="other")
    asked = talk(flow("first: {flow: other, go: after}\nafter: {say: Back.}"), inner)

    assert asked.conversation.flow_id == "other"
    assert asked.says("yes").said == ["Good.", "Back."]
    assert asked.conversation.flow_id == "test"
    assert asked.conversation.finished


def test_a_sub_flow_comes_back_to_the_revision_it_left():
    asked = talk(flow("first: {flow: other, go: after}\nafter: {say: Old.}"), flow(ASK, id="other"))
    asked.book.publish(flow("first: {flow: other, go: after}\nafter: {say: New.}").published(2))

    assert asked.says("yes").said == ["Good.", "Old."]


def test_an_answer_is_matched_against_the_revision_it_was_asked_by():
    asked = talk(flow(ASK))
    asked.book.publish(flow("first: {say: All new.}").published(2))

    assert asked.says("1").said == ["Good."]


def test_a_branch_takes_the_first_way_that_holds():
    steps = """
    first:
      branch:
        - {when: {consent: "yes", weekday: [saturday, Sunday]}, go: weekend}
        - {when: {hour: 21-8}, go: night}
        - {go: day}
    weekend: {say: Weekend.}
    night: {say: Night.}
    day: {say: Day.}
    """

    def said(**facts: bool | str) -> list[str]:
        return talk(flow(steps), world=FakeWorld(facts=facts)).said

    assert said(consent=True, weekday="sunday", hour="22") == ["Weekend."]
    assert said(consent=False, weekday="sunday", hour="7") == ["Night."]
    assert said(consent=True, weekday="monday", hour="8") == ["Day."]


def test_a_branch_can_go_by_an_earlier_answer():
    steps = ASK.replace(
        "good: {say: Good.}", "good: {branch: [{when: {answer.place: yes}, go: end}, {go: human}]}"
    )

    assert talk(flow(steps)).says("1").said == []


def test_a_wait_sets_a_timer_and_goes_on_when_it_is_over():
    waiting = talk(flow('first: {wait: {until: "18:30"}, go: hello}\nhello: {say: Evening.}'))

    assert waiting.timers == [SetTimer("wait", 1, FRIDAY.replace(hour=18, minute=30))]
    assert not waiting.conversation.asking
    assert waiting.passes("wait", seq=0) is None
    assert waiting.passes("wait") is not None
    assert waiting.said == ["Evening."]


def test_a_wait_until_it_opens_never_ends_at_once_and_has_a_morning_when_nobody_knows():
    steps = "first: {wait: {until_open: food}, go: hello}\nhello: {say: Hi.}"

    assert talk(flow(steps), world=FakeWorld(opens=FRIDAY)).timers[0].due_at == FRIDAY + timedelta(minutes=1)
    assert talk(flow(steps)).timers[0].due_at == FRIDAY.replace(day=6, hour=9, minute=0)


def test_services_are_one_text_or_two_and_none_has_its_own_way():
    steps = """
    first: {services: {category: [food]}, intro: Ring, none: Nothing open., go: end, go_none: human}
    human: {escalate: {urgency: today, reason: food}}
    """

    assert talk(flow(steps), world=FakeWorld(lines=["A 1", "B 2"])).said == ["Ring\nA 1\nB 2"]
    assert [len(text) for text in talk(flow(steps), world=FakeWorld(lines=["A" * 200] * 4)).said] == [
        205,
        200,
    ]
    nothing = talk(flow(steps))
    assert nothing.said == ["Nothing open."]
    assert nothing.turn.trail == ("test.first>none", "test.human>nobody")


def test_a_reply_to_an_appointment_goes_to_the_one_the_talk_is_about():
    steps = "first: {appointment: cannot_make, say: We will tell them., none: {say: No time., go: end}}"

    about = talk(flow(steps), world=FakeWorld(appointment="next"), subject={"appointment": "this"})

    assert about.turn.effects == (ReplyToAppointment("this", "cannot_make"), SendText("We will tell them."))
    assert talk(flow(steps)).said == ["No time."]


def test_what_was_set_already_counts_in_the_same_turn():
    steps = """
    first: {set: {language: pl, safe_to_text: discreet, first_name: Jan, area: Bury}, go: hello}
    hello: {say: {en: Hello, pl: Witaj, pl.discreet: "Cicho ((first_name)) ((area))"}, go: where}
    where: {branch: [{when: {discreet: true}, go: end}, {go: human}]}
    human: {escalate: {urgency: today, reason: x}}
    """
    changed = talk(flow(steps))

    assert changed.said == ["Cicho Jan Bury"]
    assert (
        ChangePerson(language="pl", safe_to_text="discreet", first_name="Jan", area="Bury")
        in changed.turn.effects
    )
    assert not any(isinstance(effect, OpenEscalation) for effect in changed.turn.effects)


def test_set_takes_an_earlier_answer_and_leaves_out_one_that_was_not_given():
    steps = ASK.replace("good: {say: Good.}", 'good: {set: {need: "=place", area: "=nothing"}}')

    assert talk(flow(steps)).says("1").turn.effects == (ChangePerson(need="yes"),)


def test_a_placeholder_comes_from_the_subject_then_the_world_then_its_fallback():
    steps = "first: {say: 'Hi ((first_name)), ((area)).'}"
    known = FakeWorld(values={"first_name": "Amina", "area": "Bolton"})

    assert talk(flow(steps), world=known, subject={"area": "Bury"}).said == ["Hi Amina, Bury."]
    assert talk(flow(steps)).said == ["Hi, your area."]


def test_too_many_steps_undo_the_turn_and_fetch_a_human():
    steps = "first: {say: Hi., go: again}\nagain: {set: {consent: true}, go: first}"
    stuck = talk(flow(steps))

    assert stuck.turn.effects == (OpenEscalation("today", "flow_too_long"), SendText(HUMAN_ASKED["en"]))
    assert stuck.conversation.finished


def test_a_limit_undoes_what_the_answer_changed():
    steps = ASK.replace(
        "good: {say: Good.}", "good: {set: {consent: true}, go: loop}\nloop: {say: Hi., go: good}"
    )
    stuck = talk(flow(steps)).says("1")

    assert [type(effect) for effect in stuck.turn.effects] == [OpenEscalation, SendText]
    assert stuck.conversation.answers == {}
    assert stuck.conversation.step == "first"
    assert stuck.conversation.finished


def test_flows_inside_flows_have_a_limit():
    deep = flow("first: {flow: test, go: end}")

    assert talk(deep).turn.effects[0] == OpenEscalation("today", "flow_too_deep")


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("first: {say: Hi., go: nowhere}", "flow_broken"),
        ("first: {flow: gone}", "flow_missing"),
        ("first: {branch: [{when: {consent: true}, go: end}]}", "flow_no_way_on"),
        ("first: {say: {pl: Witaj}}", "flow_text_missing"),
    ],
)
def test_what_is_not_there_fetches_a_human(steps, reason):
    assert talk(flow(steps)).turn.effects[0] == OpenEscalation("today", reason)


def test_services_are_those_of_an_area_just_named():
    steps = """
    first: {set: {area: Bury}, go: help}
    help: {services: {category: [food]}, none: None., go: end}
    """

    assert talk(flow(steps), world=FakeWorld(lines=["Kitchen"])).said == ["Kitchen (Bury)"]


def test_a_revision_that_is_lost_fetches_a_human():
    asked = talk(flow(ASK))
    asked.book = type(asked.book)()

    assert asked.says("1").turn.effects[0] == OpenEscalation("today", "flow_missing")


def test_history_is_bounded():
    steps = ASK.replace("human:", "human:\n  go: first")
    asked = talk(flow(steps))
    for _ in range(HISTORY_LIMIT):
        asked.says("no")

    assert len(asked.conversation.history) == HISTORY_LIMIT
