"""Whether what a branch asks for holds."""

from __future__ import annotations

import re

_HOURS = re.compile(r"^(\d{1,2})-(\d{1,2})$")
SPOKEN = {"yes": True, "true": True, "no": False, "false": False}


def holds(wanted: bool | str | tuple[str, ...], is_: bool | str) -> bool:
    """Whether a fact is the value wanted, or one of them.

    Texts compare in any case; `yes` and `no` stand for true and false; `18-22` holds from 18:00 to before
    22:00 and may cross midnight (`21-8`).
    """
    if isinstance(wanted, tuple):
        return any(holds(one, is_) for one in wanted)
    if isinstance(is_, bool):
        return is_ == (wanted if isinstance(wanted, bool) else SPOKEN.get(wanted.casefold()))
    if isinstance(wanted, bool):
        return SPOKEN.get(is_.casefold()) == wanted
    if is_.isdigit():
        if (hours := _HOURS.match(wanted)) is not None:
            start, end, hour = int(hours[1]), int(hours[2]), int(is_)
            return start <= hour < end if start <= end else hour >= start or hour < end
        if wanted.isdigit():
            return int(wanted) == int(is_)
    return wanted.casefold() == is_.casefold()
