"""Change what a person told us about themselves in a conversation."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.escalations import Event, Urgency
from bot.domain.people import Person, SafeToText
from bot.engine.effects import ChangePerson
from bot.store import events, people, person_areas
from bot.usecases import escalating, plan_release
from bot.usecases.work import Work


def change_person(work: Work, person: Person, change: ChangePerson) -> Person:
    """Save what changed and give back the person as they now are.

    A known person who names another area is not moved by that: a worker hears of it, and the old area keeps
    them until somebody in the new one takes over. An area that is not in the list changes nothing.
    """
    changes: dict[str, object] = {}
    if change.language:
        changes["language"] = change.language
    if change.safe_to_text:
        changes["safe_to_text"] = SafeToText(change.safe_to_text)
    if change.consent is not None:
        changes["consent"] = change.consent
    if change.first_name:
        changes["first_name"] = change.first_name.strip().split()[0][:40].capitalize()
    needs = list(person.needs)
    if change.need and change.need not in needs:
        needs.append(change.need)
    if change.need_done and change.need_done in needs:
        needs.remove(change.need_done)
    if tuple(needs) != person.needs:
        changes["needs"] = tuple(needs)
    area = work.deps.calendar.area(change.area) if change.area else None
    if area and area != person.area:
        if person.is_known:
            escalating.open_escalation(
                work, person, urgency=Urgency.WHENEVER, reason=f"says they are now in {area}",
                need="moved_area", words=work.words,
            )  # fmt: skip
        else:
            changes["area"] = area
            person_areas.move(work.conn, person.id, area, now=work.now)
    if not changes:
        return person
    people.change(work.conn, person.id, **{name: v for name, v in changes.items() if name != "area"})
    events.add(
        work.conn,
        Event(at=work.now, kind="person_changed", person_id=person.id, data={"fields": sorted(changes)}),
    )
    changed = replace(person, **changes)  # type: ignore[arg-type]  # the names are those of Person
    if changed.consent and not person.consent:
        plan_release.replan_person(work, changed)
    return changed
