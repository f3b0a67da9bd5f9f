"""Real servers, a stand-in provider, and a private PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import postgres
from tests.standin.provider import StandInProvider

__all__ = ["postgres"]


@pytest.fixture(scope="module")
def standin() -> Iterator[StandInProvider]:
    """The provider of a whole module."""
    with StandInProvider() as provider:
        yield provider
