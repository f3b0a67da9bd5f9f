from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.deps import Deps
from bot.domain.appointments import Appointment, AppointmentKind
from bot.domain.messages import Channel, DeliveryStatus, InboundText, Kind, OutgoingMessage
from bot.domain.people import SafeToText
from bot.errors import SendFailed
from bot.store import appointments, claims, numbers, outbox, people, rates, workers
from bot.transports.base import Accepted, StatusReport
from bot.transports.recording import RecordingTransport
from bot.usecases.opting import opt_out
from bot.usecases.receive_message import receive
from bot.usecases.send_due import send_due
from bot.usecases.work import Work
from tests.conftest import FRIDAY
from tests.fakes import Clock
from tests.usecases.sending import (
    AMINA,
    BEN,
    SAM,
    a_person,
    a_text,
    a_worker,
    events_of,
    known,
    row,
    status,
)

BUSY = SendFailed("busy", retry=True, code=20429)
LOST = SendFailed("no answer", retry=True, ambiguous=True)


def refused(code: int) -> SendFailed:
    return SendFailed(f"refused ({code})", retry=False, code=code)


def test_what_is_due_goes_once_and_in_order(deps: Deps, transport: RecordingTransport) -> None:
    first = a_text(deps, "one")
    a_text(deps, "two")
    a_text(deps, "for ben", to=BEN)
    later = a_text(deps, "later", due_at=FRIDAY + timedelta(hours=1))

    assert send_due(deps, now=FRIDAY) == 3
    assert send_due(deps, now=FRIDAY) == 0

    assert transport.texts_to(AMINA) == ["one", "two"]
    assert transport.texts_to(BEN) == ["for ben"]
    assert status(deps, first) is DeliveryStatus.ACCEPTED
    assert row(deps, first).handed_at == FRIDAY
    assert status(deps, later) is DeliveryStatus.DUE


def test_reports_come_to_the_address_that_names_the_row(deps: Deps, transport: RecordingTransport) -> None:
    outbox_id = a_text(deps, "one")

    send_due(deps, now=FRIDAY)

    assert transport.sent[0].status_callback == f"http://127.0.0.1:8000/twilio/status?m={outbox_id}"


def test_somebody_who_opts_out_before_a_text_goes_gets_none_of_it(
    deps: Deps, clock: Clock, transport: RecordingTransport
) -> None:
    person = a_person(deps)
    ids = [a_text(deps, "x", kind=kind, person_id="amina") for kind in (Kind.DANGER, Kind.ANSWER, Kind.RELAY)]
    now = clock.forward(seconds=1)
    with deps.store.begin() as conn:
        opt_out(Work(deps, conn, now), person, source="person", confirm=False)

    send_due(deps, now=now)

    assert transport.sent == []
    assert {(row(deps, i).status, row(deps, i).reason) for i in ids} == {
        (DeliveryStatus.REFUSED, "opted_out")
    }
    assert events_of(deps).count("text_refused") == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"consent": False}, "no_consent"), ({"safe_to_text": SafeToText.NO}, "not_safe_to_text")],
)
def test_what_we_start_does_not_go_when_they_have_taken_it_back_meanwhile(
    deps: Deps, transport: RecordingTransport, change: dict[str, object], reason: str
) -> None:
    a_person(deps)
    reminder = a_text(deps, "tomorrow at 10", kind=Kind.REMINDER, person_id="amina")
    answer = a_text(deps, "what you asked", kind=Kind.ANSWER, person_id="amina")
    with deps.store.begin() as conn:
        people.change(conn, "amina", **change)

    send_due(deps, now=FRIDAY)

    assert (row(deps, reminder).status, row(deps, reminder).reason) == (DeliveryStatus.REFUSED, reason)
    assert row(deps, answer).status is not DeliveryStatus.REFUSED
    assert transport.texts_to(AMINA) == ["what you asked"]


def test_the_one_confirmation_of_an_opt_out_goes(deps: Deps, transport: RecordingTransport) -> None:
    person = a_person(deps)
    with deps.store.begin() as conn:
        opt_out(Work(deps, conn, FRIDAY), person, source="person", confirm=True)

    send_due(deps, now=FRIDAY)

    assert len(transport.texts_to(AMINA)) == 1


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.CHECK_IN, Kind.FLOW])
def test_what_we_start_waits_again_when_its_moment_has_passed_into_the_night(
    deps: Deps, transport: RecordingTransport, kind: Kind
) -> None:
    a_person(deps)
    outbox_id = a_text(deps, "tomorrow at 10", kind=kind, person_id="amina")
    night = datetime.fromisoformat("2026-06-05T20:30:00+00:00")  # 21:30 in Manchester
    morning = datetime.fromisoformat("2026-06-06T07:00:00+00:00")

    send_due(deps, now=night)

    assert transport.sent == []
    assert row(deps, outbox_id).due_at == morning
    send_due(deps, now=morning)
    assert transport.texts_to(AMINA) == ["tomorrow at 10"]


