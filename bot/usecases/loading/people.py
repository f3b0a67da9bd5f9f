"""Load people, and all that follows: welcome, a new number, an offer to another area."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.escalations import Event, Urgency
from bot.domain.people import Person, SafeToText
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.store import enrolment, events, numbers, people, person_areas, timers
from bot.store.enrolment import NewPerson
from bot.usecases import escalating, plan_release, plan_reminders
from bot.usecases.loading.report import Loading, Novelty, batches, keep, novelties
from bot.usecases.work import Work

_COLUMNS = frozenset(
    {
        "first_name",
        "last_name",
        "language",
        "safe_to_text",
        "contact_from",
        "contact_until",
        "needs",
        "consent",
    }
)


def load_people(loading: Loading) -> None:
    """Add people and change what their rows now say otherwise. A blank cell says nothing.

    What a person has told us since the file was last loaded stands until the file says something new.

    Raises:
        InputInvalid: names every cell that is wrong.
    """
    loading.refuse_if_wrong()
    work, report = loading.work, loading.report
    for part in batches(loading.rows, "loading people"):
        found = novelties(loading, part, lambda row: str(row.values["external_id"]))
        known = enrolment.by_external_ids(work.conn, [one.key for one in found])
        phones = [phone for one in found if (phone := one.row.values.get("phone"))]
        strangers = enrolment.strangers_at(work.conn, phones)
        addresses = enrolment.current_addresses(work.conn, [person.id for person in known.values()])
        new: list[NewPerson] = []
        for one in found:
            person, phone = known.get(one.key), one.row.values.get("phone")
            if person is not None:
                is_changed = _change(work, person, one, addresses.get(person.id), strangers)
                report.changed += is_changed
                report.unchanged += not is_changed
                continue
            report.added += 1
            stranger = strangers.pop(phone, None) if phone else None
            if stranger is not None:
                _recognise(work, stranger, one)
            else:
                new.append(_enrol(work, one))
        enrolment.add(work.conn, new, now=work.now)
        keep(loading, found, now=work.now)
    _note_shared_phones(loading)


def _note_shared_phones(loading: Loading) -> None:
    """Note who of the file shares a phone with whom: people may, but it can be a slip."""
    lines = {str(row.values["external_id"]): row.line for row in loading.rows}
    phones = list(dict.fromkeys(phone for row in loading.rows if (phone := row.values.get("phone"))))
    for part in batches(phones, "looking for shared phones"):
        found = enrolment.sharing(loading.work.conn, part)
        for phone in part:
            named = [
                f"{id} (line {lines[id]})" if id in lines else f"{id} (not in this file)"
                for id in sorted(found.get(phone, ()), key=lambda id: (id not in lines, lines.get(id)))
            ]
            if named:
                who = f"{', '.join(named[:-1])} and {named[-1]}"
                loading.report.notes.append(f"{loading.file}: {who} share a phone")


def _enrol(work: Work, one: Novelty) -> NewPerson:
    values = one.row.values
    person = replace(
        Person(work.deps.new_id(), one.key, "", "", values["area"]),
        **{name: value for name, value in values.items() if name in _COLUMNS and value is not None},
    )
    return NewPerson(person, values.get("phone"), _welcome_at(work, person))


def _welcome_at(work: Work, person: Person) -> Any:
    """When to say hello: in contact hours, to those who said we may write; none to others."""
    if not person.consent or person.is_opted_out or person.safe_to_text is SafeToText.NO:
        return None
    return next_allowed(quiet_hours_of(person, work.deps.calendar.zone), work.now)


def _recognise(work: Work, stranger: Person, one: Novelty) -> None:
    """Somebody who has texted us before we knew who they are is on the list now: keep all that was said."""
    values = _set_columns(one)
    people.change(work.conn, stranger.id, external_id=one.key, is_known=True, misses=0, **values)
    person_areas.move(work.conn, stranger.id, one.row.values["area"], now=work.now)
    person = replace(stranger, is_known=True, area=one.row.values["area"], **values)
    _record(work, person, "person_recognised", fields=sorted(values))
    _welcome(work, person)


def _change(
    work: Work, person: Person, one: Novelty, address: str | None, strangers: dict[str, Person]
) -> bool:
    """Make what the row says anew so, with all that follows; whether anything is different."""
    changes = {name: value for name, value in _set_columns(one).items() if getattr(person, name) != value}
    fresh = {name: one.row.values[name] for name in one.fresh}
    phone, area = fresh.get("phone"), fresh.get("area")
    is_moving = False
    if changes:
        people.change(work.conn, person.id, **changes)
        person = replace(person, **changes)
        _record(work, person, "person_changed", fields=sorted(changes))
    if phone is not None and phone != address:
        changes["phone"] = phone
        person = _new_number(work, person, phone, strangers.pop(phone, None))
        address = phone
    if area is not None and area != person.area:
        is_moving = _offer(work, person, area)
    elif area is not None:
        is_moving = escalating.withdraw_area_offers(work, person) > 0
    if "consent" in changes or "phone" in changes:
        if address is not None:
            _welcome(work, person)
        plan_release.replan_person(work, person)
    if changes.keys() & {"contact_from", "contact_until"}:
        plan_reminders.replan_person(work, person)
    return bool(changes) or is_moving


def _new_number(work: Work, person: Person, phone: str, stranger: Person | None) -> Person:
    """From now on the person is reached there; the old number goes into their history.

    Whoever wrote from it without our knowing who they were was this person: what they said about texts
    counts for them.
    """
    numbers.link(work.conn, person.id, phone, now=work.now)
    if stranger is not None:
        numbers.unlink(work.conn, stranger.id, phone, now=work.now)
        if stranger.is_opted_out and not person.is_opted_out:
            out = {"opted_out_at": stranger.opted_out_at, "opt_out_source": stranger.opt_out_source}
            people.change(work.conn, person.id, **out)
            person = replace(person, **out)  # type: ignore[arg-type]  # the names are those of Person
    _record(work, person, "number_changed", taken_over_from=stranger.id if stranger else None)
    return person


def _offer(work: Work, person: Person, area: str) -> bool:
    """Offer the person to another area; the old one keeps them until a worker of the new one takes it."""
    escalating.open_escalation(
        work,
        person,
        urgency=Urgency.TODAY,
        reason=f"is moving here from {person.area}",
        need=f"area:{area}",
        words="",
        area=area,
        caller_tells=True,
    )
    _record(work, person, "area_offered", area=area)
    return True


def _welcome(work: Work, person: Person) -> None:
    due_at = _welcome_at(work, person)
    if due_at is not None:
        key = f"welcome:{person.id}"
        timers.add(work.conn, key=key, kind="welcome", person_id=person.id, due_at=due_at)


def _set_columns(one: Novelty) -> dict[str, Any]:
    """The columns of a person that the row says anew."""
    return {
        name: value
        for name, value in one.row.values.items()
        if name in _COLUMNS and name in one.fresh and value is not None
    }


def _record(work: Work, person: Person, kind: str, **data: object) -> None:
    events.add(work.conn, Event(at=work.now, kind=kind, person_id=person.id, data=data))
