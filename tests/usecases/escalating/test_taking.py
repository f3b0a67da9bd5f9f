"""Take, pass and close by text; who is told what."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.escalations import EscalationStatus, PageState, Urgency
from bot.domain.messages import Kind
from bot.store import events, people, person_areas
from bot.usecases import escalating
from tests.usecases.escalating.desk import Desk


def test_the_code_takes_it_and_the_person_hears_who_comes(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)

    (answer,) = desk.says("sam", code)

    assert answer == (
        f"{code} is yours: Ash. Text {code} and your words to reach them, {code} done to close it, "
        f'{code} pass to pass it on. They wrote: "nowhere to stay"'
    )
    assert desk.texts("ash") == ["Sam has your message and will text you from this number."]
    standing = desk.escalation(escalation.id)
    assert (standing.status, standing.taken_by) == (EscalationStatus.TAKEN, "sam")


def test_case_and_spaces_in_a_code_do_not_matter(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)

    desk.says("sam", f"  {code[0].lower()} {code[1:]} ")

    assert desk.escalation(escalation.id).taken_by == "sam"


def test_ok_takes_the_only_offer(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    escalation = desk.open("ash")

    desk.says("sam", "OK")

    assert desk.escalation(escalation.id).taken_by == "sam"


def test_ok_with_several_offers_lists_the_codes_and_takes_none(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    one = desk.open("ash")
    two = desk.open("ash", need="food")

    (answer,) = desk.says("sam", "ok")

    assert answer == (
        f"More than one is waiting: {desk.code('sam', one)} Ash (waiting), "
        f"{desk.code('sam', two)} Ash (waiting). Text the code of the one you take."
    )
    assert desk.escalation(one.id).taken_by is None
    assert desk.escalation(two.id).taken_by is None


def test_words_of_stopping_and_yes_are_never_commands(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    escalation = desk.open("ash")

    for word in ("stop", "end", "quit", "cancel", "yes"):
        desk.says("sam", word)

    standing = desk.escalation(escalation.id)
    assert (standing.status, standing.taken_by) == (EscalationStatus.OPEN, None)


def test_the_second_taker_is_told_who_has_it_and_others_stand_down(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.wait(minutes=15)
    desk.says("lee", desk.code("lee", escalation))
    code = desk.code("sam", escalation)

    (answer,) = desk.says("sam", code)

    assert answer == f"Lee has {code}, so you are free. Thank you."
    assert desk.texts("sam")[1] == f"{code}: Lee has it. You can stand down, thank you."
    assert desk.escalation(escalation.id).taken_by == "lee"
    assert desk.texts("ash") == ["Lee has your message and will text you from this number."]


def test_nobody_is_paged_once_it_is_taken(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))

    desk.wait(minutes=59)

    assert desk.paged() == ["sam"]


def test_pass_goes_to_the_next_at_once(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)

    (answer,) = desk.says("sam", f"{code} pass")

    assert answer == f"{code} goes to the next. Thank you."
    assert desk.paged() == ["sam", "lee"]


def test_pass_of_what_was_taken_gives_it_back_and_tells_the_person(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    desk.says("sam", f"{code} pass")

    standing = desk.escalation(escalation.id)
    assert (standing.status, standing.taken_by) == (EscalationStatus.OPEN, None)
    assert desk.paged() == ["sam", "lee"]
    assert desk.texts("ash")[-1] == "Sam can't do it now. We are asking someone else."


def test_what_is_given_back_goes_first_to_whoever_stood_beside(desk: Desk) -> None:
    desk.on_call("sam", "kay", level=1)
    desk.on_call("lee", level=2)
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    desk.says("sam", f"{code} pass")

    assert desk.paged() == ["sam", "kay", "kay"]
    assert desk.pages(escalation.id)["kay"].state is PageState.PAGED


def test_when_everybody_passes_the_person_hears_the_truth(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")

    desk.says("sam", f"{desk.code('sam', escalation)} pass")
    desk.says("lee", f"{desk.code('lee', escalation)} pass")

    assert desk.escalation(escalation.id).exhausted_at == desk.now
    assert len(desk.texts("ash")) == 1
    assert "nobody" in desk.texts("ash")[0]


def test_whoever_passed_may_still_take_it(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", f"{code} pass")

    desk.says("sam", code)

    assert desk.escalation(escalation.id).taken_by == "sam"


def test_done_closes_it_with_the_note_and_nothing_falls_due_after(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    (answer,) = desk.says("sam", f"{code} done rang him, sorted")
    desk.wait(days=2)

    standing = desk.escalation(escalation.id)
    assert answer == f"{code} is closed. Thank you."
    assert (standing.status, standing.close_note) == (EscalationStatus.CLOSED, "rang him, sorted")
    assert standing.next_due is None
    assert desk.paged() == ["sam"]
    assert desk.texts("ash")[-1] == "Sam has finished for now. You can text us any time, day or night."


def test_closing_at_night_does_not_wake_the_person(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    desk.clock.forward(hours=7)
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))

    desk.says("sam", f"{desk.code('sam', escalation)} done")

    assert desk.texts("ash") == ["Sam has your message and will text you from this number."]


def test_done_without_taking_it_first_closes_it_and_stands_others_down(desk: Desk) -> None:
    desk.on_call("sam", "kay", level=1)
    desk.person("ash")
    escalation = desk.open("ash")

    desk.says("sam", f"{desk.code('sam', escalation)} done")

    assert desk.escalation(escalation.id).status is EscalationStatus.CLOSED
    assert desk.texts("kay")[-1] == (
        f"{desk.code('kay', escalation)} is closed. You can stand down, thank you."
    )


def test_nobody_else_can_close_or_pass_what_somebody_has(desk: Desk) -> None:
    desk.on_call("sam", "kay", level=1)
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))
    code = desk.code("kay", escalation)

    assert desk.says("kay", f"{code} done") == [f"Sam has {code}, so you are free. Thank you."]
    assert desk.says("kay", f"{code} pass") == [f"Sam has {code}, so you are free. Thank you."]
    assert desk.escalation(escalation.id).taken_by == "sam"


def test_a_closed_code_says_that_it_is_closed(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = desk.code("sam", desk.open("ash"))
    desk.says("sam", f"{code} done")

    for text in (code, f"{code} pass", f"{code} done"):
        assert desk.says("sam", text) == [f"{code} is closed. Nothing more to do."]
    assert desk.says("sam", f"{code} hello") == [f"{code} is closed. Your words were not sent."]


def test_an_hour_of_quiet_is_nudged_once_then_offered_to_the_next(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    desk.wait(minutes=60)
    assert desk.texts("sam")[-1].startswith(f"{code}: an hour without a word with Ash.")
    assert desk.paged() == ["sam"]
    desk.wait(minutes=15)

    assert desk.paged() == ["sam", "lee"]
    assert desk.escalation(escalation.id).taken_by == "sam"
    assert len([text for text in desk.texts("sam") if "an hour without" in text]) == 1


def test_another_may_take_over_from_a_quiet_taker_and_everyone_hears(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)
    desk.wait(minutes=75)

    desk.says("lee", desk.code("lee", escalation))

    assert desk.escalation(escalation.id).taken_by == "lee"
    assert desk.texts("sam")[-1] == f"Lee has {code} now. Thank you."
    assert desk.texts("ash")[-1] == "Lee has your message now and will text you from this number."


def test_a_sign_of_life_keeps_it_and_stands_the_others_down(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)
    desk.wait(minutes=75)

    desk.says("sam", code)

    assert desk.texts("lee")[-1] == (
        f"{desk.code('lee', escalation)}: Sam is back on it. You can stand down, thank you."
    )
    assert desk.says("lee", desk.code("lee", escalation))[0].startswith("Sam has")
    assert desk.escalation(escalation.id).next_due == desk.now + timedelta(hours=1)


def test_a_quiet_taker_with_nobody_else_goes_red_and_is_never_dropped(desk: Desk) -> None:
    desk.on_call("sam")
    desk.worker("gail", role="coordinator", areas=("national",))
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))

    desk.wait(hours=4)

    standing = desk.escalation(escalation.id)
    assert standing.exhausted_at is not None
    assert standing.next_due is not None
    assert any(row.kind is Kind.WARNING for row in desk.rows("gail"))
    assert any("so we ask others too" in text for text in desk.texts("sam"))


def test_danger_for_a_need_somebody_has_reaches_them_and_gives_them_three_minutes(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    desk.open("ash", urgency=Urgency.DANGER, words="he has a knife", reason="danger: violence")
    assert desk.texts("sam")[-1].startswith(f'DANGER {code}: Ash, danger: violence: "he has a knife".')
    desk.wait(minutes=3)

    assert desk.paged() == ["sam", "lee"]


def test_a_repeat_of_what_somebody_has_reaches_them(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    desk.open("ash", words="still nowhere")

    assert desk.texts("sam")[-1] == f'{code} Ash again, nowhere to stay tonight: "still nowhere".'


def test_taking_an_offered_person_moves_them_and_tells_everyone(desk: Desk) -> None:
    desk.worker("max", role="key_worker")
    desk.worker("cora", role="coordinator")
    desk.on_call("kay", area="Salford")
    desk.person("ash", responsible_worker_id="max")
    offer = desk.open("ash", need="area:Salford", area="Salford", words="", reason="moves to Salford")

    desk.says("kay", desk.code("kay", offer))

    with desk.deps.store.read() as conn:
        person = people.get(conn, "ash")
        history = person_areas.history(conn, "ash")
        moves = [event for event in events.of_person(conn, "ash") if event.kind == "person_moved"]
    assert person is not None
    assert (person.area, person.responsible_worker_id) == ("Salford", "kay")
    assert [area for area, _, _ in history] == ["Bolton", "Salford"]
    assert len(moves) == 1
    assert desk.texts("ash") == ["Kay is with you now and will text you from this number."]
    assert desk.texts("max") == ["Kay Example in Salford is responsible for Ash now."]
    assert desk.texts("cora") == ["Kay Example in Salford is responsible for Ash now."]


def test_an_offer_nobody_takes_warns_coordinators_and_leaves_the_person_where_they_are(desk: Desk) -> None:
    desk.worker("gail", role="coordinator", areas=("Greater Manchester",))
    desk.on_call("kay", area="Salford")
    desk.person("ash")

    desk.open("ash", need="area:Salford", area="Salford", words="", reason="moves to Salford")
    desk.wait(hours=1)

    assert desk.texts("ash") == []
    assert any(row.kind is Kind.WARNING for row in desk.rows("gail"))
    with desk.deps.store.read() as conn:
        person = people.get(conn, "ash")
    assert person is not None
    assert person.area == "Bolton"


def test_an_offer_to_another_area_withdraws_the_first(desk: Desk) -> None:
    desk.on_call("kay", area="Salford")
    desk.on_call("lee", area="Wigan")
    desk.person("ash")
    first = desk.open("ash", need="area:Salford", area="Salford", words="", reason="moves to Salford")

    desk.open("ash", need="area:Wigan", area="Wigan", words="", reason="moves to Wigan")

    assert desk.escalation(first.id).status is EscalationStatus.CLOSED
    assert desk.texts("kay")[-1].endswith("is closed. You can stand down, thank you.")


def test_every_step_is_on_the_record(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", f"{desk.code('sam', escalation)} pass")
    desk.says("lee", f"{desk.code('lee', escalation)} on my way")
    desk.writes("ash", "thanks")
    desk.says("lee", f"{desk.code('lee', escalation)} done")

    with desk.deps.store.read() as conn:
        kinds = [event.kind for event in events.of_escalation(conn, escalation.id)]

    assert kinds == [
        "escalation_opened", "escalation_paged", "escalation_passed", "escalation_paged", "escalation_taken",
        "relayed_to_person", "relayed_to_worker", "escalation_closed",
    ]  # fmt: skip


def test_what_a_person_adds_while_they_wait_reaches_the_taker(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    escalation = desk.open("ash")
    with desk.work() as work:
        person = people.get(work.conn, "ash")
        assert person is not None
        assert escalating.add_words(work, person, "by the station") is True

    (answer,) = desk.says("sam", desk.code("sam", escalation))

    assert "nowhere to stay\nby the station" in answer


def test_new_danger_while_a_quiet_worker_has_it_gives_them_three_minutes(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash", urgency=Urgency.DANGER, need="danger", reason="danger: self harm")
    code = desk.code("sam", escalation)
    desk.says("sam", code)
    desk.wait(minutes=30)

    desk.open(
        "ash", urgency=Urgency.DANGER, need="danger", reason="says they are not safe right now", words="no"
    )
    assert desk.texts("sam")[-1].startswith(
        f'DANGER {code}: Ash, says they are not safe right now: "no". Text {code} to say you are on it.'
    )
    desk.wait(minutes=3)

    assert desk.paged() == ["sam", "lee"]


def test_new_danger_in_the_middle_of_a_talk_pages_nobody_else(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash", urgency=Urgency.DANGER, need="danger", reason="danger: self harm")
    desk.says("sam", desk.code("sam", escalation) + " i am here")
    desk.wait(minutes=2)

    desk.open("ash", urgency=Urgency.DANGER, need="danger", reason="danger: self harm", words="i want to die")
    desk.wait(minutes=5)

    assert desk.paged() == ["sam"]


def test_whoever_is_paged_next_reads_every_reason(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    desk.open("ash", need="appointment", reason="can't make Tuesday 10am", words="")
    desk.open("ash", need="appointment", reason="needs help to get there", words="")

    desk.wait(minutes=15)

    assert "can't make Tuesday 10am; needs help to get there." in desk.texts("lee")[-1]