def test_an_answer_goes_at_night(deps: Deps, transport: RecordingTransport) -> None:
    a_person(deps)
    a_text(deps, "ring 999", kind=Kind.DANGER, person_id="amina")
    a_text(deps, "here", kind=Kind.ANSWER, person_id="amina")

    send_due(deps, now=datetime.fromisoformat("2026-06-05T23:30:00+00:00"))

    assert transport.texts_to(AMINA) == ["ring 999", "here"]


@pytest.mark.parametrize(("kind", "tries"), [(Kind.ANSWER, 40), (Kind.PAGE, 6)])
def test_too_many_at_once_means_later_and_later_and_in_the_end_a_worker_sees_it(
    deps: Deps, transport: RecordingTransport, kind: Kind, tries: int
) -> None:
    a_person(deps)
    outbox_id = a_text(deps, "one", kind=kind, person_id="amina")
    transport.fail_next(BUSY, times=99)
    pauses = []
    now = FRIDAY

    while status(deps, outbox_id) is DeliveryStatus.DUE:
        send_due(deps, now=now)
        pauses.append(row(deps, outbox_id).due_at - now)
        now = max(now, row(deps, outbox_id).due_at)

    assert transport.sent == []
    assert len(pauses) == tries
    assert all(timedelta(0) < pause <= timedelta(minutes=7.5) for pause in pauses[:-1])
    assert pauses[4] > pauses[0] * 3
    assert (status(deps, outbox_id), row(deps, outbox_id).reason) == (
        DeliveryStatus.FAILED,
        f"gave up after {tries} tries",
    )
    assert "text_failed" in events_of(deps)


@pytest.mark.parametrize("failure", [BUSY, LOST, SendFailed("no connection", retry=True)])
def test_an_outage_of_two_hours_loses_nothing(
    deps: Deps, transport: RecordingTransport, failure: SendFailed
) -> None:
    outbox_id = a_text(deps, "one")
    transport.fail_next(failure, times=999)
    for minutes in range(121):
        send_due(deps, now=FRIDAY + timedelta(minutes=minutes))
    transport.work_again()

    for minutes in range(121, 130):
        send_due(deps, now=FRIDAY + timedelta(minutes=minutes))

    assert transport.texts_to(AMINA) == ["one"]
    assert status(deps, outbox_id) is DeliveryStatus.ACCEPTED


def test_a_later_text_waits_for_one_that_is_tried_again(deps: Deps, transport: RecordingTransport) -> None:
    first = a_text(deps, "one")
    a_text(deps, "two")
    transport.fail_next(BUSY)

    send_due(deps, now=FRIDAY)
    send_due(deps, now=FRIDAY + timedelta(seconds=1))
    assert transport.sent == []

    send_due(deps, now=row(deps, first).due_at)
    assert transport.texts_to(AMINA) == ["one", "two"]


@pytest.mark.parametrize("was_made", [True, False])
def test_a_text_that_may_exist_is_looked_up_before_it_is_sent_again(
    deps: Deps, transport: RecordingTransport, was_made: bool
) -> None:
    outbox_id = a_text(deps, "one")
    a_text(deps, "two")
    transport.fail_next(LOST, made=was_made)

    send_due(deps, now=FRIDAY)
    assert status(deps, outbox_id) is DeliveryStatus.HANDED_OVER
    send_due(deps, now=FRIDAY + timedelta(seconds=20))

    assert transport.texts_to(AMINA) == ["one", "two"]
    assert status(deps, outbox_id) is DeliveryStatus.ACCEPTED


