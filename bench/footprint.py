"""What the server takes: memory after load, and time to start."""

from __future__ import annotations

from bench.figures import Figure
from bench.processes import gatepost, memory_of, stand_in
from bench.town import PEOPLE, Towns
from bench.turns import PER_SECOND, conclude, steady_load

MEGABYTE = 1_000_000
LOAD_SECONDS = 10


def memory(towns: Towns, *, url: str | None = None, seconds: int = LOAD_SECONDS) -> list[Figure]:
    """(e) Resident memory of the serving process after load; beside it both processes, shared pages once."""
    url = url or towns.large
    with stand_in() as provider, gatepost(url, provider=provider) as server:
        steady_load(towns, url, server, per_second=PER_SECOND, seconds=seconds)
        rss, serving = memory_of(server.serving_pid)
        _, parent = memory_of(server.pid)
    conclude(url)
    return [
        Figure("e", f"memory of the server, {PEOPLE:,} people", rss / MEGABYTE, "MB", 250,
               beside=f"RSS; both processes, shared pages once: {(serving + parent) / MEGABYTE:.0f} MB")
    ]  # fmt: skip


def start(towns: Towns, *, times: int = 3) -> list[Figure]:
    """(f) `app.py serve` with the simulator to the first 200 on /health, the second time and later."""
    url = towns.empty("start")
    with gatepost(url) as first:
        pass
    again = []
    for _ in range(times):
        with gatepost(url) as server:
            again.append(server.start_seconds)
    return [
        Figure("f", "a second start", sorted(again)[times // 2], "s", 3,
               beside=f"the first, with the example area: {first.start_seconds:.1f} s")
    ]  # fmt: skip
