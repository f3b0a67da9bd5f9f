"""A provider of our own, over real HTTP, for tests and benchmarks."""

from tests.standin.provider import StandInProvider

__all__ = ["StandInProvider"]
