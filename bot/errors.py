"""What can go wrong, by who must act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class BotError(Exception):
    """Any error of ours. Its text is written for the person who must act on it."""


class NotFound(BotError):
    """The caller asked for something that is not there (404)."""


class Conflict(BotError):
    """Someone else got there first (409)."""


class SettingsInvalid(BotError):
    """A setting is missing or wrong; the text is one line that names it (exit status 2)."""


class DatabaseTooNew(BotError):
    """The database has been migrated by a newer release than this one."""


class DatabaseBusy(BotError):
    """The database did not make room in time; the same may be tried again (503)."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file somebody wrote: what, where and why.

    `where` is a step of a flow, or `line 4, column phone` of a CSV. A `warning` does not stop loading.
    """

    file: str
    where: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.reason}"


class InputInvalid(BotError):
    """A file has rows or steps that can't be loaded; nothing of it was (exit status 1)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class FlowInvalid(InputInvalid):
    """A flow author must fix it; found when a flow is loaded, not in mid-conversation."""


class SendFailed(BotError):
    """The provider did not accept a message.

    `retry`: trying again later can help. `ambiguous`: it may exist at the provider all the same, so it
    has to be looked up before anything is resent.
    """

    def __init__(self, reason: str, *, retry: bool, ambiguous: bool = False, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.ambiguous = ambiguous
        self.code = code
