"""From Friday's release to Monday at nine: what the person hears, and what the worker gets."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.deps import Deps
from bot.domain.messages import InboundText
from bot.store import events, workers
from bot.usecases import escalating
from bot.usecases.fire_timers import fire_due_timers
from bot.usecases.receive_message import receive
from tests.usecases.enrolled import (
    AMINA,
    WORKERS,
    load,
    make_responsible,
    person,
    texts_to_person,
    texts_to_worker,
    timers_of,
    wall,
)

RELEASE = "person,release_date,release_time\nP1,2026-06-12,16:05\n"
ROTA = "area,worker,starts_at,ends_at\nBolton,07700 900201,2026-06-05 09:00,2026-06-19 09:00\n"
SAM, LEE, NADIA = "+447700900201", "+447700900202", "+447700900203"
PHONE = "+447700900101"


@pytest.fixture(autouse=True)
def enrolled(deps: Deps) -> None:
    load(deps, "workers", WORKERS)
    load(deps, "people", AMINA)
    load(deps, "releases", RELEASE)


def until(deps: Deps, at: str) -> datetime:
    """Fire every timer on the way to a wall clock time, each at its own."""
    now = wall(deps, at)
    while due := sorted(t.due_at for t in timers_of(deps) if t.status == "waiting" and t.due_at <= now):
        fire_due_timers(deps, now=due[0])
    return now


def says(deps: Deps, body: str, at: str) -> None:
    receive(deps, InboundText(f"SM{at}", PHONE, "", body), now=wall(deps, at))


def summary(deps: Deps, phone: str) -> str:
    [found] = [body for body in texts_to_worker(deps, phone) if body.startswith("Hand-over")]
    return found


def test_the_weekend_is_handed_over_on_monday_at_nine(deps: Deps) -> None:
    load(deps, "rota", ROTA)
    until(deps, "2026-06-12 16:05")
    says(deps, "no", "2026-06-12 16:10")
    until(deps, "2026-06-13 09:30")
    says(deps, "ok", "2026-06-13 09:40")

    until(deps, "2026-06-15 08:59")
    assert not [body for body in texts_to_worker(deps, SAM) if body.startswith("Hand-over")]
    until(deps, "2026-06-15 09:00")

    body = summary(deps, SAM)
    assert body.startswith("Hand-over, Bolton: Amina, with us since Friday 12 June. Had nowhere to stay.")
    assert "Asked for: a place to stay." in body
    assert "Check-ins: 1 answered, 4 not." in body
    assert "Still open: " in body
    assert len(body) <= 306
    assert "0770" not in body


def test_the_worker_responsible_gets_it_before_whoever_is_on_call(deps: Deps) -> None:
    load(deps, "rota", ROTA)
    make_responsible(deps, LEE)

    until(deps, "2026-06-15 09:00")

    assert summary(deps, LEE)
    assert not [body for body in texts_to_worker(deps, SAM) if body.startswith("Hand-over")]


def test_whoever_is_on_call_gets_it_when_the_worker_responsible_can_not(deps: Deps) -> None:
    load(deps, "rota", ROTA)
    make_responsible(deps, LEE)
    with deps.store.begin() as conn:
        lee = workers.by_phone(conn, LEE)
        assert lee is not None
        workers.change(conn, lee.id, opted_out_at=deps.clock())

    until(deps, "2026-06-15 09:00")

    assert summary(deps, SAM)


def test_the_coordinators_get_it_when_nobody_is_on_call(deps: Deps) -> None:
    until(deps, "2026-06-15 09:00")

    assert summary(deps, NADIA)


def test_somebody_who_never_answered_is_handed_over_too_and_all_of_it_is_on_the_record(deps: Deps) -> None:
    load(deps, "rota", ROTA)

    until(deps, "2026-06-15 09:00")

    assert "Asked for nothing. Check-ins: 0 answered, 5 not." in summary(deps, SAM)
    person_id = person(deps).id
    with deps.store.read() as conn:
        [event] = [e for e in events.of_person(conn, person_id) if e.kind == "handed_over"]
    assert event.data["check_ins_silent"] == 5
    assert event.data["open"]


def test_without_consent_there_is_a_hand_over_and_no_text(deps: Deps) -> None:
    load(deps, "rota", ROTA)
    load(deps, "people", AMINA.replace("P1,Amina,07700 900101", "P2,Ben,07700 900102").replace("yes", "no"))
    load(deps, "releases", RELEASE.replace("P1", "P2"))

    now = wall(deps, "2026-06-15 09:00")
    for at in ("2026-06-12 16:05", "2026-06-13 18:30"):
        fire_due_timers(deps, now=wall(deps, at))
    fire_due_timers(deps, now=now)

    assert texts_to_person(deps, "P2") == []
    assert [body for body in texts_to_worker(deps, SAM) if body.startswith("Hand-over, Bolton: Ben")]


def test_somebody_with_hours_of_their_own_is_asked_once_at_a_time(deps: Deps) -> None:
    header, row = AMINA.splitlines()
    load(deps, "people", f"{header},contact_from,contact_until\n{row},10:00,16:00\n")

    until(deps, "2026-06-15 11:00")

    begun = [
        deps.calendar.local(timer.due_at).strftime("%a %H:%M")
        for timer in timers_of(deps)
        if timer.kind in ("first_night", "check_in") and timer.status == "done"
    ]
    assert begun == ["Sat 10:00", "Sun 10:00"]


def test_who_said_nothing_is_not_told_in_the_night_that_nobody_answers(deps: Deps) -> None:
    load(deps, "rota", ROTA)
    until(deps, "2026-06-12 18:30")
    for hours in range(12):
        escalating.tick(deps, now=wall(deps, "2026-06-12 19:00") + timedelta(hours=hours))

    assert not any("picked up" in text.body for text in texts_to_person(deps))


def test_a_worker_who_takes_an_unasked_escalation_at_night_wakes_nobody(deps: Deps) -> None:
    load(deps, "rota", ROTA)
    until(deps, "2026-06-12 18:30")
    heard = len(texts_to_person(deps))

    receive(deps, InboundText("SM-ok", SAM, "", "ok"), now=wall(deps, "2026-06-12 23:30"))

    assert len(texts_to_person(deps)) == heard
