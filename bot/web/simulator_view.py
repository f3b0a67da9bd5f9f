"""What the simulator's page shows, as plain values for JSON: phones, texts, what is open, what comes next."""

from __future__ import annotations

from datetime import datetime

from bot.deps import Deps
from bot.domain.calendar import weekday_text
from bot.domain.messages import DeliveryStatus
from bot.domain.opt_words import is_opt_in_word, is_opt_out_word
from bot.domain.phone_numbers import display
from bot.domain.sms_parts import parts
from bot.store import first_steps, threads
from bot.store.first_steps import FirstSteps
from bot.store.threads import Line, Phone
from bot.usecases.look_ahead import day_and_time, look_ahead

_ON_ITS_WAY, _DELIVERED, _NOT_SENT = "on its way", "delivered", "not sent"
_STATUS = {
    DeliveryStatus.DUE: _ON_ITS_WAY,
    DeliveryStatus.CLAIMED: _ON_ITS_WAY,
    DeliveryStatus.HANDED_OVER: _ON_ITS_WAY,
    DeliveryStatus.ACCEPTED: _ON_ITS_WAY,
    DeliveryStatus.SENT: "sent",
    DeliveryStatus.DELIVERED: _DELIVERED,
    DeliveryStatus.FAILED: "not delivered",
    DeliveryStatus.UNDELIVERED: "not delivered",
    DeliveryStatus.REFUSED: _NOT_SENT,
    DeliveryStatus.SKIPPED: _NOT_SENT,
}
_FAILED = frozenset({DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED})
_HELD_BACK = frozenset({DeliveryStatus.REFUSED, DeliveryStatus.SKIPPED})
_REASONS = {
    "opted_out": "they asked for no texts",
    "no_consent": "they have not agreed to texts",
    "not_safe_to_text": "texts are not safe for them",
    "too_late": "it came too late to be of use",
}
_NOTES = {
    "opt_out": "The network answers STOP itself and lets no more texts through, so we say nothing.",
    "opt_in": "The network answers START itself, and texts go through again.",
}
_LEVELS = {1: "on call", 2: "next on call"}


def view(deps: Deps, *, now: datetime) -> dict[str, object]:
    """Everything on the page at that instant, but for the clock's moves."""
    with deps.store.read() as conn:
        shown = threads.phones(conn, now=now)
        lines = [threads.thread(conn, phone.address, now=now) for phone in shown]
        ahead = look_ahead(deps, conn, now=now)
        steps = first_steps.read(conn)
    return {
        "now": _now(deps, now),
        "phones": [_phone(deps, phone, thread) for phone, thread in zip(shown, lines, strict=True)],
        "coming": [
            {"when": _capital(day_and_time(deps, one.at, now=now)),
             "what": one.what + (f" ({one.times} texts)" if one.times > 1 else "")}
            for one in ahead.coming
        ],
        "escalations": [
            {"id": one.id, "what": one.what, "urgency": one.urgency, "state": one.state,
             "look": "red" if one.is_red else "taken" if one.is_taken else "open"}
            for one in ahead.escalations
        ],
        "steps": _steps(steps, shown),
    }  # fmt: skip


def day_name(deps: Deps, at: datetime, *, now: datetime) -> str:
    """The day of a move whose weekday is said already: `today`, `tomorrow`, else `27 November`."""
    text = deps.calendar.day_text(at, now=now)
    return text.partition(" ")[2] or text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _now(deps: Deps, now: datetime) -> dict[str, str]:
    day = deps.calendar.local(now)
    return {"day": f"{weekday_text(day.date())} {day.day} {day:%B}", "time": deps.calendar.time_text(now)}


def _steps(steps: FirstSteps, shown: list[Phone]) -> dict[str, object]:
    """The guide: what is done, whose phone it begins on, and what a worker can text now."""
    people = [phone for phone in shown if phone.holder == "person"]
    offer = steps.offer
    return {
        "done": [steps.first_night, steps.escalation, steps.taken, steps.done, steps.check_in],
        "person": {"address": people[0].address, "name": people[0].label} if people else None,
        "offer": {"address": offer.phone, "name": offer.name, "code": offer.code} if offer else None,
    }


def _phone(deps: Deps, phone: Phone, lines: list[Line]) -> dict[str, object]:
    return {
        "address": phone.address, "number": display(phone.address), "label": phone.label,
        "role": phone.detail if phone.holder == "worker" else "", "holder": phone.holder,
        "about": _about(phone), "stopped": phone.is_opted_out, "onCall": phone.level == 1,
        "lines": [_line(deps, line) for line in lines],
    }  # fmt: skip


def _about(phone: Phone) -> str:
    if phone.holder == "other":
        return "Added by you, not on record"
    if phone.holder == "person":
        return f"Person, {phone.detail}"
    if phone.level is None:
        return "Worker, not on call"
    return f"Worker, {_LEVELS.get(phone.level, f'on call, level {phone.level}')}"


def _line(deps: Deps, line: Line) -> dict[str, object]:
    local = deps.calendar.local(line.at)
    found: dict[str, object] = {
        "key": line.key, "fromUs": line.from_us, "body": line.body,
        "day": f"{weekday_text(local.date())} {local.day} {local:%B}",
        "time": deps.calendar.time_text(line.at), "about": [], "look": "", "note": _note(line),
    }  # fmt: skip
    if line.status is None:
        return found
    reason = _REASONS.get(line.reason or "", (line.reason or "").replace("_", " "))
    status = _STATUS[line.status]
    count = parts(line.body).parts
    found["about"] = [
        *([f"{line.times} times, last {_last(deps, line)}"] if line.times > 1 else []),
        f"{status}: {reason}" if reason and status != _DELIVERED else status,
        "1 part" if count == 1 else f"{count} parts",
    ]
    found["look"] = "failed" if line.status in _FAILED else "held" if line.status in _HELD_BACK else ""
    return found


def _last(deps: Deps, line: Line) -> str:
    local = deps.calendar.local(line.last_at)
    return f"{local:%A} {deps.calendar.time_text(line.last_at)}"


def _note(line: Line) -> str:
    """What the network says of a text by itself; plain words to opt out we answer ourselves."""
    by_itself = is_opt_out_word(line.body) or is_opt_in_word(line.body, opted_out=True)
    return _NOTES.get(line.outcome or "", "") if by_itself else ""
