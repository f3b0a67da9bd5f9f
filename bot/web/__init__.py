"""The web edge: reads requests, calls one use case, shapes answers."""

from __future__ import annotations

from flask import current_app

from bot.deps import Deps


def current_deps() -> Deps:
    """What `create_app` joined up for this application."""
    deps = current_app.extensions["gatepost"]
    assert isinstance(deps, Deps)
    return deps
