"""The words and values a flow file may use: facts, placeholders, durations, names."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from bot.domain.reading import INTENTS

END = "end"
# Facts a branch may ask for; the World answers them (see `runner.World`).
BOOLEAN_FACTS = (
    "out_of_hours", "quiet_hours", "working_day", "known", "consent", "discreet", "opted_out", "on_call",
    "has_appointment", "appointment_today", "has_first_name", "escalation_open",
)  # fmt: skip
TEXT_FACTS = (
    "area", "language", "channel", "weekday", "hour", "address_tonight", "appointment_kind", "intent",
)  # fmt: skip
# Values a text may show; each may be missing, and then its fallback in flows/placeholders.yaml stands in.
PLACEHOLDERS = (
    "first_name", "area", "on_call_name", "responsible_name", "appointment_day", "appointment_time",
    "appointment_where", "appointment_with", "appointment_travel", "appointment_bring", "our_number",
    "reminder_text",
)  # fmt: skip

_DURATION = re.compile(r"^(\d+)\s*(m|h|d)$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> object:
    """`30m`, `2h`, `3d` as a timedelta.

    Raises:
        ValueError: the text is no duration, or it is nothing at all.
    """
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{value!r} is not a duration; write 30m, 2h or 3d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def write_duration(value: timedelta) -> str:
    """The shortest way to write it: the reverse of `parse_duration`."""
    minutes = int(value.total_seconds() // 60)
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def _fact_value(value: object) -> object:
    """Numbers in a `when` (an hour) are compared as text.

    Raises:
        ValueError: it is nothing that a fact can be.
    """
    if isinstance(value, (list, tuple)):
        return tuple(str(_fact_value(one)) for one in value)
    if not isinstance(value, (bool, str, int)):
        raise ValueError("must be a word, a number, true or false, or a list of words")
    return value if isinstance(value, (bool, str)) else str(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration, json_schema_input_type=str),
    PlainSerializer(write_duration, return_type=str),
]
WallTime = Annotated[
    time,
    BeforeValidator(lambda value: value, json_schema_input_type=str),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
]
FactValue = Annotated[
    bool | str | tuple[str, ...],
    BeforeValidator(_fact_value, json_schema_input_type=bool | int | str | tuple[str | int, ...]),
]
StepName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Intents = tuple[Literal[INTENTS], ...]  # type: ignore[valid-type]
