"""Sending through the provider's own SDK over HTTP, on a database that several hosts share."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.deps import Deps
from bot.domain.messages import DeliveryStatus, Kind
from bot.store import claims, outbox
from bot.store.database import Store
from bot.store.migrate import migrate
from bot.transports.twilio import TwilioTransport
from bot.usecases.send_due import send_due
from tests.conftest import FRIDAY
from tests.fakes import Ids
from tests.postgres import Server, postgres
from tests.standin import StandInProvider
from tests.usecases.sending import AMINA, BEN, a_person, a_text, known, row, status

__all__ = ["postgres"]


@pytest.fixture
def provider() -> Iterator[StandInProvider]:
    with StandInProvider() as provider:
        yield provider


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> dict[str, str]:
    urls = {
        "sqlite": f"sqlite:///{tmp_path_factory.mktemp('sending')}/gatepost.db",
        "postgresql": postgres.new_database(),
    }
    for url in urls.values():
        store = Store(url)
        migrate(store)
        store.close()
    return urls


@pytest.fixture(params=["sqlite", "postgresql"])
def hosts(
    request: pytest.FixtureRequest, tmp_path: Path, migrated: dict[str, str], postgres: Server,
    make_deps: Callable[[Store], Deps], provider: StandInProvider,
) -> Iterator[Callable[[], Deps]]:  # fmt: skip
    """Makes one more host on the same database and provider."""
    url = migrated[request.param]
    if request.param == "sqlite":
        shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "gatepost.db")
        url = f"sqlite:///{tmp_path}/gatepost.db"
    else:
        url = postgres.new_database(like=url)
    stores: list[Store] = []
    ids = Ids()
    lock = threading.Lock()

    def next_id() -> str:
        with lock:
            return ids()

    def make() -> Deps:
        stores.append(Store(url))
        deps = make_deps(stores[-1])
        secret = {"secret_key": "x", "database_url": url}
        settings = deps.settings.model_copy(update={**provider.settings(), **secret})
        return replace(deps, settings=settings, transport=TwilioTransport(settings), new_id=next_id)

    yield make
    for store in stores:
        store.close()


def test_two_hosts_hand_over_each_text_once_and_each_persons_in_order(
    hosts: Callable[[], Deps], provider: StandInProvider
) -> None:
    one, two = hosts(), hosts()
    people = [f"+4477009{number:05d}" for number in range(30)]
    for number in range(4):
        for person in people:
            a_text(one, f"{number}", to=person)
    took: list[int] = []
    barrier = threading.Barrier(2)

    def run(deps: Deps) -> None:
        barrier.wait()
        for _ in range(40):
            took.append(send_due(deps, now=FRIDAY))

    threads = [threading.Thread(target=run, args=(deps,)) for deps in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(took) == len(provider.messages) == 120
    for person in people:
        assert provider.texts_to(person) == ["0", "1", "2", "3"]
    with one.store.read() as conn:
        rows = [message for person in people for message in outbox.to_address(conn, person)]
    assert {message.status for message in rows} == {DeliveryStatus.ACCEPTED}
    assert {message.provider_id for message in rows} == {made.sid for made in provider.messages}


def test_a_host_that_dies_in_the_middle_loses_nothing_and_repeats_nothing(
    hosts: Callable[[], Deps], provider: StandInProvider
) -> None:
    dead, alive = hosts(), hosts()
    claimed_only = a_text(dead, "claimed")
    never_called = a_text(dead, "never called", to=BEN)
    called = a_text(dead, "called", to="+447700900103")
    with dead.store.begin() as conn:
        claims.claim(conn, token="dead", most=9, now=FRIDAY)
        claims.hand_over(conn, [never_called, called], token="dead", now=FRIDAY)
    provider.make("+447700900103", "called", None)

    for seconds in (0, 59, 61, 119, 121):
        send_due(alive, now=FRIDAY + timedelta(seconds=seconds))

    assert provider.texts_to(AMINA) == ["claimed"]
    assert provider.texts_to(BEN) == ["never called"]
    assert provider.texts_to("+447700900103") == ["called"]
    assert {status(alive, i) for i in (claimed_only, never_called, called)} == {DeliveryStatus.ACCEPTED}


@pytest.mark.parametrize("failure", ["broken", "cut", "down", "refused"])
def test_an_answer_that_leaves_it_open_sends_once(
    hosts: Callable[[], Deps], provider: StandInProvider, failure: str
) -> None:
    deps = hosts()
    outbox_id = a_text(deps, "one")
    provider.fail_next(failure)  # type: ignore[arg-type]

    for seconds in (0, 5, 20, 40):
        send_due(deps, now=FRIDAY + timedelta(seconds=seconds))

    assert provider.texts_to(AMINA) == ["one"]
    assert row(deps, outbox_id).provider_id == provider.messages[0].sid


def test_a_look_up_that_fails_resends_nothing(hosts: Callable[[], Deps], provider: StandInProvider) -> None:
    deps = hosts()
    outbox_id = a_text(deps, "one")
    provider.fail_next("cut")
    send_due(deps, now=FRIDAY)
    working, deps.transport = deps.transport, TwilioTransport(
        deps.settings.model_copy(update={"twilio_base_url": "http://127.0.0.1:1"})
    )  # fmt: skip

    send_due(deps, now=FRIDAY + timedelta(seconds=20))
    assert status(deps, outbox_id) is DeliveryStatus.HANDED_OVER

    deps.transport = working
    send_due(deps, now=FRIDAY + timedelta(seconds=80))
    assert provider.texts_to(AMINA) == ["one"]
    assert status(deps, outbox_id) is DeliveryStatus.ACCEPTED


def test_each_refusal_over_http_has_its_consequence(
    hosts: Callable[[], Deps], provider: StandInProvider
) -> None:
    deps = hosts()
    a_person(deps, AMINA, "amina")
    a_person(deps, BEN, "ben")
    said_stop = a_text(deps, "one", person_id="amina")
    bad = a_text(deps, "one", to=BEN, person_id="ben")
    busy = a_text(deps, "one", to="+447700900103")
    provider.fail_always(AMINA, 21610)
    provider.fail_always(BEN, 21211)
    provider.fail_next("busy", to="+447700900103")

    send_due(deps, now=FRIDAY)

    assert known(deps, "amina").is_opted_out
    assert not known(deps, "ben").is_opted_out
    assert status(deps, said_stop) is DeliveryStatus.REFUSED
    assert status(deps, bad) is DeliveryStatus.FAILED
    assert status(deps, busy) is DeliveryStatus.DUE
    send_due(deps, now=row(deps, busy).due_at)
    assert status(deps, busy) is DeliveryStatus.ACCEPTED


def test_a_wrong_token_over_http_loses_nothing(hosts: Callable[[], Deps], provider: StandInProvider) -> None:
    deps = hosts()
    ids = [a_text(deps, "x", to=f"+4477009{number:05d}") for number in range(40)]
    right = deps.transport
    deps.transport = TwilioTransport(deps.settings.model_copy(update={"twilio_auth_token": "wrong"}))

    send_due(deps, now=FRIDAY)
    assert {status(deps, i) for i in ids} == {DeliveryStatus.DUE}
    assert len(provider.calls) <= 32  # those under way; the others were not tried

    deps.transport = right
    send_due(deps, now=FRIDAY + timedelta(minutes=1, seconds=5))
    assert len(provider.messages) == 40


def test_no_transaction_is_open_during_a_call(hosts: Callable[[], Deps], provider: StandInProvider) -> None:
    deps = hosts()
    a_text(deps, "one")
    provider.delay = 30.0
    sending = threading.Thread(target=send_due, args=(deps,), kwargs={"now": FRIDAY})
    sending.start()
    while not provider.calls:
        sending.join(0.01)

    other = hosts()
    outbox_id = a_text(other, "written meanwhile", to=BEN)  # would wait for as long as a writer is there

    assert status(other, outbox_id) is DeliveryStatus.DUE
    provider.release()
    sending.join()


def test_a_page_goes_while_every_other_call_hangs(
    hosts: Callable[[], Deps], provider: StandInProvider
) -> None:
    deps = hosts()
    people = [f"+4477009{number:05d}" for number in range(60)]
    for person in people:
        a_text(deps, "see you tomorrow", to=person, kind=Kind.REMINDER)
        provider.fail_always(person, "slow")
    provider.delay = 30.0
    sending = threading.Thread(target=send_due, args=(deps,), kwargs={"now": FRIDAY})
    sending.start()
    soon(lambda: provider.most_at_once >= 20)

    for number in range(10, 14):
        page = a_text(deps, "K7", to=f"+4479001{number:05d}", kind=Kind.PAGE)
        provider.fail_always(f"+4479001{number:05d}", 21408)
        soon(lambda page=page: status(deps, page) is DeliveryStatus.FAILED)  # type: ignore[misc]

    provider.release()
    sending.join()
    assert {status(deps, i) for i in range(1, 61)} <= {DeliveryStatus.ACCEPTED, DeliveryStatus.DUE}


def test_a_tick_that_waits_no_longer_records_what_ends_later(
    hosts: Callable[[], Deps], provider: StandInProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.send_due.CLAIM_FOR", 0.3)
    deps = hosts()
    outbox_id = a_text(deps, "one")
    provider.delay = 30.0

    assert send_due(deps, now=FRIDAY) == 0
    assert status(deps, outbox_id) is DeliveryStatus.HANDED_OVER

    provider.release()
    soon(lambda: status(deps, outbox_id) is DeliveryStatus.ACCEPTED)


def soon(holds: Callable[[], bool]) -> None:
    """Wait until it holds.

    Raises:
        AssertionError: it did not within some seconds.
    """
    waiting = threading.Event()
    for _ in range(500):
        if holds():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not happen in time")


class Died(Exception):
    """The host is gone."""


class DyingStore(Store):
    """The database of a host that dies: before or after its commits, once `steps_left` is used up."""

    steps_left = 0

    @contextmanager
    def begin(self, *, shares: bool = False) -> Iterator[Connection]:
        with super().begin(shares=shares) as conn:
            yield conn
            self._step()
        self._step()

    def _step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise Died


@pytest.mark.parametrize("steps", range(10))
def test_a_host_that_dies_at_any_commit_loses_nothing_and_repeats_nothing(
    hosts: Callable[[], Deps], provider: StandInProvider, steps: int
) -> None:
    dying, alive = hosts(), hosts()
    ids = [a_text(alive, f"{number}", to=to) for number in range(2) for to in (AMINA, BEN)]
    dying.store.__class__ = DyingStore
    assert isinstance(dying.store, DyingStore)
    dying.store.steps_left = steps
    with suppress(Died):
        send_due(dying, now=FRIDAY)

    for seconds in range(0, 600, 30):
        send_due(alive, now=FRIDAY + timedelta(seconds=seconds))

    assert (provider.texts_to(AMINA), provider.texts_to(BEN)) == (["0", "1"], ["0", "1"])
    assert {status(alive, i) for i in ids} == {DeliveryStatus.ACCEPTED}
