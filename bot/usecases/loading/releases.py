"""Load dates of release; a date that changed is kept, planned again and told to everyone involved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.appointments import Release
from bot.domain.people import Person
from bot.domain.releases import is_out_of_hours
from bot.store import releases, workers
from bot.usecases import plan_release
from bot.usecases.loading.references import people_named
from bot.usecases.loading.report import Loading, Novelty, batches, keep, novelties
from bot.usecases.work import Work

_DATE = frozenset({"release_date", "release_time"})


def load_releases(loading: Loading) -> None:
    """Add dates of release and change what their rows now say otherwise.

    Raises:
        InputInvalid: names every cell that is wrong, a person or worker nobody knows among them.
    """
    work, report = loading.work, loading.report
    known = people_named(loading)
    phones = {worker.phone: worker.id for worker in workers.all(work.conn)}
    for row in loading.rows:
        met_by = row.values.get("met_by")
        if met_by is not None and met_by not in phones:
            loading.wrong(row, "met_by", f"no worker has the phone {met_by}")
    loading.refuse_if_wrong()
    for part in batches(loading.rows, "loading releases"):
        found = novelties(loading, part, lambda row: str(row.values["person"]))
        before = releases.current_of(work.conn, [known[one.key].id for one in found])
        new: list[tuple[Release, Person]] = []
        for one in found:
            person = known[one.key]
            fields = _fields(one, phones, is_new=person.id not in before)
            if person.id in before:
                is_changed = _change(work, person, before[person.id], fields)
                report.changed += is_changed
                report.unchanged += not is_changed
                continue
            new.append((Release(work.deps.new_id(), person.id, **fields, created_at=work.now), person))
            report.added += 1
        releases.add_many(work.conn, [release for release, _ in new], now=work.now)
        for release, person in new:
            if is_out_of_hours(release, work.deps.calendar):
                plan_release.replan(work, person, release)
        keep(loading, found, now=work.now)


def _fields(one: Novelty, phones: dict[str, str], *, is_new: bool) -> dict[str, Any]:
    """The fields of a release that the row says anew. A blank cell takes back what was said."""
    values = {name: value for name, value in one.row.values.items() if is_new or name in one.fresh}
    values.pop("person", None)
    if "met_by" in values:
        met_by = values.pop("met_by")
        values["met_by_worker_id"] = phones[met_by] if met_by is not None else None
    for name, blank in (("prison", ""), ("address_tonight", "unknown")):
        if name in values:
            values[name] = values[name] or blank
    return values


def _change(work: Work, person: Person, before: Release, fields: dict[str, Any]) -> bool:
    """A new row for another date or time, so that the history is kept; else a change of the one there is."""
    changes = {name: value for name, value in fields.items() if getattr(before, name) != value}
    if not changes:
        return False
    after = replace(before, **changes)
    if changes.keys() & _DATE:
        after = replace(after, id=work.deps.new_id(), created_at=work.now)
        releases.add(work.conn, after, now=work.now)
        plan_release.replan(work, person, after)
    else:
        releases.change(work.conn, before.id, **changes)
    if changes.keys() & (_DATE | {"met_by_worker_id"}):
        plan_release.tell_of_new_date(work, person, before, after)
    return True
