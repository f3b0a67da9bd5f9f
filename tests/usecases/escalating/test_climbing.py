"""Whom an escalation is offered to, when, and what happens when nobody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.domain.escalations import EscalationStatus, PageState, Urgency
from bot.domain.messages import Kind, Priority
from bot.domain.services import Service
from bot.store import escalations, events, shifts, workers
from bot.store.schema import events as event_table
from bot.usecases import escalating
from tests.conftest import FRIDAY
from tests.usecases.escalating.desk import Desk


def test_level_one_is_paged_at_once_with_everything_but_a_phone_number(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")

    escalation = desk.open("ash")

    (text,) = desk.texts("sam")
    code = desk.code("sam", escalation)
    assert text == (
        f'TODAY {code} Bolton: Ash, nowhere to stay tonight: "nowhere to stay". Text {code} to take it, '
        f"{code} pass to pass. http://127.0.0.1:8000/staff/escalations/{escalation.id}"
    )
    assert desk.texts("lee") == []
    assert escalation.next_due == FRIDAY + timedelta(minutes=15)


def test_danger_waits_three_minutes_a_rung_and_goes_before_everything(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")

    desk.open("ash", urgency=Urgency.DANGER)
    desk.wait(minutes=3)

    assert desk.paged() == ["sam", "lee"]
    row = desk.rows("sam")[0]
    assert row.body.startswith("DANGER ")
    assert row.priority is Priority.DANGER


def test_whenever_waits_for_nine_on_the_next_working_day(desk: Desk) -> None:
    desk.on_call("sam", hours=100)
    desk.person("ash")

    escalation = desk.open("ash", urgency=Urgency.WHENEVER)
    assert escalation.next_due == datetime(2026, 6, 8, 8, 0, tzinfo=UTC)
    desk.wait(days=2)
    assert desk.paged() == []
    desk.wait(hours=17)

    assert desk.paged() == ["sam"]


def test_whenever_is_not_asked_about_at_night(desk: Desk) -> None:
    desk.on_call("sam", hours=200)
    desk.person("ash")
    desk.open("ash", urgency=Urgency.WHENEVER)

    desk.wait(days=4, hours=12)

    hours = [desk.deps.calendar.local(row.due_at).hour for row in desk.rows("sam")]
    assert len(hours) > 8
    assert all(9 <= hour < 17 for hour in hours)


def test_silence_moves_on_to_the_next_level_then_the_area_around_then_who_is_in_charge(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.on_call("kay", area="Greater Manchester")
    desk.worker("mona", role="manager")
    desk.worker("cora", role="coordinator")
    desk.worker("gail", role="manager", areas=("Greater Manchester",))
    desk.person("ash")

    desk.open("ash")
    desk.wait(minutes=60)

    assert desk.paged() == ["sam", "lee", "kay", "cora", "gail"]


def test_the_end_of_the_ladder_tells_the_truth_once_and_keeps_trying(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.worker("cora", role="coordinator", areas=("Bolton",))
    desk.person("ash")

    escalation = desk.open("ash")
    desk.wait(hours=6)

    assert desk.texts("ash") == [
        "Sorry, nobody has picked up yet. We keep trying. Talk to someone any time, free: 116 123. Ill: 111. "
        "In danger: 999."
    ]
    warnings = [row.body for row in desk.rows("cora") if row.kind is Kind.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith("Nobody has answered for Ash in Bolton: nowhere to stay tonight.")
    standing = desk.escalation(escalation.id)
    assert standing.status is EscalationStatus.OPEN
    assert standing.exhausted_at == FRIDAY + timedelta(minutes=45)
    assert standing.rounds > 2
    assert desk.paged()[:6] == ["sam", "lee", "cora", "sam", "lee", "cora"]
    assert standing.next_due is not None
    assert standing.next_due > desk.now


def test_tries_again_after_fifteen_thirty_and_then_every_sixty_minutes(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")

    desk.open("ash")
    desk.wait(hours=5)

    at = [int((row.due_at - FRIDAY).total_seconds() // 60) for row in desk.rows("sam")]
    assert at == [0, 30, 75, 150, 225, 300]


def test_a_new_round_goes_to_who_is_on_call_then(desk: Desk) -> None:
    desk.on_call("sam", hours=0.2)
    desk.person("ash")
    desk.open("ash")
    desk.clock.forward(minutes=20)

    desk.on_call("lee")
    desk.wait(minutes=30)

    assert desk.paged() == ["sam", "lee"]


def test_the_truth_names_what_is_open_now_for_the_need(desk: Desk) -> None:
    open_now = Service(
        "shelter", "Example Shelter", "A bed", "housing", "Bolton", phone="+441614960001",
        opening_hours="24/7", free_to_call="yes", verified=True, checked_on=FRIDAY.date(), checked_by="cora",
    )  # fmt: skip
    desk.deps.directory.replace([open_now])
    desk.person("ash")

    desk.open("ash", need="housing")

    (text,) = desk.texts("ash")
    assert text.startswith("You can ring now:\nExample Shelter 0161 496 0001")
    assert len(text) <= 306


def test_with_nobody_at_all_the_result_says_so_and_whoever_answers_tells_the_person(
    desk: Desk,
) -> None:
    desk.person("ash")

    escalation = desk.open("ash", answering=True)

    assert escalation.exhausted_at == FRIDAY
    assert desk.texts("ash") == []
    with desk.deps.store.read() as conn:
        kinds = [event.kind for event in events.of_escalation(conn, escalation.id)]
    assert kinds == ["escalation_opened", "escalation_exhausted"]


def test_with_nobody_at_all_a_person_who_is_not_being_answered_is_told_at_once(desk: Desk) -> None:
    desk.person("ash")

    desk.open("ash", urgency=Urgency.DANGER, need="danger")

    (text,) = desk.texts("ash")
    assert text.startswith("Ring 999 if you are in danger now.")


def test_the_same_need_is_one_escalation_with_a_repeat(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")

    first = desk.open("ash", words="nowhere to stay")
    again = desk.open("ash", words="still nowhere")
    other = desk.open("ash", need="food")

    assert again.id == first.id
    assert again.repeats == 1
    assert again.words == "nowhere to stay\nstill nowhere"
    assert other.id != first.id
    assert desk.paged() == ["sam", "sam"]


def test_danger_raises_an_open_need_and_pages_again_at_once(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    first = desk.open("ash", urgency=Urgency.TODAY)
    desk.wait(minutes=20)

    raised = desk.open("ash", urgency=Urgency.DANGER, words="he has a knife")

    assert raised.id == first.id
    assert raised.urgency is Urgency.DANGER
    assert desk.paged() == ["sam", "lee", "sam"]
    assert desk.texts("sam")[-1].startswith("DANGER ")
    assert raised.next_due == desk.now + timedelta(minutes=3)


def test_a_lower_urgency_never_lowers_it(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    desk.open("ash", urgency=Urgency.DANGER)

    again = desk.open("ash", urgency=Urgency.WHENEVER)

    assert again.urgency is Urgency.DANGER


def test_once_closed_the_same_need_is_a_new_escalation(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    first = desk.open("ash")
    desk.says("sam", f"{desk.code('sam', first)} done")

    second = desk.open("ash")

    assert second.id != first.id
    assert desk.code("sam", second) != desk.code("sam", first)


def test_a_page_that_fails_moves_on_at_once(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")

    desk.fails(desk.rows("sam")[0])

    assert desk.paged() == ["sam", "lee"]
    assert desk.pages(escalation.id)["sam"].state is PageState.FAILED


def test_a_failed_page_waits_for_others_on_the_same_rung(desk: Desk) -> None:
    desk.on_call("sam", "kay", level=1)
    desk.on_call("lee", level=2)
    desk.person("ash")
    desk.open("ash")

    desk.fails(desk.rows("sam")[0])
    assert desk.texts("lee") == []
    desk.fails(desk.rows("kay")[0])

    assert len(desk.texts("lee")) == 1


def test_a_page_that_fails_tells_the_coordinators_once_a_day(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.worker("cora", role="coordinator")
    desk.person("ash")
    desk.open("ash")
    desk.open("ash", need="food")

    for row in desk.rows("sam"):
        desk.fails(row)

    assert len([row for row in desk.rows("cora") if row.kind is Kind.WARNING]) == 1


def test_a_worker_who_opts_out_is_passed_over_and_coordinators_hear_of_the_shift(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.worker("cora", role="coordinator")
    desk.person("ash")
    desk.open("ash")

    with desk.work() as work:
        workers.change(work.conn, "sam", opted_out_at=desk.now)
        sam = workers.get(work.conn, "sam")
        assert sam is not None
        escalating.worker_unreachable(work, sam, "opted out")

    assert desk.paged() == ["sam", "lee"]
    (warning,) = desk.texts("cora")
    assert warning == (
        "Sam Example can't be paged (opted out) and is on the rota for Bolton from now. Please find cover."
    )


def test_what_an_unreachable_worker_has_in_hand_is_offered_to_others(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))

    with desk.work() as work:
        workers.change(work.conn, "sam", phone_is_bad=True)
        sam = workers.get(work.conn, "sam")
        assert sam is not None
        escalating.worker_unreachable(work, sam, "their number does not work")

    assert desk.paged() == ["sam", "lee"]


def test_one_step_that_fails_does_not_keep_others_waiting(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    desk.person("bo")
    broken = desk.open("ash")
    desk.open("bo")
    with desk.work() as work:
        # A ladder that is not one: this escalation's step can't be taken.
        escalations.change(work.conn, broken.id, ladder=[[{"no": "worker"}], [{"no": "worker"}]])
    desk.clock.forward(minutes=15)

    count = escalating.tick(desk.deps, now=desk.now)

    assert count == 1
    assert desk.paged() == ["sam", "sam", "lee"]
    assert desk.escalation(broken.id).next_due == desk.now + timedelta(minutes=1)


def test_names_on_call_come_level_by_level_without_those_who_cannot_be_paged(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.on_call("kay", area="Greater Manchester")
    with desk.work() as work:
        workers.change(work.conn, "sam", phone_is_bad=True)

        assert escalating.on_call_names(work, "Bolton") == ["Lee", "Kay"]
        assert escalating.on_call_names(work, "Salford") == ["Kay"]


def test_a_warning_without_anybody_to_read_it_is_on_the_record_and_goes_up_when_it_can(desk: Desk) -> None:
    desk.worker("gail", role="manager", areas=("Greater Manchester",))

    with desk.work() as work:
        escalating.warn_coordinators(work, "Bolton", "One", key="one")
        escalating.warn_coordinators(work, "Bolton", "One", key="one")

    assert desk.texts("gail") == ["One"]


def test_a_gap_that_nobody_can_be_told_of_does_not_fill_the_record(desk: Desk) -> None:
    desk.on_call("sam", hours=5)

    for _ in range(3):
        assert escalating.warn_of_gaps(desk.deps, now=desk.now) == 1

    with desk.deps.store.read() as conn:
        assert conn.execute(select(event_table.c.id)).all() == []


def test_an_area_covered_from_around_it_has_no_gap(desk: Desk) -> None:
    desk.worker("cora", role="coordinator")
    desk.on_call("sam", hours=5)
    desk.on_call("kay", area="Greater Manchester", hours=400)

    assert escalating.warn_of_gaps(desk.deps, now=desk.now) == 0


def test_gaps_in_the_rota_are_warned_of_a_week_ahead_and_a_day_ahead(desk: Desk) -> None:
    desk.worker("cora", role="coordinator")
    desk.on_call("sam", hours=8 * 24)

    for _ in range(12):
        escalating.warn_of_gaps(desk.deps, now=desk.now)
        escalating.warn_of_gaps(desk.deps, now=desk.now + timedelta(hours=1))
        desk.clock.forward(days=1)

    assert desk.texts("cora") == [
        "Nobody is on call in Bolton from Saturday 13 June 4:05pm on. Please find cover.",
        "Nobody is on call in Bolton from tomorrow 4:05pm on. Please find cover.",
    ]


def test_a_gap_says_from_when_until_when(desk: Desk) -> None:
    desk.worker("cora", role="coordinator")
    desk.on_call("sam", hours=20)
    with desk.work() as work:
        shifts.add(
            work.conn, area="Bolton", worker_id="sam", starts_at=desk.now + timedelta(hours=24),
            ends_at=desk.now + timedelta(days=20),
        )  # fmt: skip

    escalating.warn_of_gaps(desk.deps, now=desk.now)

    assert desk.texts("cora") == [
        "Nobody is on call in Bolton from tomorrow 12:05pm to tomorrow 4:05pm. Please find cover."
    ]


def test_a_gap_that_is_known_late_is_warned_of_at_once(desk: Desk) -> None:
    desk.worker("cora", role="coordinator")
    desk.on_call("sam", hours=4 * 24)

    escalating.warn_of_gaps(desk.deps, now=desk.now)

    assert desk.texts("cora") == [
        "Nobody is on call in Bolton from Tuesday 9 June 4:05pm on. Please find cover."
    ]
