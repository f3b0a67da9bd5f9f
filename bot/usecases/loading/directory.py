"""Load services into the directory."""

from __future__ import annotations

from bot.store import services
from bot.usecases.loading.report import Loading
from bot.usecases.loading.services import service_from_values


def load_services(loading: Loading) -> None:
    """Add the entries, or change those with the same id. Entries and columns that are not in the file stay.

    Raises:
        InputInvalid: names every cell that is wrong.
    """
    work, report = loading.work, loading.report
    loading.refuse_if_wrong()
    before = {service.id: service for service in services.all(work.conn)}
    found = [service_from_values(row.values, before.get(row.values["id"])) for row in loading.rows]
    for service in found:
        if service.id not in before:
            report.added += 1
        elif before[service.id] == service:
            report.unchanged += 1
        else:
            report.changed += 1
    services.save(work.conn, found)
