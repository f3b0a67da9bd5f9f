"""What holds for every flow, and for every sequence of replies and times."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.domain.reading import Intent, Reading
from bot.engine import runner
from bot.engine.book import FlowBook
from bot.engine.checks import check_flows
from bot.engine.conversation import HISTORY_LIMIT, Conversation, Turn
from bot.engine.definition import Flow
from bot.engine.effects import OpenEscalation, SendText, SetTimer
from bot.engine.load import dump, load_flow
from bot.engine.walk import ANSWERS_KEPT, DEPTH, STEPS_A_TURN
from tests.engine.generated import INTENTS, REPLIES, flows
from tests.engine.worlds import FRIDAY, PLACEHOLDERS, FakeWorld

FLOWS = Path(__file__).resolve().parents[2] / "flows"
SHIPPED = FlowBook.load(FLOWS)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
WORLDS = st.builds(
    FakeWorld,
    language=st.sampled_from(["en", "pl"]),
    flavour=st.sampled_from([None, "discreet"]),
    facts=st.dictionaries(
        st.sampled_from(["out_of_hours", "consent", "on_call", "known", "discreet", "has_appointment"]),
        st.booleans(),
    ),
    values=st.dictionaries(st.sampled_from(["first_name", "area", "on_call_name"]), st.text(max_size=8)),
    lines=st.lists(st.text(min_size=1, max_size=200), max_size=5),
    appointment=st.sampled_from([None, "a1"]),
    opens=st.sampled_from([None, FRIDAY - timedelta(days=1), FRIDAY + timedelta(hours=3)]),
)
# A reply with what it was read as, a timer that fires on time or late, or being overtaken by a question.
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("reply"), REPLIES, st.lists(INTENTS, max_size=2)),
        st.tuples(st.just("timer"), st.sampled_from(["no_reply", "wait"]), st.integers(-2, 0)),
        st.tuples(st.just("parked"), st.none(), st.none()),
    ),
    max_size=25,
)


@given(flows())
@settings(deadline=None)
def test_a_flow_that_is_written_out_reads_the_same(flow):
    assert load_flow(dump(flow), "made_up.yaml") == flow


@given(flows(others=("inner",)), flows(id="inner"), WORLDS, EVENTS)
@FEW
def test_no_flow_raises_or_loops_whatever_is_replied_and_whenever(flow, inner, world, events):
    live_through(FlowBook([flow.published(1), inner.published(1)], PLACEHOLDERS), flow, world, events)


@given(flows(others=("inner",)), flows(id="inner"), WORLDS, EVENTS)
@FEW
def test_a_flow_that_passes_its_checks_never_reaches_a_limit(flow, inner, world, events):
    problems = check_flows([flow, inner], PLACEHOLDERS)
    assume(not any("goes round" in str(one) or "steps in one turn" in str(one) for one in problems))

    book = FlowBook([flow.published(1), inner.published(1)], PLACEHOLDERS)
    assert not live_through(book, flow, world, events)


@given(st.sampled_from(SHIPPED.flows()), WORLDS, EVENTS)
@settings(FEW, max_examples=300)
def test_no_shipped_flow_raises_loops_or_reaches_a_limit(flow, world, events):
    assert not live_through(SHIPPED, flow, world, events)


def live_through(book: FlowBook, flow: Flow, world: FakeWorld, events: list[tuple]) -> bool:
    """Begin a flow, let everything happen to it, hold every turn to the rules. True: it reached a limit."""
    now = FRIDAY
    turn = runner.start(
        book.current(flow.id), book=book, conversation_id="c", person_id="p", world=world, now=now
    )
    limited = hold_to_the_rules(None, turn, now)
    for what, first, second in events:
        now += timedelta(minutes=7)
        before = turn.conversation
        after: Turn | None
        if what == "reply":
            reading = Reading(intents=tuple(Intent(name, 0.9) for name in second))
            after = runner.answer(before, first, reading, book=book, world=world, now=now)
            matched = runner.matches(before, first, reading, book=book, world=world, now=now)
            assert after.understood == (matched and before.asking)
        elif what == "timer":
            seq = before.seq + second
            after = runner.time_passed(before, kind=first, seq=seq, book=book, world=world, now=now)
            assert after is None or seq == before.seq
        else:
            after = Turn(before.parked())
        if after is not None:
            limited |= hold_to_the_rules(before, after, now)
            turn = after
    return limited


def hold_to_the_rules(before: Conversation | None, turn: Turn, now: datetime) -> bool:
    """What every turn must be like. True: it reached a limit."""
    after = turn.conversation
    limit = any(">limit:" in entry for entry in turn.trail)
    timers = [effect for effect in turn.effects if isinstance(effect, SetTimer)]
    if limit:
        assert [type(effect) for effect in turn.effects] == [OpenEscalation, SendText]
        assert after.finished
        assert not after.asking
    if before is not None and before.finished:
        assert turn.effects == ()
    if after.asking:
        assert not after.finished
    if turn.trail and not after.finished:
        assert len(timers) == 1
    for timer in timers:
        assert timer.seq == after.seq
        assert timer.due_at > now
        assert before is None or timer.seq > before.seq
    assert len(turn.trail) <= STEPS_A_TURN + 1
    assert len(after.history) <= HISTORY_LIMIT
    assert len(after.stack) <= DEPTH
    assert len(after.answers) <= ANSWERS_KEPT
    stored = json.loads(json.dumps(after.to_doc()))
    assert after == Conversation.from_doc(
        stored, id=after.id, person_id=after.person_id, flow_id=after.flow_id, revision=after.revision,
        asking=after.asking, finished=after.finished,
    )  # fmt: skip
    return limit
