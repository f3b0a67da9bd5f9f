from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.deps import Deps
from bot.domain.messages import DeliveryStatus, Kind, OutgoingMessage, may_follow
from bot.store import numbers, outbox
from bot.transports.base import Accepted
from bot.transports.recording import RecordingTransport
from bot.usecases.record_status import record_status
from bot.usecases.send_due import send_due
from tests.conftest import FRIDAY
from tests.usecases.sending import AMINA, a_person, a_text, events_of, known, row, status

REPORTED = ("queued", "sending", "accepted", "sent", "delivered", "read", "undelivered", "failed", "received")
SM = f"SM{1:032d}"


def report(
    deps: Deps, word: str, *, provider_id: str = SM, code: int | None = None, outbox_id: int | None = None,
    seconds: int = 0,
) -> None:  # fmt: skip
    record_status(
        deps, provider_id=provider_id, status=word, error_code=code, outbox_id=outbox_id,
        now=FRIDAY + timedelta(seconds=seconds),
    )  # fmt: skip


def sent_text(deps: Deps, kind: Kind = Kind.ANSWER) -> int:
    a_person(deps)
    outbox_id = a_text(deps, "one", kind=kind, person_id="amina")
    send_due(deps, now=FRIDAY)
    return outbox_id


def test_a_late_sent_never_overwrites_delivered(deps: Deps) -> None:
    outbox_id = sent_text(deps)

    report(deps, "delivered")
    report(deps, "sent")
    report(deps, "delivered")

    assert status(deps, outbox_id) is DeliveryStatus.DELIVERED


def test_a_report_that_overtakes_the_acceptance_finds_its_text_by_its_address(deps: Deps) -> None:
    outbox_id = a_text(deps, "one")

    class Quick(RecordingTransport):
        def send(self, message: OutgoingMessage) -> Accepted:
            accepted = super().send(message)
            report(deps, "delivered", provider_id=accepted.provider_id, outbox_id=message.outbox_id)
            return accepted

    deps.transport = Quick()
    assert send_due(deps, now=FRIDAY) == 1

    assert (status(deps, outbox_id), row(deps, outbox_id).provider_id) == (DeliveryStatus.DELIVERED, SM)


def test_a_report_without_an_address_waits_for_the_acceptance(deps: Deps) -> None:
    a_person(deps)
    outbox_id = a_text(deps, "one", person_id="amina")
    report(deps, "undelivered", code=30005)

    send_due(deps, now=FRIDAY)

    assert (status(deps, outbox_id), row(deps, outbox_id).error_code) == (DeliveryStatus.UNDELIVERED, 30005)
    assert "number_bad" in events_of(deps)


def test_a_report_of_another_message_does_not_touch_a_text_that_has_its_own(deps: Deps) -> None:
    outbox_id = sent_text(deps)

    report(deps, "failed", provider_id="SMother", outbox_id=outbox_id)
    report(deps, "failed", provider_id="SMstranger", outbox_id=999)

    assert status(deps, outbox_id) is DeliveryStatus.ACCEPTED


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.tuples(st.sampled_from(REPORTED), st.booleans()), max_size=10),
    accepted_after=st.integers(0, 10),
)
def test_whatever_is_reported_a_text_only_moves_forward_and_has_its_consequences_once(
    deps: Deps, words: Sequence[tuple[str, bool]], accepted_after: int
) -> None:
    deps.transport = RecordingTransport()
    with deps.store.begin() as conn:
        for table in ("delivery_statuses", "events", "outbox"):
            conn.exec_driver_sql(f"DELETE FROM {table}")
    outbox_id = a_text(deps, "one")
    seen = [status(deps, outbox_id)]

    for number, (word, by_address) in enumerate(words):
        if number == accepted_after:
            send_due(deps, now=FRIDAY)
            seen.append(status(deps, outbox_id))
        report(deps, word, code=30007, outbox_id=outbox_id if by_address else None, seconds=number)
        seen.append(status(deps, outbox_id))
    send_due(deps, now=FRIDAY + timedelta(seconds=20))
    seen.append(status(deps, outbox_id))

    for before, after in pairwise(seen):
        assert before is after or may_follow(before, after)
    with deps.store.read() as conn:
        told = conn.exec_driver_sql("SELECT COUNT(*) FROM events WHERE kind = 'text_undelivered'").scalar()
    assert told == (seen[-1] in (DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED))
    assert row(deps, outbox_id).provider_id in (SM, None)


@pytest.mark.parametrize(
    ("kind", "minutes"), [(Kind.DANGER, 2), (Kind.ANSWER, 2), (Kind.REMINDER, 15), (Kind.CHECK_IN, 15)]
)
def test_an_undelivered_text_that_may_get_through_goes_once_more(
    deps: Deps, transport: RecordingTransport, kind: Kind, minutes: int
) -> None:
    sent_text(deps, kind)
    report(deps, "undelivered", code=30003)
    report(deps, "undelivered", code=30003)
    report(deps, "failed", code=30003)

    send_due(deps, now=FRIDAY + timedelta(minutes=minutes) - timedelta(seconds=1))
    assert transport.texts_to(AMINA) == ["one"]
    send_due(deps, now=FRIDAY + timedelta(minutes=minutes))
    assert transport.texts_to(AMINA) == ["one", "one"]

    report(deps, "undelivered", provider_id=f"SM{2:032d}", code=30003, seconds=3600)
    send_due(deps, now=FRIDAY + timedelta(hours=2))
    assert transport.texts_to(AMINA) == ["one", "one"]


def test_a_blocked_or_filtered_text_is_not_repeated(deps: Deps, transport: RecordingTransport) -> None:
    sent_text(deps)
    report(deps, "undelivered", code=30007)

    send_due(deps, now=FRIDAY + timedelta(hours=1))

    assert transport.texts_to(AMINA) == ["one"]
    assert "text_undelivered" in events_of(deps)
    assert not known(deps).is_opted_out


def test_somebody_who_has_opted_out_since_gets_no_second_try(
    deps: Deps, transport: RecordingTransport
) -> None:
    sent_text(deps)
    report(deps, "undelivered", code=21610)
    report(deps, "failed", code=30003)

    send_due(deps, now=FRIDAY + timedelta(hours=1))

    assert known(deps).is_opted_out
    assert transport.texts_to(AMINA) == ["one"]


def test_an_unknown_handset_marks_the_number(deps: Deps) -> None:
    sent_text(deps)

    report(deps, "undelivered", code=30005)

    with deps.store.read() as conn:
        assert numbers.current_address(conn, "amina") is None
        assert [m.status for m in outbox.to_address(conn, AMINA)] == [DeliveryStatus.UNDELIVERED]
