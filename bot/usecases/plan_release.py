"""Plan the first night, the check-ins and the hand-over of a release, and tell everyone when it changes."""

from __future__ import annotations

from bot.domain.appointments import Release
from bot.domain.escalations import Event
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.domain.releases import check_in_times, hand_over_at, is_out_of_hours, released_at
from bot.store import events, releases, timers, workers
from bot.usecases import escalating
from bot.usecases.texting import phrase, text_person, text_worker
from bot.usecases.work import Work

KINDS = ("first_night", "check_in", "hand_over")


def replan(work: Work, person: Person, release: Release) -> None:
    """Set the timers of a release as we last heard of it; those of earlier dates are taken back.

    A release in office hours needs none, one whose hand-over is past neither. Without consent we don't
    write first, but the hand-over to a worker still happens. Safe to repeat.
    """
    for earlier in releases.history(work.conn, person.id):
        if earlier.id != release.id:
            timers.replace(work.conn, subject_id=earlier.id, kinds=KINDS, now=work.now)
    calendar = work.deps.calendar
    at = released_at(release, calendar)
    until = hand_over_at(at, calendar)
    if not is_out_of_hours(release, calendar) or until <= work.now:
        return
    if person.consent and not person.is_opted_out:
        timers.add(
            work.conn, key=f"first_night:{release.id}", kind="first_night", person_id=person.id,
            due_at=max(at, work.now), subject_id=release.id,
        )  # fmt: skip
        for moment in check_in_times(at, calendar):
            if moment > work.now:
                timers.add(
                    work.conn, key=f"check_in:{release.id}:{calendar.local(moment):%Y-%m-%dT%H:%M}",
                    kind="check_in", person_id=person.id, due_at=moment, subject_id=release.id,
                )  # fmt: skip
    timers.add(
        work.conn, key=f"hand_over:{release.id}", kind="hand_over", person_id=person.id, due_at=until,
        subject_id=release.id,
    )  # fmt: skip


def replan_person(work: Work, person: Person) -> None:
    """Plan again for a person who has a release ahead, for instance once they have given consent."""
    release = releases.current(work.conn, person.id)
    if release is not None:
        replan(work, person, release)


def tell_of_new_date(work: Work, person: Person, old: Release, new: Release) -> None:
    """Tell everyone involved that the date, the time or who meets them has changed.

    The workers who meet them, before and now; the one responsible, else the coordinators; and the person,
    when the date or time is another and they can be texted. Nobody is told of what is past.
    """
    calendar = work.deps.calendar
    today = calendar.local(work.now).date()
    if max(old.release_date, new.release_date) < today:
        return
    is_moved = _when(old) != _when(new)
    known = workers.by_ids(
        work.conn,
        [w for w in (old.met_by_worker_id, new.met_by_worker_id, person.responsible_worker_id) if w],
    )
    values = _date_values(work, old, new)
    met_by = known.get(new.met_by_worker_id or "")
    met_by_id = met_by.id if met_by else "nobody"
    for worker in known.values():
        text_worker(
            work, worker, _worker_text(work, person, worker, old, met_by, values, is_moved=is_moved),
            kind=Kind.WARNING, key=f"release:{new.id}:{met_by_id}:{worker.id}", person_id=person.id,
        )  # fmt: skip
    if is_moved and person.responsible_worker_id not in known:
        body = _worker_text(work, person, None, old, met_by, values, is_moved=True)
        escalating.warn_coordinators(
            work, person.area, body, key=f"release:{new.id}:{met_by_id}", without=tuple(known)
        )
    if is_moved:
        body = phrase(work, "hand_over.person_date", person, **values)
        text_person(work, person, body, kind=Kind.FLOW, key=f"release:{new.id}:person")
    events.add(
        work.conn,
        Event(
            at=work.now, kind="release_changed", person_id=person.id,
            data={"old": str(_when(old)), "new": str(_when(new)), "release": new.id, "told": sorted(known)},
        ),
    )  # fmt: skip


def _when(release: Release) -> tuple[str, str]:
    return release.release_date.isoformat(), str(release.release_time or "")


def _date_values(work: Work, old: Release, new: Release) -> dict[str, str]:
    calendar = work.deps.calendar

    def at_time(release: Release) -> str:
        if release.release_time is None:
            return ""
        time = calendar.time_text(released_at(release, calendar))
        return " " + phrase(work, "hand_over.at_time", time=time)

    return {
        "day": calendar.day_text(released_at(new, calendar), now=work.now),
        "at_time": at_time(new),
        "old_day": calendar.day_text(released_at(old, calendar), now=work.now),
        "old_at_time": at_time(old),
    }


def _worker_text(
    work: Work,
    person: Person,
    worker: Worker | None,
    old: Release,
    met_by: Worker | None,
    values: dict[str, str],
    *,
    is_moved: bool,
) -> str:
    if met_by is not None and worker is not None and worker.id == met_by.id:
        yours = phrase(work, "hand_over.you_meet")
    elif worker is not None and worker.id == old.met_by_worker_id:
        yours = phrase(work, "hand_over.you_no_longer_meet")
    elif met_by is not None:
        yours = phrase(work, "hand_over.somebody_else_meets", worker_name=met_by.name)
    else:
        yours = phrase(work, "hand_over.nobody_meets")
    shown: dict[str, object] = {**values, "first_name": person.first_name or "someone", "yours": yours}
    name = "hand_over.worker_date" if is_moved else "hand_over.worker_new"
    return phrase(work, name, None, area=person.area, **shown)
