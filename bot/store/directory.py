"""The service directory in memory: one copy a process, indexed by area and category, and for free text."""

from __future__ import annotations

import re
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import sqlite_utils

from bot.domain.calendar import Calendar
from bot.domain.directory import CHECK_LASTS, fixed_reasons, gives_away, rank
from bot.domain.opening_hours import Hours, read_hours
from bot.domain.services import Listing, Service

_WORD = re.compile(r"[^\W_]+")
# Words of a question that say nothing of what is looked for.
_EMPTY_WORDS = frozenset(
    {"a", "am", "an", "and", "any", "are", "as", "at", "be", "can", "cant", "could", "do", "dont", "for",
     "from", "get", "give", "go", "got", "had", "has", "have", "help", "how", "i", "if", "im", "in", "is",
     "it", "ive", "know", "like", "me", "my", "need", "no", "not", "of", "on", "or", "please", "pls",
     "some", "someone", "the", "there", "they", "to", "tonight", "u", "up", "want", "was", "we", "what",
     "whats", "when", "where", "who", "will", "with", "would", "you", "your"}
)  # fmt: skip
_RANKING = "bm25(services_fts, 8.0, 4.0, 2.0, 1.0)"  # name, what it is for, category, who can use it
_NOTHING_CHANGES_FOR = timedelta(hours=6)


class _Entry:
    """A service with what is worked out once, and how it last stood."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.gives_away = gives_away(service)
        self.may_be_fit = not fixed_reasons(service)
        self._hours = _hours_of(service)
        self._last: tuple[datetime, datetime, Listing] | None = None

    def is_fit(self, today: date) -> bool:
        checked_on = self.service.checked_on
        return self.may_be_fit and checked_on is not None and checked_on <= today <= checked_on + CHECK_LASTS

    def listing(self, at: datetime, calendar: Calendar) -> Listing:
        """How it stands at that instant; worked out again only after it opens or shuts."""
        last = self._last
        if last is not None and last[0] <= at < last[1]:
            return last[2]
        if self._hours is None:
            found = Listing(self.service, is_open=False)
        else:
            standing = self._hours.at(at, calendar, checked_on=self.service.checked_on)
            found = Listing(
                self.service, standing.is_open, open_until=standing.open_until, opens_at=standing.next_open
            )
        until = found.open_until or found.opens_at or at + _NOTHING_CHANGES_FOR
        self._last = (at, until, found)
        return found


class _Content:
    """One state of the directory, never changed once it is built."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.entries = [_Entry(service) for service in services]
        self.places: dict[tuple[str, str], list[_Entry]] = {}
        for entry in self.entries:
            self.places.setdefault((entry.service.area, entry.service.category), []).append(entry)
        self._lock = threading.Lock()
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, connection.close)
        self._text = sqlite_utils.Database(connection)
        columns = {"number": int, "name": str, "what_for": str, "category": str, "who_can_use": str}
        table = self._text.table("services")
        table.create(columns, pk="number")
        table.insert_all(
            {
                "number": number,
                "name": entry.service.name,
                "what_for": entry.service.what_for,
                "category": entry.service.category.replace("_", " "),
                "who_can_use": entry.service.who_can_use,
            }
            for number, entry in enumerate(self.entries)
        )
        table.enable_fts(["name", "what_for", "category", "who_can_use"], tokenize="porter")

    def matching(self, words: Sequence[str]) -> list[_Entry]:
        """Entries with any of the words or their beginnings, best match first."""
        query = " OR ".join(f'"{word}"' + ("*" if len(word) > 3 else "") for word in words)
        sql = f"select rowid from services_fts where services_fts match :query order by {_RANKING}, rowid"
        with self._lock:
            rows = self._text.execute(sql, {"query": query}).fetchall()
        return [self.entries[number] for (number,) in rows]


class Directory:
    """What can be sent to people, safe to use from several threads.

    Only entries that are fit to send (see `domain.directory.unfit_reasons`) ever come out. A name that gives
    the person away comes out only with `telling_names`; one that tells of abuse also when it was asked for by
    category.
    """

    def __init__(self, calendar: Calendar, services: Iterable[Service] = ()) -> None:
        self._calendar = calendar
        self._content = _Content(services)

    def replace(self, services: Iterable[Service]) -> None:
        """Take these entries in place of all there were; whoever is reading finishes on the old ones."""
        self._content = _Content(services)

    def find(
        self,
        categories: Iterable[str],
        area: str,
        *,
        at: datetime,
        limit: int = 3,
        only_open: bool = True,
        telling_names: bool = False,
    ) -> list[Listing]:
        """The best entries of those categories for somebody in that area.

        Open ones first, then own area before wider ones, free to call first, opens soonest. With `only_open`
        nothing else: not what is shut, and not what nobody knows to be open.
        """
        chain = self._calendar.chain(area)
        found = [
            listing
            for listing in self._listings(categories, chain, at, telling_names)
            if listing.is_open or not only_open
        ]
        found.sort(key=lambda listing: rank(listing, chain))
        return found[:limit]

    def search(
        self, text: str, area: str, *, at: datetime, limit: int = 3, telling_names: bool = False
    ) -> list[Listing]:
        """Entries that match words of a free text, for somebody in that area: open first, then best match.

        Those that are shut or not known to be open come after; empty when no word of it is found.
        """
        words = [word for word in _WORD.findall(text.casefold()) if word not in _EMPTY_WORDS]
        if not words:
            return []
        today = self._calendar.local(at).date()
        chain = self._calendar.chain(area)
        found = [
            entry.listing(at, self._calendar)
            for entry in self._content.matching(words[:20])
            if entry.service.area in chain and entry.is_fit(today) and (telling_names or not entry.gives_away)
        ]
        found.sort(key=lambda listing: not listing.is_open)  # stable: the best match stays first
        return found[:limit]

    def next_open(self, categories: Iterable[str], area: str, *, at: datetime) -> datetime | None:
        """When the first fit entry of those categories is open: `at` when one is, none when not known."""
        opens = [
            at if listing.is_open else listing.opens_at
            for listing in self._listings(categories, self._calendar.chain(area), at, False)
        ]
        known = [moment for moment in opens if moment is not None]
        return min(known).astimezone(UTC) if known else None

    def _listings(
        self, categories: Iterable[str], chain: tuple[str, ...], at: datetime, telling_names: bool
    ) -> Iterator[Listing]:
        today = self._calendar.local(at).date()
        places = self._content.places
        for category in dict.fromkeys(categories):
            may_tell = telling_names or category == "domestic_abuse"
            for place in chain:
                for entry in places.get((place, category), ()):
                    if entry.is_fit(today) and (may_tell or not entry.gives_away):
                        yield entry.listing(at, self._calendar)


def _hours_of(service: Service) -> Hours | None:
    """The opening hours; none when they are not known or, in a row that was never checked, can't be read."""
    if not service.opening_hours.strip():
        return None
    try:
        return read_hours(service.opening_hours)
    except ValueError:
        return None
