"""A text and its variants, and the order in which they stand in for one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

PLACEHOLDER = re.compile(r"\(\(([a-z_]+)\)\)")
FLAVOURS = ("discreet", "whatsapp", "voice")


def _as_mapping(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


# `Hello` alone, or variants: {en: …, discreet: …, pl: …, pl.discreet: …, whatsapp: …, voice: …}
Variants = Annotated[
    dict[str, str], BeforeValidator(_as_mapping, json_schema_input_type=str | dict[str, str])
]


def choose(variants: Mapping[str, str], *, language: str = "en", flavour: str | None = None) -> str:
    """The variant to use.

    In order: language with flavour, English with flavour, language, English. A discreet text in English
    comes before an open one in the person's own language, for an open one may be read by somebody else.

    Raises:
        KeyError: there is not even an English text.
    """
    wanted = []
    if flavour:
        wanted += [f"{language}.{flavour}", f"en.{flavour}", flavour]
    wanted += [language, "en"]
    for name in wanted:
        if name in variants:
            return variants[name]
    raise KeyError("en")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of `((name))`. A name without a value becomes nothing; spaces close up."""
    if "((" not in text:
        return text
    filled = PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
    return re.sub(r" +([.,!?])", r"\1", re.sub(r"  +", " ", filled)).strip()
