"""What a text says, as far as we can tell: the seam between understanding and everything that acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Danger = Literal["self_harm", "violence", "medical"]
Opt = Literal["out", "in"]

INTENTS = (
    "housing_tonight", "food", "money_benefits", "id_docs", "health_meds_script", "drugs_alcohol",
    "domestic_abuse", "recall_or_breach_worry", "appointment_confirm", "appointment_cant_make",
    "appointment_running_late", "appointment_query", "human_please", "release_date_changed", "moved_area",
    "new_number", "wrong_number", "thanks", "greeting", "language_request", "help_keyword", "feedback",
    "abuse_of_bot", "gibberish", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Intent:
    """One reading of a text, with how sure we are of it (0 to 1)."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Reading:
    """All that one text may mean. `intents` are best first; `why` names the words that led to each reading."""

    danger: tuple[Danger, ...] = ()
    opt: Opt | None = None
    intents: tuple[Intent, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def best(self) -> Intent | None:
        return self.intents[0] if self.intents else None


class Understanding(Protocol):
    """Reads a text out of the blue, without an open question. Pure and quick; holds its content in memory."""

    def read(self, text: str) -> Reading: ...