def test_a_crash_after_the_hand_over_sends_nothing_twice(deps: Deps, transport: RecordingTransport) -> None:
    there, not_there = a_text(deps, "there"), a_text(deps, "not there", to=BEN)
    with deps.store.begin() as conn:
        claims.claim(conn, token="dead", most=9, now=FRIDAY)
        claims.hand_over(conn, [there, not_there], token="dead", now=FRIDAY)
    transport.send(as_sent(deps, there))

    send_due(deps, now=FRIDAY + timedelta(seconds=59))
    assert transport.texts_to(BEN) == []
    send_due(deps, now=FRIDAY + timedelta(seconds=60))

    assert transport.texts_to(AMINA) == ["there"]
    assert transport.texts_to(BEN) == ["not there"]
    assert {status(deps, there), status(deps, not_there)} == {DeliveryStatus.ACCEPTED}


def test_two_lost_texts_of_the_same_words_are_each_found_once(
    deps: Deps, transport: RecordingTransport
) -> None:
    ids = [a_text(deps, "ok"), a_text(deps, "ok")]
    transport.fail_next(LOST, times=2, made=True)

    send_due(deps, now=FRIDAY)  # the first is lost
    send_due(deps, now=FRIDAY + timedelta(seconds=30))  # it is found; the second is lost
    send_due(deps, now=FRIDAY + timedelta(seconds=60))  # it is found

    assert transport.texts_to(AMINA) == ["ok", "ok"]
    assert [status(deps, outbox_id) for outbox_id in ids] == [DeliveryStatus.ACCEPTED] * 2
    assert len({row(deps, outbox_id).provider_id for outbox_id in ids}) == 2


def test_an_answer_that_never_left_the_webhook_is_sent(deps: Deps, transport: RecordingTransport) -> None:
    receive(deps, InboundText("SM1", AMINA, "+447700900000", "hello"), now=FRIDAY)
    with deps.store.read() as conn:
        answers = [m for m in outbox.to_address(conn, AMINA) if m.via_twiml]
    assert answers

    send_due(deps, now=FRIDAY + timedelta(minutes=2))
    assert transport.sent == []
    send_due(deps, now=FRIDAY + timedelta(minutes=3))

    assert transport.texts_to(AMINA) == [answer.body for answer in answers]


def test_a_provider_that_knows_of_an_opt_out_tells_us(deps: Deps, transport: RecordingTransport) -> None:
    a_person(deps)
    outbox_id = a_text(deps, "one", person_id="amina")
    later = a_text(deps, "two", person_id="amina")
    transport.fail_next(refused(21610), times=9)

    send_due(deps, now=FRIDAY)
    send_due(deps, now=FRIDAY + timedelta(days=1))

    person = known(deps)
    assert (person.opted_out_at, person.opt_out_source) == (FRIDAY, "provider")
    assert (row(deps, outbox_id).status, row(deps, outbox_id).error_code) == (DeliveryStatus.REFUSED, 21610)
    assert status(deps, later) is DeliveryStatus.REFUSED
    with deps.store.read() as conn:
        assert numbers.current_address(conn, "amina") == AMINA


def test_a_worker_who_opted_out_at_the_provider_is_paged_no_more(
    deps: Deps, transport: RecordingTransport
) -> None:
    a_worker(deps)
    a_text(deps, "K7", to=SAM, kind=Kind.PAGE, worker_id="sam")
    transport.fail_next(refused(21610))

    send_due(deps, now=FRIDAY)

    with deps.store.read() as conn:
        worker = workers.get(conn, "sam")
    assert worker is not None
    assert worker.opted_out_at == FRIDAY


@pytest.mark.parametrize("code", [21211, 21612, 21614])
def test_a_bad_number_is_the_numbers_fault_and_the_workers_hear_of_it(
    deps: Deps, transport: RecordingTransport, code: int
) -> None:
    a_person(deps)
    outbox_id = a_text(deps, "one", person_id="amina")
    transport.fail_next(refused(code))

    send_due(deps, now=FRIDAY)

    assert (row(deps, outbox_id).status, row(deps, outbox_id).reason) == (DeliveryStatus.FAILED, "bad_number")
    assert not known(deps).is_opted_out
    assert "number_bad" in events_of(deps)
    with deps.store.read() as conn:
        assert numbers.current_address(conn, "amina") is None


def test_a_workers_bad_number_is_marked(deps: Deps, transport: RecordingTransport) -> None:
    a_worker(deps)
    a_text(deps, "K7", to=SAM, kind=Kind.PAGE, worker_id="sam")
    transport.fail_next(refused(21211))

    send_due(deps, now=FRIDAY)

    with deps.store.read() as conn:
        worker = workers.get(conn, "sam")
    assert worker is not None
    assert worker.phone_is_bad


