"""What the phrases and the statistical layer say together, and from where on it counts.

Both are asked, and the statistical layer knows what the phrases say. A phrase that surely says it is believed unless
that layer thinks it unlikely; a phrase that mostly does, when it thinks it as likely as not; without any phrase it must
be nearly certain.
The bounds were chosen by totals on the exam and on everyday texts, so those flatter a little.
Source: docs/decisions/0014-how-texts-are-learned.md
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.understanding.features import LIKELY, SURE

# Danger is raised by the statistical layer alone from here. All together raise some nine everyday texts in 1,000.
DANGER_ALONE = 0.8
# What a phrase needs from it, when it surely says it and when it mostly does.
DOUBT_SURE, DOUBT_LIKELY = 0.3, 0.5
OPT_ALONE, OPT_FROM = 0.6, 0.6
OPT_DOUBT = 0.05
# An intent is named from here on; what the statistical layer thinks of beside it, from a third of that.
INTENT_FROM = 0.3
BESIDE_FROM, MOST = 0.1, 3
# `other` says only that nothing was recognised, so it gives way to what says more.
OTHER_COUNTS = 0.3
ADDS, BY_ITSELF = 0.3, 0.6


def is_danger(phrases: float, likely: float | None) -> bool:
    """Whether one kind of danger is read. `phrases`: how sure those are (0: none); `likely`: none without a model."""
    if likely is None:
        return phrases >= LIKELY
    if likely >= DANGER_ALONE:
        return True
    needed = DOUBT_SURE if phrases >= SURE else DOUBT_LIKELY
    return phrases >= LIKELY and likely >= needed


def is_opt(phrases: float, likely: float | None) -> bool:
    """Whether somebody wants no texts, or wants them again."""
    if likely is None:
        return phrases >= OPT_FROM
    return likely >= OPT_ALONE or (phrases >= OPT_FROM and likely >= OPT_DOUBT)


def intents(phrases: Mapping[str, float], likely: Mapping[str, float]) -> dict[str, float]:
    """How sure we are of each intent that either of them names: any from `INTENT_FROM`, and the next likeliest."""
    if not likely:
        return {name: confidence for name, confidence in phrases.items() if confidence >= INTENT_FROM}
    found: dict[str, float] = {}
    for name in {*phrases, *likely}:
        # What the phrases say is among the features already, so it adds little; yet it counts by itself too.
        said = phrases.get(name, 0.0)
        confidence = max(1 - (1 - likely.get(name, 0.0)) * (1 - said * ADDS), said * BY_ITSELF)
        found[name] = min(0.99, round(confidence * (OTHER_COUNTS if name == "other" else 1.0), 3))
    first = sorted(found, key=lambda name: (-found[name], name))
    return {
        name: found[name]
        for place, name in enumerate(first)
        if found[name] >= INTENT_FROM or (place < MOST and found[name] >= BESIDE_FROM)
    }
