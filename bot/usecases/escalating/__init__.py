"""Fetch a human and stay with it until somebody says it is done: by text, over the rota's ladder."""

from bot.usecases.escalating.commands import handle_worker_text, is_command
from bot.usecases.escalating.failing import page_failed, relay_failed, worker_unreachable
from bot.usecases.escalating.on_call import on_call_names
from bot.usecases.escalating.opening import add_words, open_escalation, withdraw_area_offers
from bot.usecases.escalating.relaying import is_silent_since, relay_to_worker, tell_of_stop
from bot.usecases.escalating.rota_gaps import warn_of_gaps
from bot.usecases.escalating.ticking import tick
from bot.usecases.escalating.warning import warn_coordinators

__all__ = [
    "add_words",
    "handle_worker_text",
    "is_command",
    "is_silent_since",
    "on_call_names",
    "open_escalation",
    "page_failed",
    "relay_failed",
    "relay_to_worker",
    "tell_of_stop",
    "tick",
    "warn_coordinators",
    "warn_of_gaps",
    "withdraw_area_offers",
    "worker_unreachable",
]
