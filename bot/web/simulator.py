"""Phones on a page in place of the provider: the same use cases, and a clock to move. Never with a real one."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.deps import Deps
from bot.domain.messages import InboundText
from bot.domain.phone_numbers import can_be_texted, display, normalise
from bot.errors import InputInvalid, Problem
from bot.store import threads
from bot.usecases.move_clock import do_what_is_due, move_clock
from bot.usecases.receive_message import receive
from bot.usecases.record_status import record_status
from bot.web import current_deps
from bot.web.simulator_view import day_name, view

simulator = Blueprint("simulator", __name__)
LONGEST = 1600
LABEL_LENGTH = 30
_NO_OTHERS = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Each goes to the next time that clocks show this, on that weekday (Monday is 0) or on any.
MOVES: dict[str, tuple[time, int | None]] = {
    "tonight": (time(19), None),
    "morning": (time(10), None),
    "friday": (time(16, 5), 4),
    "monday": (time(9), 0),
}


@simulator.after_request
def _only_our_own(response: Response) -> Response:
    """Nothing of elsewhere is loaded or run, and nobody puts the page into theirs."""
    response.headers["Content-Security-Policy"] = _NO_OTHERS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@simulator.before_request
def _json_only() -> None:
    """A form of another site can't send JSON without asking first, so what comes is no forgery."""
    if request.method == "POST" and not isinstance(request.get_json(silent=True), dict):
        abort(415, "Send JSON.")


@simulator.get("/")
def front() -> ResponseReturnValue:
    """The simulator is the front page where there is nothing else to look at."""
    return redirect("/simulator")


@simulator.get("/simulator")
def page() -> str:
    """The phones side by side."""
    return render_template("simulator.html", longest=LONGEST, label_length=LABEL_LENGTH)


@simulator.get("/simulator/state")
def state() -> ResponseReturnValue:
    """Everything the page shows, as it stands; 304 when that is what the page has already."""
    deps = current_deps()
    return _shown(deps).make_conditional(request)


@simulator.post("/simulator/texts")
def send() -> ResponseReturnValue:
    """A text from one of the phones, taken in like one from the provider."""
    deps, asked = current_deps(), request.get_json()
    address, body = _number(asked), str(asked.get("body", ""))[:LONGEST]
    now = deps.clock()
    with deps.store.read() as conn:
        provider_id = threads.provider_id_of_next(conn, deps.new_id())
    for answer in receive(deps, InboundText(provider_id, address, "simulator", body), now=now):
        record_status(
            deps, provider_id=f"SM{deps.new_id()}", status="delivered", error_code=None,
            outbox_id=answer.outbox_id, now=now,
        )  # fmt: skip
    with deps.tick_lock:
        do_what_is_due(deps, now=deps.clock())
    return _shown(deps)


@simulator.post("/simulator/phones")
def add_phone() -> ResponseReturnValue:
    """One more phone, of somebody we may never have heard of."""
    deps, asked = current_deps(), request.get_json()
    address = _number(asked)
    label = " ".join(str(asked.get("label") or "").split())[:LABEL_LENGTH]
    with deps.store.begin() as conn:
        threads.add_phone(conn, address, label or display(address), now=deps.clock())
    return _shown(deps)


@simulator.post("/simulator/clock")
def clock() -> ResponseReturnValue:
    """Move the clock to the next such moment; everything that falls due on the way happens."""
    deps = current_deps()
    name = str(request.get_json().get("to", ""))
    if name != "hour" and name not in MOVES:
        abort(400, f"The clock goes to one of: hour, {', '.join(MOVES)}.")
    with deps.tick_lock:
        move_clock(deps, next_moment(deps, name, now=deps.clock()))
    return _shown(deps)


def next_moment(deps: Deps, name: str, *, now: datetime) -> datetime:
    """The instant to which that move goes, always after `now`. `hour` is one hour on."""
    if name == "hour":
        return now + timedelta(hours=1)
    wall, weekday = MOVES[name]
    today = deps.calendar.local(now).date()
    days = (today + timedelta(days=ahead) for ahead in range(9))
    moments = (deps.calendar.at(day, wall) for day in days if weekday in (None, day.weekday()))
    return next(moment for moment in moments if moment > now)


def _number(asked: dict[str, object]) -> str:
    """The number of a phone that can be texted.

    Raises:
        InputInvalid: it is none; in words for who typed it.
    """
    written = str(asked.get("address") or "")
    try:
        address = normalise(written)
    except ValueError as error:
        reason = "Type a number first." if not written.strip() else f"{error}."
        raise InputInvalid([Problem("Number", "", reason)]) from error
    if not can_be_texted(address):
        raise InputInvalid([Problem("Number", "", f"{display(address)} can't get texts.")])
    return address


@simulator.errorhandler(InputInvalid)
def _in_words(error: InputInvalid) -> ResponseReturnValue:
    return jsonify(error=" ".join(problem.reason for problem in error.problems)), 422


def _shown(deps: Deps) -> Response:
    """What the page draws, marked with a tag that changes when it does."""
    now = deps.clock()
    found = view(deps, now=now)
    found["moves"] = {name: day_name(deps, next_moment(deps, name, now=now), now=now) for name in MOVES}
    response = Response(json.dumps(found, ensure_ascii=False, sort_keys=True), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response
