"""Days and times of day as people write them in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from bot.engine.reply_words import NUMBERS, words

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon mondy munday monaday", "tuesday tue tues teusday tuesdy tusday",
            "wednesday wed weds wensday wednsday wendsday", "thursday thu thur thurs thursdy thurday",
            "friday fri friady firday fryday", "saturday sat sats saterday saturdy", "sunday sun sundy",
        )
    )
    for name in names.split()
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb febuary", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sep sept", "october oct", "november nov", "december dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_TODAY = frozenset({"today", "tonight", "2day", "2nite", "tonite", "2night"})
_TOMORROW = words(
    "tomorrow tomorow tommorow tommorrow tomorro tomorrows tmrw tmrow tmw tmr tomoz 2moro 2morrow 2morro "
    "2mrw tomo 2mo"
)
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_SLASHED = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?![\d/-])")
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\b(?: (\d{4})\b)?")
_MONTH_DAY = re.compile(r"\b([a-z]{3,9}) (?:the )?(\d{1,2})(?:st|nd|rd|th)?\b(?: (\d{4})\b)?")
_THE_DAY = re.compile(r"\b(?:the )?(\d{1,2})(?:st|nd|rd|th)\b")
_IN_A_WHILE = re.compile(r"\bin (\d{1,2}|a|one|two|three|four|five|six|seven) (day|week)s?\b")

_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-4])[:.h]([0-5]\d)(?![\d:])\s*([ap])?\.?m?\b")
_FOUR_DIGITS = re.compile(r"(?<!\d)([01]\d|2[0-3])([0-5]\d)(?!\d)")
_HOUR = re.compile(r"(?<![\d:.])(1[0-2]|0?[1-9])\s*([ap])\.?\s?m\b")
_O_CLOCK = re.compile(r"\b(\d{1,2}|[a-z]+) ?o ?clock\b\s*([ap])?")
_PAST = re.compile(
    r"\b(half|quarter|qtr|five|ten|twenty|5|10|20|25)(?: (past|to|til))? (\d{1,2}|[a-z]+)\b\s*([ap])?"
)
_HOUR_WORDS = {**NUMBERS, "eleven": 11, "twelve": 12}
_MINUTES = {"half": 30, "quarter": 15, "qtr": 15, "five": 5, "ten": 10, "twenty": 20}
_NAMED = {
    "noon": time(12),
    "midday": time(12),
    "mid day": time(12),
    "dinner time": time(12),
    "midnight": time(0),
}


def read_date(text: str, *, today: date) -> date | None:
    """The day a text names, none when it names none or several.

    A day without a year is the next one that comes; a bare weekday is after today, `next friday` is in the
    week after this one. Days come before months, as in Britain.
    """
    plain = re.sub(r"[^a-z0-9/.\-' ]+", " ", text.casefold()).replace("'", "")
    plain = re.sub(r"\s+", " ", plain).strip().rstrip(".")
    found = set(_dates(plain, today))
    return found.pop() if len(found) == 1 else None


def _dates(text: str, today: date) -> Iterator[date]:
    for pattern, order in ((_ISO, "ymd"), (_SLASHED, "dmy"), (_DAY_MONTH, "dmy"), (_MONTH_DAY, "mdy")):
        kept = []
        for found in pattern.finditer(text):
            parts = dict(zip(order, found.groups(), strict=True))
            month = _MONTHS.get(parts["m"]) if parts["m"].isalpha() else int(parts["m"])
            if month is None:
                continue
            kept.append(found.span())
            day = _day(int(parts["d"]), month, parts["y"], today)
            if day is not None:
                yield day
        for start, end in reversed(kept):
            text = f"{text[:start]} {text[end:]}"
    if re.search(r"\b(the )?day after (tomorrow|tomorow|tmrw|tomoz|2moro)\b", text):
        yield today + timedelta(days=2)
        return
    for found in _IN_A_WHILE.finditer(text):
        count = _COUNTS.get(found[1]) or int(found[1])
        yield today + timedelta(days=count * (7 if found[2] == "week" else 1))
    words = text.replace(".", " ").split()
    named = False
    for before, word in zip(["", *words], words, strict=False):
        if word in _TODAY:
            named = True
            yield today
        elif word in _TOMORROW:
            named = True
            yield today + timedelta(days=1)
        elif word in _WEEKDAYS and not (word in ("sun", "sat", "wed", "mon") and len(words) > 4):
            named = True
            if before == "next":
                yield today + timedelta(days=7 - today.weekday() + _WEEKDAYS[word])
            else:
                yield today + timedelta(days=(_WEEKDAYS[word] - today.weekday() - 1) % 7 + 1)
    if not named:
        for found in _THE_DAY.finditer(text):
            day = _next_with_day(int(found[1]), today)
            if day is not None:
                yield day


def _day(day: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year is not None:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        here = date(today.year, month, day)
        return here if here >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _next_with_day(number: int, today: date) -> date | None:
    for ahead in range(62):
        day = today + timedelta(days=ahead)
        if day.day == number:
            return day
    return None


def read_time(text: str) -> time | None:
    """The time of day a text names, none when it names none or several.

    `half 2` is half past. An hour from 1 to 7 without am or pm is in the afternoon, one from 8 to 12 stands.
    """
    plain = re.sub(r"\s+", " ", re.sub(r"[^a-z0-9:. ]+", " ", text.casefold())).strip()
    found = set(_times(plain))
    return found.pop() if len(found) == 1 else None


def _times(text: str) -> Iterator[time]:
    for name, named in _NAMED.items():
        if re.search(rf"\b{name}\b", text):
            yield named
    for found in _PAST.finditer(text):
        hour = _HOUR_WORDS.get(found[3]) or (int(found[3]) if found[3].isdigit() else None)
        minutes = _MINUTES.get(found[1]) or (int(found[1]) if found[1].isdigit() else 0)
        if hour is None or (found[2] is None and found[1] not in ("half", "quarter", "qtr")):
            continue
        before = found[2] in ("to", "til")
        if (moment := _hour(hour, found[4])) is not None:
            total = moment.hour * 60 + (-minutes if before else minutes)
            yield time(total // 60 % 24, total % 60)
        text = text.replace(found[0], " ", 1)
    for found in _O_CLOCK.finditer(text):
        hour = _HOUR_WORDS.get(found[1]) or (int(found[1]) if found[1].isdigit() else None)
        if hour is not None and (moment := _hour(hour, found[2])) is not None:
            yield moment
    text = _O_CLOCK.sub(" ", text)
    for found in _CLOCK.finditer(text):
        if (moment := _hour(int(found[1]), found[3], exact=len(found[1]) == 2)) is not None:
            yield moment.replace(minute=int(found[2]))
    text = _CLOCK.sub(" ", text)
    for found in _HOUR.finditer(text):
        if (moment := _hour(int(found[1]), found[2])) is not None:
            yield moment
    text = _HOUR.sub(" ", text)
    for found in _FOUR_DIGITS.finditer(text):
        yield time(int(found[1]), int(found[2]))
    bare = re.fullmatch(r"(?:at |about |around |bout )?(\d{1,2}|[a-z]+)(?: please| pls)?", text.strip())
    if bare:
        hour = _HOUR_WORDS.get(bare[1]) or (int(bare[1]) if bare[1].isdigit() else None)
        if hour is not None and (moment := _hour(hour, None)) is not None:
            yield moment


def _hour(hour: int, half: str | None, *, exact: bool = False) -> time | None:
    if half is not None and not 1 <= hour <= 12:
        return None if hour > 23 else time(hour)
    if half == "a":
        return time(hour % 12)
    if half == "p":
        return time(hour % 12 + 12)
    if hour > 23:
        return None
    return time(hour + 12) if 1 <= hour <= 7 and not exact else time(hour)
