"""Puts service lines into as few texts as they need."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 306  # two SMS parts of GSM-7
TEXTS = 2


def join_services(intro: str, lines: Sequence[str]) -> list[str]:
    """The intro and the lines as one text, or as two when one is too long; what fits in neither is left out.

    Lines come best first, so the last ones are those to lose. A line is never cut in half, and the first is
    always there.
    """
    texts = [intro] if intro else []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= LONGEST:
            texts[-1] = f"{texts[-1]}\n{line}"
        elif len(texts) < TEXTS:
            texts.append(line)
        else:
            break
    return texts
