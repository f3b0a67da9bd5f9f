"""Load shifts of the rota."""

from __future__ import annotations

from bot.domain.csv_rows import Row
from bot.store import shifts, workers
from bot.usecases.loading.report import Loading, batches, keep, novelties


def load_rota(loading: Loading) -> None:
    """Add shifts. One of the same area, worker, start and level is that shift, and its end may change.

    Raises:
        InputInvalid: names every cell that is wrong, a worker nobody knows among them.
    """
    work, report = loading.work, loading.report
    known = {worker.phone: worker.id for worker in workers.all(work.conn)}
    for row in loading.rows:
        if row.values["worker"] not in known:
            loading.wrong(row, "worker", f"no worker has the phone {row.values['worker']}")
    loading.refuse_if_wrong()
    for part in batches(loading.rows, "loading shifts"):
        found = novelties(loading, part, _key)
        for one in found:
            values = one.row.values
            is_new = shifts.add(
                work.conn, area=values["area"], worker_id=known[values["worker"]],
                starts_at=values["starts_at"], ends_at=values["ends_at"], level=values.get("level") or 1,
            )  # fmt: skip
            report.added += is_new and not one.is_known
            report.changed += is_new and one.is_known
            report.unchanged += not is_new
        keep(loading, found, now=work.now)


def _key(row: Row) -> str:
    values = row.values
    return f"{values['area']}|{values['worker']}|{values['starts_at'].isoformat()}|{values.get('level') or 1}"
