"""Whether the service works, for whoever watches it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.deps import real_now
from bot.errors import DatabaseBusy, DatabaseTooNew
from bot.store import heartbeats
from bot.usecases.measure import Measures
from bot.web import current_deps

health = Blueprint("health", __name__)
TICK_WITHIN = timedelta(minutes=1)


@health.get("/health")
def is_healthy() -> ResponseReturnValue:
    """200 while the database answers and a scheduler has ticked within a minute, else 503 with the reason."""
    store = current_deps().store
    try:
        with store.read() as conn:
            store.check(conn)
            beat = heartbeats.latest(conn)
    except (DatabaseBusy, DatabaseTooNew) as error:
        return jsonify(status="down", reason=str(error)), 503
    except SQLAlchemyError as error:
        return jsonify(status="down", reason=f"database: {type(error).__name__}"), 503
    if beat is None or real_now() - beat > TICK_WITHIN:
        return jsonify(status="down", reason="scheduler: no tick within a minute"), 503
    return jsonify(status="ok")


@health.get("/metrics")
def metrics() -> Response:
    """Counts for Prometheus; no names, numbers or texts."""
    deps = current_deps()
    with deps.store.read() as conn:
        figures = generate_latest(Measures(conn, now=deps.clock()).registry())
    return Response(figures, content_type=CONTENT_TYPE_LATEST)
