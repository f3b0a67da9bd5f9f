"""Stop and start: what a person says about getting texts at all."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.escalations import Event
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.store import events, people, workers
from bot.usecases import escalating, plan_release
from bot.usecases.texting import phrase, text_person
from bot.usecases.work import Work


def opt_out(work: Work, person: Person, *, source: str, confirm: bool) -> Person:
    """Record that a person wants no more texts; at once, and only the first time confirmed.

    `source`: `provider` when the provider blocks us itself (a bare STOP, or 21610), `person` for their own
    words. `confirm`: say so once; never when the provider does that.
    """
    if person.is_opted_out:
        return person
    people.change(work.conn, person.id, opted_out_at=work.now, opt_out_source=source, consent=False)
    events.add(work.conn, Event(at=work.now, kind="opted_out", person_id=person.id, data={"source": source}))
    out = replace(person, opted_out_at=work.now, opt_out_source=source, consent=False)
    escalating.tell_of_stop(work, out)
    if confirm:
        text_person(
            work, out, phrase(work, "opting.opted_out_confirm", out), kind=Kind.ANSWER, despite_opt_out=True
        )
    return out


def opt_in(work: Work, person: Person, *, source: str) -> Person:
    """Record that a person wants texts again: that is consent too."""
    if not person.is_opted_out:
        return person
    people.change(work.conn, person.id, opted_out_at=None, opt_out_source=None, consent=True, misses=0)
    events.add(work.conn, Event(at=work.now, kind="opted_in", person_id=person.id, data={"source": source}))
    back = replace(person, opted_out_at=None, opt_out_source=None, consent=True, misses=0)
    plan_release.replan_person(work, back)
    return back


def worker_opts(work: Work, worker: Worker, *, out: bool) -> None:
    """Record a worker's stop or start; a stop is told to the coordinators at once."""
    workers.change(work.conn, worker.id, opted_out_at=work.now if out else None)
    events.add(
        work.conn,
        Event(at=work.now, kind="worker_opted_out" if out else "worker_opted_in", worker_id=worker.id),
    )
    if out:
        escalating.worker_unreachable(work, worker, "opted out")
