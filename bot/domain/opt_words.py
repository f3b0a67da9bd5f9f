"""The single words that the provider itself takes as an opt-out or opt-in, in any case.

They count only when they are the whole text. YES opts in only while the person is opted out, so it is kept
apart: whoever reads the text knows that, the words alone don't.

Source: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

from __future__ import annotations

OPT_OUT_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
OPT_IN_WORDS = frozenset({"start", "unstop"})
OPT_IN_WHILE_OPTED_OUT = frozenset({"yes"})


def bare_word(text: str) -> str:
    """The text as the provider compares it: no space around, lower case."""
    return text.strip().casefold()


def is_opt_out_word(text: str) -> bool:
    """Whether the provider has taken this text as an opt-out, blocked us and answered itself."""
    return bare_word(text) in OPT_OUT_WORDS


def is_opt_in_word(text: str, *, opted_out: bool = False) -> bool:
    """Whether the provider takes this text as an opt-in (`opted_out`: the person is so now)."""
    word = bare_word(text)
    return word in OPT_IN_WORDS or (opted_out and word in OPT_IN_WHILE_OPTED_OUT)
