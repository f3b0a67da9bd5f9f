"""Logs: what happened, and to which id. Never a name, a number or the words of a text.

An exception's own words may quote any of these (`'07700 900101x' is too long`, a database's `Key (phone)=…`),
so what is written of one is its type and where it was raised.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ROOT = Path(__file__).resolve().parent.parent
# Of libraries only the innermost calls say anything.
FRAMES_OF_LIBRARIES = 2
# They warn of every tick that is still busy, and of addresses with phone numbers in them.
_ONLY_ERRORS = ("apscheduler", "urllib3")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(stream: TextIO | None = None) -> None:
    """Write ours and the libraries' logs in one form to `stream` (standard error), a line each."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Lines("timestamp=%(asctime)s level=%(levelname)s event=%(name)s says=%(message)r"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _ONLY_ERRORS:
        logging.getLogger(name).setLevel(logging.ERROR)


def in_short(error: BaseException) -> str:
    """What was raised and where, with what caused it, in one line."""
    return " < ".join(f"{_name(one)} at {_where(one)}" for one in _chain(error))


class _Lines(logging.Formatter):
    def formatException(self, ei: ExcInfo | tuple[None, None, None]) -> str:
        return "" if ei[1] is None else f"exception={in_short(ei[1])!r}"


def _without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found = event.pop("exc_info", None)
    error = found if isinstance(found, BaseException) else sys.exc_info()[1] if found else None
    if error is not None:
        event["exception"] = in_short(error)
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _name(error: BaseException) -> str:
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return f"{type(error).__name__}({code})" if code else type(error).__name__


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    kept = [f for f in frames[:-FRAMES_OF_LIBRARIES] if _is_ours(f.filename)] + frames[-FRAMES_OF_LIBRARIES:]
    return " ".join(f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in kept) or "nowhere"


def _is_ours(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(ROOT) and "site-packages" not in path.parts


def _short(file: str) -> str:
    path = Path(file)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
