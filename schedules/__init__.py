"""Jobs: what is done by the clock. Each is a few lines over a use case and safe to run twice, anywhere."""

from __future__ import annotations

from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from bot.deps import Deps
from schedules import checkpoint, due_texts, due_times, heartbeat, ladders, reminders, rota_gaps


def register(scheduler: BackgroundScheduler, deps: Deps, *, host: str, role: str) -> None:
    """List every job with the scheduler, under its fixed id."""

    def every(id: str, run: Callable[..., None], *more: str, **interval: int) -> None:
        scheduler.add_job(
            run, "interval", **interval, id=id, name=id, args=[deps, *more],
            max_instances=1, coalesce=True, misfire_grace_time=None, replace_existing=True,
        )  # fmt: skip

    every("due_times", due_times.run, seconds=1)
    every("reminders", reminders.run, seconds=1)
    every("ladders", ladders.run, seconds=1)
    every("due_texts", due_texts.run, seconds=1)
    every("checkpoint", checkpoint.run, seconds=1)
    every("heartbeat", heartbeat.run, host, role, seconds=10)
    every("rota_gaps", rota_gaps.run, minutes=15)
