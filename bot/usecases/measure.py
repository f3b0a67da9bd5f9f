"""How the service is doing, in numbers: nothing in them points to a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Connection

from bot.store import figures


class Measures:
    """One look at the database, as Prometheus reads it."""

    def __init__(self, conn: Connection, *, now: datetime) -> None:
        self._conn = conn
        self._now = now

    def registry(self) -> CollectorRegistry:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return registry

    def collect(self) -> Iterator[Metric]:
        """The figures, each a gauge."""
        outbox = GaugeMetricFamily(
            "gatepost_outbox_waiting", "Texts that are due or in hand", labels=["status"]
        )
        for status, count in figures.outbox_in_hand(self._conn).items():
            outbox.add_metric([status], count)
        yield outbox
        late = figures.oldest_due(self._conn)
        seconds = max(0.0, (self._now - late).total_seconds()) if late else 0.0
        yield GaugeMetricFamily(
            "gatepost_outbox_late_seconds", "How late the oldest due text is", value=seconds
        )
        escalations = GaugeMetricFamily(
            "gatepost_escalations", "Escalations that are not closed", labels=["status", "urgency"]
        )
        for (state, urgency), count in figures.escalations_by_state(self._conn).items():
            escalations.add_metric([state, urgency], count)
        yield escalations
        yield GaugeMetricFamily(
            "gatepost_escalations_red", "Escalations for which the whole ladder was tried in vain",
            value=figures.escalations_red(self._conn),
        )  # fmt: skip
