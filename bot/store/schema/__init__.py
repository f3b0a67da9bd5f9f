"""Every table, once. Migrations bring a database here; queries live in one module per noun.

Rows that arrive many at a time have integer ids that grow; the others have the text ids of `Deps.new_id`,
which sort by the time they were made.
"""

from bot.store.schema.base import metadata
from bot.store.schema.conversations import conversations, flow_revisions
from bot.store.schema.escalations import escalations, events, pages
from bot.store.schema.people import numbers, people, person_areas, shifts, workers
from bot.store.schema.plans import appointments, releases, reminders, timers
from bot.store.schema.running import (
    clock,
    heartbeats,
    loaded_rows,
    rates,
    services,
    simulator_phones,
    versions,
)
from bot.store.schema.texts import delivery_statuses, inbound, outbox

__all__ = [
    "appointments",
    "clock",
    "conversations",
    "delivery_statuses",
    "escalations",
    "events",
    "flow_revisions",
    "heartbeats",
    "inbound",
    "loaded_rows",
    "metadata",
    "numbers",
    "outbox",
    "pages",
    "people",
    "person_areas",
    "rates",
    "releases",
    "reminders",
    "services",
    "shifts",
    "simulator_phones",
    "timers",
    "versions",
    "workers",
]
