"""The desk that tests of escalations sit at."""

from __future__ import annotations

import pytest

from bot.deps import Deps
from tests.fakes import Clock
from tests.usecases.escalating.desk import Desk


@pytest.fixture
def desk(deps: Deps, clock: Clock) -> Desk:
    return Desk(deps, clock)
