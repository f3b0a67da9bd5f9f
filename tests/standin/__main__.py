"""Run a stand-in provider on its own until it is stopped; its address is the first line it prints."""

from __future__ import annotations

import argparse
import threading

from tests.standin.provider import StandInProvider


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    with StandInProvider(port=options.port) as provider:
        provider.delay = options.delay
        print(provider.url, flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
