"""Phones on a page in place of the provider: the same use cases, and a clock to move. Never with a real one."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.deps import Deps
from bot.domain.messages import InboundText
from bot.domain.phone_numbers import display, normalise
from bot.domain.sms_parts import parts
from bot.errors import InputInvalid, Problem
from bot.store import threads
from bot.store.threads import Line, Phone
from bot.usecases.look_ahead import look_ahead
from bot.usecases.move_clock import move_clock
from bot.usecases.receive_message import receive
from bot.usecases.record_status import record_status
from bot.web import current_deps

simulator = Blueprint("simulator", __name__)
LONGEST = 1600


@simulator.get("/")
def front() -> ResponseReturnValue:
    """The simulator is the front page where there is nothing else to look at."""
    return redirect("/simulator")


@simulator.get("/simulator")
def page() -> str:
    """The phones side by side."""
    return render_template("simulator.html", longest=LONGEST)


@simulator.get("/simulator/state")
def state() -> ResponseReturnValue:
    """Everything the page shows, as it stands."""
    return jsonify(_state(current_deps()))


@simulator.post("/simulator/texts")
def send() -> ResponseReturnValue:
    """A text from one of the phones, taken in like one from the provider."""
    deps = current_deps()
    asked = _json()
    address, body = str(asked.get("address", "")), str(asked.get("body", ""))[:LONGEST]
    provider_id = f"SM{deps.new_id()}"
    answers = receive(deps, InboundText(provider_id, address, "simulator", body), now=deps.clock())
    for answer in answers:
        record_status(
            deps, provider_id=f"SM{deps.new_id()}", status="delivered", error_code=None,
            outbox_id=answer.outbox_id, now=deps.clock(),
        )  # fmt: skip
    return jsonify(_state(deps))


@simulator.post("/simulator/phones")
def add_phone() -> ResponseReturnValue:
    """One more phone, of somebody we may never have heard of."""
    deps = current_deps()
    asked = _json()
    try:
        address = normalise(str(asked.get("address", "")))
    except ValueError as error:
        raise InputInvalid([Problem("phone", "number", str(error))]) from error
    with deps.store.begin() as conn:
        threads.add_phone(conn, address, str(asked.get("label") or display(address))[:30], now=deps.clock())
    return jsonify(_state(deps))


@simulator.post("/simulator/clock")
def clock() -> ResponseReturnValue:
    """Move the clock to the next such moment; everything that falls due on the way happens."""
    deps = current_deps()
    to = _moment(deps, str(_json().get("to", "")))
    if to is None:
        abort(400, "to must be hour, tonight, morning, friday or monday")
    move_clock(deps, to)
    return jsonify(_state(deps))


def _moment(deps: Deps, name: str) -> datetime | None:
    now = deps.clock()
    if name == "hour":
        return now + timedelta(hours=1)
    wall = {"tonight": time(19), "morning": time(9), "friday": time(16, 5), "monday": time(9)}.get(name)
    if wall is None:
        return None
    weekday = {"friday": 4, "monday": 0}.get(name)
    day = deps.calendar.local(now).date()
    for ahead in range(8):
        candidate = deps.calendar.at(day + timedelta(days=ahead), wall)
        if candidate > now and weekday in (None, (day + timedelta(days=ahead)).weekday()):
            return candidate
    return None


def _json() -> dict[str, object]:
    """The body as JSON. A form of another site can't send that without asking first, so it is no forgery."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        abort(400, "send JSON")
    return asked


def _state(deps: Deps) -> dict[str, object]:
    now = deps.clock()
    with deps.store.read() as conn:
        phones = [
            {**_phone(phone), "lines": [_line(deps, line) for line in threads.thread(conn, phone.address, now=now)]}
            for phone in threads.phones(conn)
        ]
        ahead = look_ahead(deps, conn, now=now)
    local = deps.calendar.local(now)
    return {
        "now": local.strftime("%A %-d %B %Y, %H:%M"),
        "phones": phones,
        "coming": [{"when": _when(deps, one.at), "what": one.what} for one in ahead.coming],
        "escalations": [
            {"what": one.what, "state": one.state, "red": one.is_red} for one in ahead.escalations
        ],
    }


def _phone(phone: Phone) -> dict[str, str]:
    return {
        "address": phone.address, "number": display(phone.address), "label": phone.label,
        "holder": phone.holder, "detail": phone.detail,
    }  # fmt: skip


def _line(deps: Deps, line: Line) -> dict[str, object]:
    size = parts(line.body)
    return {
        "key": line.key, "fromUs": line.from_us, "body": line.body, "when": _when(deps, line.at),
        "status": line.status.value.replace("_", " ") if line.status else "", "reason": line.reason or "",
        "parts": size.parts if line.from_us else 0,
        "note": _NOTES.get(line.outcome or "", ""),
    }  # fmt: skip


_NOTES = {
    "opt_out": "The network answers STOP itself, so we stay silent.",
    "opt_in": "The network answers START itself.",
}


def _when(deps: Deps, at: datetime) -> str:
    return deps.calendar.local(at).strftime("%a %H:%M")
