"""Load workers: a worker is known by their phone."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.people import Worker
from bot.store import workers
from bot.usecases.loading.report import Loading, keep, novelties


def load_workers(loading: Loading) -> None:
    """Add workers and change what their rows now say otherwise.

    Raises:
        InputInvalid: names every cell that is wrong.
    """
    loading.refuse_if_wrong()
    work, report = loading.work, loading.report
    known = {worker.phone: worker for worker in workers.all(work.conn)}
    found = novelties(loading, loading.rows, lambda row: str(row.values["phone"]))
    for one in found:
        worker = known.get(one.key)
        values = {
            name: value
            for name, value in one.row.values.items()
            if (worker is None or name in one.fresh) and name != "phone" and value is not None
        }
        if worker is None:
            new = Worker(work.deps.new_id(), "", one.key, "", "", ())
            workers.add(work.conn, replace(new, **values), now=work.now)
            report.added += 1
            continue
        changes = {name: value for name, value in values.items() if getattr(worker, name) != value}
        workers.change(work.conn, worker.id, **changes)
        report.changed += bool(changes)
        report.unchanged += not changes
    keep(loading, found, now=work.now)
