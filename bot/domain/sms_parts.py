"""How many SMS a text takes, and which character makes it dear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_LIMITS: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True)
class Parts:
    """`characters` as the network counts them; `culprit`: the first character outside GSM-7, if any."""

    encoding: Encoding
    characters: int
    parts: int
    culprit: str | None = None


def parts(text: str) -> Parts:
    """How a text goes over the network. The empty text takes one part.

    No character is cut in two: in a text of several parts, one that counts two moves to the next part whole.
    Source: 3GPP TS 23.038; https://www.twilio.com/docs/glossary/what-sms-character-limit
    """
    culprit = next((c for c in text if c not in _BASIC and c not in _EXTENSION), None)
    encoding: Encoding
    if culprit is None:
        encoding, sizes = "GSM-7", [2 if c in _EXTENSION else 1 for c in text]
    else:
        encoding, sizes = "UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text]
    alone, joined = _LIMITS[encoding]
    characters = sum(sizes)
    if characters <= alone:
        return Parts(encoding, characters, 1, culprit)
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return Parts(encoding, characters, count, culprit)
