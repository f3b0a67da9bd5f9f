"""The whole way from files to reminders, on both engines and with two hosts at it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from bot.deps import Deps
from bot.domain.messages import InboundText
from bot.store import schema
from bot.store.database import Store
from bot.usecases.receive_message import receive
from bot.usecases.send_reminders import send_due_reminders
from tests.usecases.enrolled import appointments_file, fingerprint, load

PEOPLE = "external_id,first_name,phone,area,consent\n" + "".join(
    f"P{n},Amina,07700 9001{n:02d},Bolton,yes\n" for n in range(60)
)
APPOINTMENTS = appointments_file(
    *(
        {"external_id": f"A{n}", "person": f"P{n}", "kind": "housing", "starts_at": "2026-06-06 10:30"}
        for n in range(60)
    )
)


@pytest.fixture
def deps(make_deps: Callable[[Store], Deps], store: Store) -> Deps:
    return make_deps(store)


def test_files_are_loaded_once_and_each_reminder_goes_out_once_from_two_hosts(deps: Deps) -> None:
    assert load(deps, "people", PEOPLE).added == 60
    assert load(deps, "appointments", APPOINTMENTS).added == 60
    before = fingerprint(deps)
    assert load(deps, "people", PEOPLE).unchanged == 60
    assert load(deps, "appointments", APPOINTMENTS).unchanged == 60
    assert fingerprint(deps) == before

    hosts = [
        threading.Thread(target=send_due_reminders, args=(deps,), kwargs={"now": deps.clock()})
        for _ in range(3)
    ]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()

    with deps.store.read() as conn:
        outbox, reminders = schema.outbox.c, schema.reminders.c
        texts = conn.execute(select(outbox.person_id, func.count()).group_by(outbox.person_id)).all()
        left = conn.execute(
            select(func.count()).where(reminders.kind == "booked", reminders.status != "sent")
        ).scalar_one()
    assert len(texts) == 60
    assert {count for _, count in texts} == {1}
    assert left == 0


def test_a_person_who_texts_while_their_reminder_goes_out_gets_both(deps: Deps) -> None:
    load(deps, "people", PEOPLE)
    load(deps, "appointments", APPOINTMENTS)

    def text_in() -> None:
        for n in range(0, 60, 6):
            receive(deps, InboundText(f"SM{n}", f"+4477009001{n:02d}", "", "hello"), now=deps.clock())

    sender = threading.Thread(target=send_due_reminders, args=(deps,), kwargs={"now": deps.clock()})
    texter = threading.Thread(target=text_in)
    sender.start()
    texter.start()
    sender.join()
    texter.join()

    with deps.store.read() as conn:
        failed = conn.execute(select(func.count()).where(schema.reminders.c.status == "skipped")).scalar_one()
        answered = conn.execute(
            select(func.count(func.distinct(schema.outbox.c.reply_to))).where(schema.outbox.c.via_twiml)
        ).scalar_one()
    assert failed == 0
    assert answered == 10
