"""The people and workers that rows name."""

from __future__ import annotations

from bot.domain.people import Person
from bot.store import enrolment
from bot.usecases.loading.report import BATCH, Loading


def people_named(loading: Loading) -> dict[str, Person]:
    """The people in the column `person`, by external id; a row that names nobody we know is wrong."""
    wanted = sorted({str(row.values["person"]) for row in loading.rows})
    found: dict[str, Person] = {}
    for begin in range(0, len(wanted), BATCH):
        found |= enrolment.by_external_ids(loading.work.conn, wanted[begin : begin + BATCH])
    for row in loading.rows:
        if row.values["person"] not in found:
            loading.wrong(row, "person", f"there is no person {row.values['person']!r}; load people first")
    return found
