"""The service directory: which entries may be sent, which is best, and the one line that is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.domain.calendar import Calendar, weekday_text
from bot.domain.phone_numbers import display
from bot.domain.services import Listing, Service

CATEGORIES = (
    "housing", "crisis", "health", "drugs_alcohol", "domestic_abuse", "benefits", "money", "food",
    "id", "work", "legal", "family", "probation", "transport", "peer_support",
)  # fmt: skip
CHECK_LASTS = timedelta(days=90)
CHECK_AGAIN_SOON = timedelta(days=14)
LINE_LENGTH = 80

_FLAG = re.compile(r"\[[^\[\]]+\]")
# Somebody else may read the text: a name must not tell where the person has been, or what happened to them.
_TELLS = re.compile(
    r"prison|probation|offen[dc]|convict|licen[cs]e|recall|parole|\bjail|inmate|unlock|resettle|\brelease"
    r"|\bcriminal|\bcourt\b|\bbail\b|\bcustody|\brape\b|sexual|\bsarc\b|abuse|violence|refuge\b",
    re.IGNORECASE,
)


def fixed_reasons(service: Service) -> list[str]:
    """Why a service may not be sent, apart from the age of its check."""
    reasons = [f"open flag {flag}" for flag in _FLAG.findall(service.notes)]
    if not (service.phone or service.text_number):
        reasons.insert(0, "no number")
    elif not service.verified:
        reasons.insert(0, "number not verified")
    return reasons


def unfit_reasons(service: Service, *, today: date) -> list[str]:
    """Why a service may not be sent to anybody that day, in words for those who keep the directory.

    Empty when it may. Fit is: a number, verified, checked by a person on that day or in the 90 days before,
    no open `[flag]` in its notes.

    Source: the directory's README, "a safe first rule for live sending"
    """
    reasons = fixed_reasons(service)
    if service.checked_on is None:
        reasons.append("never checked")
    elif service.checked_on > today:
        reasons.append(f"checked on {service.checked_on}, a day that is still to come")
    elif today - service.checked_on > CHECK_LASTS:
        reasons.append(f"last checked on {service.checked_on}, over {CHECK_LASTS.days} days ago")
    return reasons


def gives_away(service: Service) -> bool:
    """Whether the name alone tells that somebody was in prison, or was hurt: not sent unless they chose so.

    Source: the design's rule 5, a text can be read by somebody else
    """
    return _TELLS.search(service.name) is not None


def rank(listing: Listing, chain: tuple[str, ...]) -> tuple[bool, int, bool, float, bool, str]:
    """Sort key, best first: open now, own area before wider ones, free to call, opens soonest.

    Among equals, what is for anyone comes before what is for some, then by name.
    """
    service = listing.service
    opens = listing.opens_at.timestamp() if listing.opens_at else float("inf")
    return (
        not listing.is_open,
        chain.index(service.area),
        service.free_to_call != "yes",
        0.0 if listing.is_open else opens,
        not service.who_can_use.casefold().startswith("anyone"),
        service.name,
    )


def listing_line(listing: Listing, calendar: Calendar, *, now: datetime) -> str:
    """One line to send: name, number to ring, until when it is open or when it opens, and that it is free.

    `Example Shelter 0161 496 0001, open until 10pm, free to call`. A service that takes texts only says
    `text 85258`. Aims at 80 characters: that it is free is left out of a longer line, name and number never.
    """
    service = listing.service
    number = display(service.phone) if service.phone else f"text {display(service.text_number)}"
    named = service.name if number in service.name.split() else f"{service.name} {number}"  # NHS 111
    line = f"{named}, {_when(listing, calendar, now)}"
    free = ", free to call" if service.phone and service.free_to_call == "yes" else ""
    return line + free if len(line + free) <= LINE_LENGTH else line


def rows_to_ring(services: Iterable[Service], today: date) -> list[str]:
    """Lines for people: each service that needs a ring before it may be sent, or soon will, and why.

    Soon is within 14 days. By area, then name.
    """
    lines = []
    for service in sorted(services, key=lambda s: (s.area, s.name)):
        reasons = unfit_reasons(service, today=today)
        if not reasons and service.checked_on is not None:
            lasts_until = service.checked_on + CHECK_LASTS
            if lasts_until - today <= CHECK_AGAIN_SOON:
                reasons = [f"fit until {lasts_until}, check again soon"]
        if reasons:
            number = service.phone or service.text_number
            known = f" ({display(number)})" if number else ""
            lines.append(f"{service.area}: {service.name}{known}, row {service.id}: {'; '.join(reasons)}")
    return lines


def _when(listing: Listing, calendar: Calendar, now: datetime) -> str:
    if listing.is_open:
        if listing.open_until is None:
            return "open all day and night"
        return f"open until {_moment(listing.open_until, calendar, now, at_end=True)}"
    if listing.opens_at is None:
        return "ring to ask when it is open" if listing.service.phone else "opening hours not known"
    return f"opens {_moment(listing.opens_at, calendar, now)}"


def _moment(at: datetime, calendar: Calendar, now: datetime, *, at_end: bool = False) -> str:
    """`10pm` today, `9am tomorrow`, `9am Monday` this week, else `9am Tuesday 3 March`."""
    wall = calendar.time_text(at)
    day, today = calendar.local(at).date(), calendar.local(now).date()
    if at_end and wall == "midnight":
        day -= timedelta(days=1)  # the midnight at which a day ends is said with that day
    ahead = (day - today).days
    if ahead == 0:
        return wall
    if ahead == 1:
        return f"{wall} tomorrow"
    if ahead < 7:
        return f"{wall} {weekday_text(day)}"
    return f"{wall} {calendar.day_text(at, now=now)}"
