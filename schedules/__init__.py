"""Jobs: what is done by the clock. Each is a few lines over a use case and safe to run twice, anywhere."""

from __future__ import annotations

from apscheduler.schedulers.background import BackgroundScheduler

from bot.deps import Deps
from schedules import checkpoint, due_texts, due_times, heartbeat, ladders, reminders, rota_gaps


def register(scheduler: BackgroundScheduler, deps: Deps, *, host: str, role: str) -> None:
    """List every job with the scheduler, under its fixed id."""
    every = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None, "replace_existing": True}
    scheduler.add_job(due_times.run, "interval", seconds=1, id="due_times", args=[deps], **every)
    scheduler.add_job(reminders.run, "interval", seconds=1, id="reminders", args=[deps], **every)
    scheduler.add_job(ladders.run, "interval", seconds=1, id="ladders", args=[deps], **every)
    scheduler.add_job(due_texts.run, "interval", seconds=1, id="due_texts", args=[deps], **every)
    scheduler.add_job(checkpoint.run, "interval", seconds=1, id="checkpoint", args=[deps], **every)
    scheduler.add_job(heartbeat.run, "interval", seconds=10, id="heartbeat", args=[deps, host, role], **every)
    scheduler.add_job(rota_gaps.run, "interval", minutes=15, id="rota_gaps", args=[deps], **every)
