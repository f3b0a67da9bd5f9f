"""Two hosts and two workers at the same moment, on both databases: one effect, and the truth for all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.deps import Deps
from bot.domain.escalations import EscalationStatus
from bot.store.database import Store
from bot.usecases import escalating
from tests.fakes import Clock
from tests.postgres import postgres
from tests.store.conftest import migrated_file, migrated_postgres, store, url
from tests.usecases.escalating.desk import Desk

__all__ = ["migrated_file", "migrated_postgres", "postgres", "store", "url"]


@pytest.fixture
def desk(make_deps: Callable[[Store], Deps], store: Store, clock: Clock) -> Desk:
    desk = Desk(make_deps(store), clock)
    desk.on_call("sam", "kay", level=1)
    desk.on_call("lee", "max", level=2)
    return desk


def at_once(*actions: Callable[[], object]) -> None:
    """Run all of them at the same moment; what one raises is raised here."""
    together = threading.Barrier(len(actions))
    raised: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        together.wait()
        try:
            action()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_a_tick_on_several_hosts_at_once_takes_each_step_once(desk: Desk) -> None:
    for name in ("ash", "bo", "cy"):
        desk.person(name)
        desk.open(name)
    desk.clock.forward(minutes=15)

    at_once(*[lambda: escalating.tick(desk.deps, now=desk.now)] * 3)

    assert sorted(desk.paged()) == sorted(["sam", "kay", "lee", "max"] * 3)


def test_of_two_takers_at_once_one_has_it_and_the_other_is_told_who(desk: Desk) -> None:
    desk.person("ash")
    escalation = desk.open("ash")
    codes = {name: desk.code(name, escalation) for name in ("sam", "kay")}

    at_once(*[lambda name=name: desk.says(name, codes[name]) for name in codes])

    taker = desk.escalation(escalation.id).taken_by
    assert taker in codes
    other = "kay" if taker == "sam" else "sam"
    assert any(text == f"{codes[other]}: {taker.capitalize()} has it. You can stand down, thank you."
               or text.startswith(f"{taker.capitalize()} has {codes[other]}")
               for text in desk.texts(other))  # fmt: skip
    assert desk.texts("ash") == [f"{taker.capitalize()} has your message and will text you from this number."]


def test_taking_at_the_moment_a_step_falls_due_loses_nothing(desk: Desk) -> None:
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.clock.forward(minutes=15)

    at_once(lambda: desk.says("sam", code), lambda: escalating.tick(desk.deps, now=desk.now))

    standing = desk.escalation(escalation.id)
    assert (standing.status, standing.taken_by) == (EscalationStatus.TAKEN, "sam")
    for name in set(desk.paged()) - {"sam"}:
        assert "You can stand down" in desk.texts(name)[-1]


def test_the_same_need_opened_twice_at_once_is_one_escalation(desk: Desk) -> None:
    desk.person("ash")
    opened = []

    at_once(*[lambda: opened.append(desk.open("ash"))] * 2)

    assert len({one.id for one in opened}) == 1
    assert desk.escalation(opened[0].id).repeats == 1


def test_pages_at_once_never_give_one_worker_the_same_code_twice(desk: Desk) -> None:
    names = ("ash", "bo", "cy", "di", "ed", "flo")
    for name in names:
        desk.person(name)

    opened = []
    at_once(*[lambda name=name: opened.append(desk.open(name)) for name in names])

    for worker in ("sam", "kay"):
        assert len({desk.code(worker, escalation) for escalation in opened}) == len(names)
