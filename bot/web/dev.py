"""The clock that only moves when told, over HTTP. Registered only when CLOCK is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Annotated

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.usecases.move_clock import move_clock
from bot.web import current_deps

dev = Blueprint("dev", __name__, url_prefix="/dev")
_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


class Move(BaseModel):
    """Either an instant to stand at, or seconds to go forward."""

    model_config = ConfigDict(extra="forbid")

    set: AwareDatetime | None = None
    advance_seconds: Annotated[float, Field(ge=0, le=10 * 366 * 86400)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Move:
        if (self.set is None) == (self.advance_seconds is None):
            raise ValueError('give one of "set" and "advance_seconds"')
        return self


@dev.before_request
def _from_loopback_only() -> None:
    """A proxy on this machine calls from loopback too, for anybody; it says so in a header."""
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    if not near or any(name in request.headers for name in _OF_A_PROXY):
        abort(403, "the clock is moved from this machine only")


@dev.post("/clock")
def clock() -> ResponseReturnValue:
    """Move the clock, do what falls due on the way, and answer where it stands."""
    deps = current_deps()
    try:
        move = Move.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        return jsonify(error=f"{where}: {first['msg']}" if where else first["msg"]), 400
    with deps.tick_lock:
        to: datetime = (
            move.set.astimezone(UTC)
            if move.set is not None
            else deps.clock() + timedelta(seconds=move.advance_seconds or 0)
        )
        now = move_clock(deps, to)
    return jsonify(now=now.isoformat())
