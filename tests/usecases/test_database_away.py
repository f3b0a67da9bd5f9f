"""The database can't do it now: nothing is given up for that, and nobody waits longer than the provider does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.deps import Deps
from bot.domain.messages import InboundText
from bot.domain.timers import TimerStatus
from bot.errors import DatabaseTooNew
from bot.store import escalations, inbound, timers
from bot.store.database import Store
from bot.usecases import content
from bot.usecases.fire_timers import fire_due_timers
from bot.usecases.receive_message import receive
from tests.conftest import FRIDAY
from tests.usecases.sending import AMINA, a_person


class UnsteadyStore(Store):
    """Undoes the next write transactions at their end, as a database does that ends a deadlock."""

    fails = 0

    @contextmanager
    def begin(self, *, shares: bool = False) -> Iterator[Connection]:
        with super().begin(shares=shares) as conn:
            yield conn
            if self.fails > 0:
                self.fails -= 1
                raise OperationalError("COMMIT", None, Exception("deadlock detected"))


@pytest.fixture
def store(deps: Deps) -> UnsteadyStore:
    deps.store.__class__ = UnsteadyStore
    assert isinstance(deps.store, UnsteadyStore)
    return deps.store


def a_welcome(deps: Deps) -> int:
    a_person(deps)
    with deps.store.begin() as conn:
        content.publish_files(deps, conn)
        timers.add(conn, key="welcome:amina", kind="welcome", person_id="amina", due_at=FRIDAY)
        return timers.of_person(conn, "amina")[0].id


def standing(deps: Deps, timer_id: int) -> TimerStatus:
    with deps.store.read() as conn:
        found = timers.get(conn, timer_id)
    assert found is not None
    return found.status


def test_a_timer_that_the_database_undid_fires_at_the_next_tick(deps: Deps, store: UnsteadyStore) -> None:
    timer = a_welcome(deps)
    store.fails = 1

    fire_due_timers(deps, now=FRIDAY)
    assert standing(deps, timer) is TimerStatus.WAITING
    fire_due_timers(deps, now=FRIDAY + timedelta(seconds=1))

    assert standing(deps, timer) is TimerStatus.DONE
    with deps.store.read() as conn:
        assert escalations.open_of_person(conn, "amina") == []


def test_a_text_that_the_database_undid_is_taken_in_again(deps: Deps, store: UnsteadyStore) -> None:
    a_welcome(deps)
    store.fails = 2

    answers = receive(deps, InboundText("SM1", AMINA, "+447700900000", "food"), now=FRIDAY)

    assert answers
    with deps.store.read() as conn:
        assert len(inbound.of_person(conn, "amina", since=FRIDAY)) == 1


def test_a_text_is_not_tried_for_longer_than_the_provider_waits(
    deps: Deps, store: UnsteadyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_welcome(deps)
    store.fails = 9
    monkeypatch.setattr("bot.usecases.receive_message._TRY_WITHIN", -1.0)

    with pytest.raises(OperationalError):
        receive(deps, InboundText("SM1", AMINA, "+447700900000", "food"), now=FRIDAY)

    assert store.fails == 8


def test_a_host_of_an_old_release_takes_in_nothing(deps: Deps) -> None:
    timer = a_welcome(deps)

    def refuse(_: Connection) -> None:
        raise DatabaseTooNew("the database is at schema 0999")

    deps.store.guard = refuse

    with pytest.raises(DatabaseTooNew):
        receive(deps, InboundText("SM1", AMINA, "+447700900000", "food"), now=FRIDAY)
    with pytest.raises(DatabaseTooNew):
        fire_due_timers(deps, now=FRIDAY)
    assert standing(deps, timer) is TimerStatus.WAITING


def test_a_timer_that_another_host_fired_meanwhile_is_not_put_off(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other host fires it between our look and our turn; its own question is open then."""
    timer = a_welcome(deps)
    receive(deps, InboundText("SM1", AMINA, "+447700900000", "thanks"), now=FRIDAY)
    with deps.store.read() as conn:
        seen = timers.due(conn, now=FRIDAY, limit=9)
    fire_due_timers(deps, now=FRIDAY)
    assert standing(deps, timer) is TimerStatus.DONE

    monkeypatch.setattr("bot.usecases.fire_timers.timers.due", lambda conn, **_: seen)
    fire_due_timers(deps, now=FRIDAY)

    assert standing(deps, timer) is TimerStatus.DONE
