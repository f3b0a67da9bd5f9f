"""Every second: what an embedded database has in its log goes into its file."""

from __future__ import annotations

from bot.deps import Deps


def run(deps: Deps) -> None:
    """Do it here, so that nobody's text waits for it."""
    deps.store.checkpoint()
