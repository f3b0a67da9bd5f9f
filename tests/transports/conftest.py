from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standin import StandInProvider


@pytest.fixture
def provider() -> Iterator[StandInProvider]:
    with StandInProvider() as provider:
        yield provider