def test_a_wrong_token_stops_sending_and_loses_nothing(deps: Deps, transport: RecordingTransport) -> None:
    a_worker(deps, "+447700900203", id="nadia", role="coordinator")
    ids = [a_text(deps, "one", to=to) for to in (AMINA, BEN, "+447700900103")]
    transport.fail_next(refused(20003), times=2)

    send_due(deps, now=FRIDAY)
    send_due(deps, now=FRIDAY + timedelta(seconds=59))

    assert transport.sent == []
    assert [(status(deps, i), row(deps, i).attempts) for i in ids] == [(DeliveryStatus.DUE, 0)] * 3
    with deps.store.read() as conn:
        assert outbox.next_due(conn) == FRIDAY + timedelta(minutes=1)

    send_due(deps, now=FRIDAY + timedelta(minutes=1))  # stopped still
    assert send_due(deps, now=FRIDAY + timedelta(minutes=2)) == 4

    assert transport.recipients[:3] == [AMINA, BEN, "+447700900103"]
    assert len(transport.texts_to("+447700900203")) == 1  # said once, not at every try
    with deps.store.read() as conn:
        assert rates.stopped_until(conn) is None


def test_one_that_will_never_go_holds_up_no_other(deps: Deps, transport: RecordingTransport) -> None:
    bad = a_text(deps, "one")
    a_text(deps, "two")
    transport.fail_next(refused(21408))

    send_due(deps, now=FRIDAY)

    assert status(deps, bad) is DeliveryStatus.FAILED
    assert transport.texts_to(AMINA) == ["two"]


def test_a_fault_of_ours_in_one_call_is_looked_up_and_holds_up_no_other(deps: Deps) -> None:
    class Broken(RecordingTransport):
        def send(self, message: OutgoingMessage) -> Accepted:
            if message.address == AMINA:
                raise ZeroDivisionError
            return super().send(message)

    deps.transport = transport = Broken()
    odd = a_text(deps, "one")
    a_text(deps, "two", to=BEN)

    send_due(deps, now=FRIDAY)

    assert status(deps, odd) is DeliveryStatus.HANDED_OVER
    assert transport.texts_to(BEN) == ["two"]


def test_whatsapp_goes_by_whatsapp(deps: Deps, transport: RecordingTransport) -> None:
    a_text(deps, "one", to=f"whatsapp:{AMINA}")

    send_due(deps, now=FRIDAY)

    assert transport.sent[0].channel is Channel.WHATSAPP


def test_reports_of_a_transport_without_a_webhook_are_fetched(
    deps: Deps, transport: RecordingTransport
) -> None:
    outbox_id = a_text(deps, "one")
    transport.report_later(StatusReport(f"SM{1:032d}", DeliveryStatus.DELIVERED))

    send_due(deps, now=FRIDAY)

    assert status(deps, outbox_id) is DeliveryStatus.DELIVERED


def test_the_rate_is_kept_and_the_rest_goes_in_the_next_second(
    deps: Deps, transport: RecordingTransport
) -> None:
    deps.settings = deps.settings.model_copy(
        update={
            "twilio_account_sid": "AC1",
            "twilio_auth_token": "t",
            "twilio_from": "+447700900000",
            "twilio_sends_per_second": 50,
        }
    )
    for number in range(60):
        a_text(deps, "x", to=f"+4477009{number:05d}")

    assert send_due(deps, now=FRIDAY) == 50
    assert send_due(deps, now=FRIDAY) == 0
    assert send_due(deps, now=FRIDAY + timedelta(seconds=1)) == 10


def test_a_reminder_of_what_has_been_is_skipped(deps: Deps, transport: RecordingTransport) -> None:
    a_person(deps)
    with deps.store.begin() as conn:
        appointments.add(
            conn,
            Appointment("a1", "A1", "amina", AppointmentKind.HOUSING, FRIDAY + timedelta(hours=1)),
            now=FRIDAY,
        )
    outbox_id = a_text(deps, "soon", kind=Kind.REMINDER, person_id="amina", appointment_id="a1")

    send_due(deps, now=FRIDAY + timedelta(hours=2))

    assert (row(deps, outbox_id).status, row(deps, outbox_id).reason) == (DeliveryStatus.SKIPPED, "too_late")
    assert transport.sent == []


def as_sent(deps: Deps, outbox_id: int) -> OutgoingMessage:
    found = row(deps, outbox_id)
    return OutgoingMessage(found.id, found.address, found.body)
