"""A million reminders that wait and ten thousand that are due."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median

from sqlalchemy import func, select
from tqdm import tqdm

from bench.figures import Figure
from bench.processes import stand_in
from bench.seeds import seed_reminders
from bench.town import Towns, midday, open_deps
from bot.deps import Deps
from bot.domain.messages import DeliveryStatus
from bot.store.schema import outbox
from bot.usecases.move_clock import do_what_is_due

WAITING, DUE = 1_000_000, 10_000
TICKS = 60
SENT = (DeliveryStatus.ACCEPTED.value, DeliveryStatus.SENT.value, DeliveryStatus.DELIVERED.value)


def waiting_and_due(towns: Towns, *, waiting: int = WAITING, due: int = DUE) -> list[Figure]:
    """(d) What a tick costs while nothing is due, and how fast what is due is claimed, rendered and sent."""
    url = towns.new("reminders", due, due * 2)
    now = midday()
    with stand_in() as provider:
        deps = open_deps(url, provider=provider)
        seed_reminders(deps.store, waiting, people_count=due, due_at=now + timedelta(days=30),
                       starts_at=now + timedelta(days=31), quiet=towns.quiet)  # fmt: skip
        ticks = []
        for _ in range(TICKS):
            began = time.perf_counter()
            do_what_is_due(deps, now=now)
            ticks.append(time.perf_counter() - began)
        seed_reminders(deps.store, due, people_count=due, due_at=now - timedelta(minutes=1),
                       starts_at=now + timedelta(hours=20), quiet=towns.quiet)  # fmt: skip
        sent, seconds = _send_all(towns, deps, due)
        deps.store.close()
    return [
        Figure("d", f"a tick, {waiting:,} reminders waiting", median(ticks) * 1000, "ms", 5,
               beside=f"slowest of {TICKS}: {max(ticks) * 1000:.1f} ms"),
        Figure("d", f"{due:,} due reminders, sent", sent / seconds, "/s", 300, at_most=False,
               beside=f"{sent:,} taken by the stand-in over HTTP in {seconds:.1f} s"),
    ]  # fmt: skip


def _send_all(towns: Towns, deps: Deps, due: int) -> tuple[int, float]:
    began, sent, before = time.perf_counter(), 0, -1
    with tqdm(total=due, desc="sending", unit=" texts", leave=False, disable=towns.quiet or None) as bar:
        while sent < due and (sent, before) != (before, sent):
            before = sent
            # The sender's rate is kept by the clock, which goes on from midday as the real one does.
            do_what_is_due(deps, now=midday() + timedelta(seconds=time.perf_counter() - began))
            sent = _count_sent(deps)
            bar.update(sent - before)
    if sent < due:
        raise RuntimeError(f"only {sent:,} of {due:,} reminders were sent")
    return sent, time.perf_counter() - began


def _count_sent(deps: Deps) -> int:
    with deps.store.read() as conn:
        reminded = select(func.count()).where(outbox.c.kind == "reminder", outbox.c.status.in_(SENT))
        return int(conn.execute(reminded).scalar_one())
