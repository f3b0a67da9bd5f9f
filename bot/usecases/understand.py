"""How texts are read, line by line, for the command line and for whoever tries phrases out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.reading import Reading, Understanding


def as_dict(text: str, reading: Reading) -> dict[str, object]:
    """A reading in the form that interfaces.md promises."""
    return {
        "text": text,
        "danger": list(reading.danger),
        "opt": reading.opt,
        "intents": [{"name": intent.name, "confidence": intent.confidence} for intent in reading.intents],
        "why": list(reading.why),
    }


def read_lines(reader: Understanding, lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """One reading for each line, in order, an empty line too, so that lines and readings pair up."""
    for line in lines:
        text = line.rstrip("\r\n")
        yield as_dict(text, reader.read(text))
