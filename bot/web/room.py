"""Room for the fallback addresses: when the database makes everybody wait, they must still be answered."""

from __future__ import annotations

import threading
import time

from flask import Flask, abort, g, request

# A request that has taken this many seconds is stuck; a whole turn takes a few hundredths.
STUCK_AFTER = 2.0


class Room:
    """At most `seats` requests at once may use the database; the server's other threads are kept free.

    A request that finds no seat waits for one, but not once somebody inside is stuck: then it is turned away at
    once, and the provider goes to the fallback address.
    """

    def __init__(self, seats: int, *, stuck_after: float = STUCK_AFTER) -> None:
        self._seats = seats
        self._stuck_after = stuck_after
        self._inside: dict[object, float] = {}
        self._changed = threading.Condition()

    def enter(self) -> object | None:
        """A seat, to be given back with `leave`; none when there is no room."""
        with self._changed:
            while len(self._inside) >= self._seats:
                longest = time.monotonic() - next(iter(self._inside.values()))
                if longest >= self._stuck_after:
                    return None
                self._changed.wait(self._stuck_after - longest)
            seat = object()
            self._inside[seat] = time.monotonic()
            return seat

    def leave(self, seat: object) -> None:
        """Give the seat to whoever waits."""
        with self._changed:
            self._inside.pop(seat, None)
            self._changed.notify()


def keep_room(app: Flask, seats: int, *, for_blueprints: frozenset[str]) -> None:
    """Give seats to the requests of `app`; those of `for_blueprints` need none."""
    room = Room(seats)

    @app.before_request
    def _enter() -> None:
        if request.blueprint in for_blueprints or request.endpoint == "static":
            return
        g.seat = room.enter()
        if g.seat is None:
            abort(503, "busy: the database makes everybody wait")

    @app.teardown_request
    def _leave(_error: BaseException | None) -> None:
        seat = g.pop("seat", None)
        if seat is not None:
            room.leave(seat)
