"""What our server answered to a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class AnswerText:
    """One <Message>."""

    body: str
    status_callback: str | None


@dataclass(frozen=True)
class Answer:
    """The answer to one text in."""

    sid: str
    status: int
    texts: tuple[AnswerText, ...]
    raw: str

    @property
    def bodies(self) -> list[str]:
        return [text.body for text in self.texts]


def read_answer(sid: str, status: int, raw: str) -> Answer:
    """The messages in a TwiML answer; none in one that is no success."""
    if status != 200:
        return Answer(sid, status, (), raw)
    root = ElementTree.fromstring(raw)
    texts = tuple(AnswerText(m.text or "", m.get("statusCallback")) for m in root.iter("Message"))
    return Answer(sid, status, texts, raw)
