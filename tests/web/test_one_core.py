"""Python's threads stay on one core; nobody else is moved."""

from __future__ import annotations

import os
import threading

import pytest

from bot.web.one_core import OneCore

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="this system has one core, or can't keep a thread on one",
)


def cores_in_a_thread(run: object = None) -> set[int]:
    found: list[set[int]] = []

    def look() -> None:
        if callable(run):
            run()
        found.append(os.sched_getaffinity(0))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


def test_a_thread_that_answers_a_request_stays_on_the_core_and_others_do_not() -> None:
    before = os.sched_getaffinity(0)
    cores = OneCore()
    answer = cores.wrap(lambda _environ, _start: [b"answer"])

    kept = cores_in_a_thread(lambda: answer({}, lambda *_: None))

    assert kept == {cores.core}
    assert os.sched_getaffinity(0) == cores_in_a_thread() == before


def test_what_is_started_meanwhile_stays_on_the_core_and_who_starts_it_does_not() -> None:
    before = os.sched_getaffinity(0)
    cores = OneCore()
    with cores.starting():
        kept = cores_in_a_thread()

    assert kept == {cores.core}
    assert os.sched_getaffinity(0) == before


def test_a_system_that_cannot_do_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    cores = OneCore()

    with cores.starting():
        cores.take()

    assert cores.core is None
