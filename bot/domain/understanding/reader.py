"""Reads a text: danger first, then opt-out and opt-in, then what the person wants."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from bot.domain.opt_words import is_opt_in_word, is_opt_out_word
from bot.domain.reading import INTENTS, Danger, Intent, Opt, Reading
from bot.domain.understanding import weigh
from bot.domain.understanding.content import DANGERS, EVERY_DANGER, OPTS, WEIGHTS, Content, load_content
from bot.domain.understanding.features import features
from bot.domain.understanding.fuzzy import Spelling
from bot.domain.understanding.model import MODEL, Model, load_model
from bot.domain.understanding.normalise import Words, split
from bot.domain.understanding.phrases import Hit, Label, Phrases
from bot.errors import InputInvalid, Problem

MISSPELT = 0.95  # how much a phrase still says when a word of it had to be put right
# "yes", "2", "ok thanks": most replies are one of a few, so those are read once.
SHORT, SHORT_ONES = 16, 4096
_UNLESS = "unless:"
_ORDER = {name: place for place, name in enumerate(INTENTS)}
_UNSAYABLE = re.compile(r"[^aeiouy\W\d]{5,}|^[^aeiouy\W\d]{4,}$|qwert|asdf|sdfg|dfgh|fghj|ghjk|hjkl|zxcv")


class Reader:
    """Holds the phrases and the model in memory and reads texts with them; implements `reading.Understanding`."""

    def __init__(
        self, phrases: Phrases, spelling: Spelling, polite: frozenset[str], model: Model | None = None
    ) -> None:
        self._phrases = phrases
        self._model = model
        self._spelling = spelling
        self._polite = polite
        self._known = lru_cache(SHORT_ONES)(self._read)

    @classmethod
    def load(cls, folder: Path) -> Reader:
        """A reader with the content of the folder (flows/understanding).

        Raises:
            InputInvalid: a file or a phrase in it is not as it should be; every wrong one is named.
        """
        return cls.of(load_content(folder), load_model(folder / MODEL))

    @classmethod
    def of(cls, content: Content, model: Model | None = None) -> Reader:
        """A reader with this content; without a `model` the phrases alone decide.

        Raises:
            InputInvalid: a phrase is not as it should be; every wrong one is named.
        """
        phrases = Phrases(content.lists)
        problems: list[Problem] = []
        weighty: list[str] = []
        for name, file in sorted(content.files, key=lambda item: item[1].reading not in DANGERS):
            for kind, phrase in file.phrases():
                label = Label(file.reading, WEIGHTS.get(kind, 1.0), kind == "whole")
                if kind == "unless" or file.reading == EVERY_DANGER:
                    label = Label(_UNLESS + file.reading, 1.0)
                try:
                    phrases.add(phrase, label)
                except ValueError as error:
                    problems.append(Problem(name, kind, str(error)))
            weighty.extend(sorted(phrases.words.difference(weighty)))
        if problems:
            raise InputInvalid(problems)
        weighty.extend(word for right in content.fixes.values() for word in right.split())
        spelling = Spelling(weighty, content.everyday, content.fixes)
        return cls(phrases, spelling, frozenset(content.lists.get("polite", ())), model)

    def read(self, text: str) -> Reading:
        """What the text says, read as one out of the blue. Any text will do; none makes it raise."""
        return self._known(text) if len(text) <= SHORT else self._read(text)

    def words_of(self, text: str) -> tuple[Words, int, int]:
        """The words as they are read, and where they begin and end without manners."""
        words, _ = self._put_right(split(text))
        return words, *self._without_manners(words.words)

    def phrases_and_words(self, text: str) -> tuple[Words, dict[str, float], list[str]]:
        """The words as they are read, how sure the phrases are of each reading, and which words led to it."""
        words, changed = self._put_right(split(text))
        lo, hi = self._without_manners(words.words)
        hits: dict[str, list[Hit]] = defaultdict(list)
        for hit in self._phrases.find(words, lo=lo, hi=hi):
            hits[hit.label.name].append(hit)
        readings: dict[str, float] = {}
        why: list[str] = []
        for name in (*DANGERS, *OPTS, *INTENTS):
            kept = _kept(name, hits)
            if not kept:
                continue
            best = _apart(kept, words)
            rest = 1.0
            for hit in best:
                slip = any(place in changed for place in range(hit.start, hit.end))
                rest *= 1 - hit.label.weight * (MISSPELT if slip else 1.0)
            readings[name] = min(0.99, round(1 - rest, 3))
            why.extend(f"{' '.join(words.words[hit.start : hit.end])} → {name}" for hit in best)
        return words, readings, why

    def features(self, text: str) -> dict[str, tuple[int, ...]]:
        """What the statistical layer sees of a text."""
        words, readings, _ = self.phrases_and_words(text)
        return features(words.words, readings)

    def _read(self, text: str) -> Reading:
        words, said, why = self.phrases_and_words(text)
        seen = features(words.words, said) if self._model is not None else {}
        # A bare number is an answer to something, or nothing.
        has_words = not all(word.isdigit() for word in words.words)
        likely = self._model.probabilities(seen) if self._model is not None and has_words else {}
        # A name or any other single word is never danger by statistics alone.
        alone = len(words.words) > 1
        danger = [
            name
            for name in DANGERS
            if (alone or name in said) and weigh.is_danger(said.get(name, 0.0), likely.get(name))
        ]
        opt = self._opt(text, said, likely)
        found = weigh.intents(_of_intents(said), _of_intents(likely))
        if not found and not danger and opt is None and words.words:
            found = self._nothing_found(words.words)
        order = sorted(found, key=lambda name: (-found[name], _ORDER[name]))
        shown = [*danger, *([f"opt_{opt}"] if opt else []), *order]
        for name in [*danger, *([f"opt_{opt}"] if opt else []), *order[:1]]:
            if not any(line.endswith(f"→ {name}") for line in why) and name in likely:
                why.append(f"{self._words_for(name, words, seen)} → {name}")
        if opt and not any(line.endswith(f"opt_{opt}") for line in why):
            why.insert(0, f"{text.strip().lower()} → opt_{opt}")
        return Reading(
            danger=cast("tuple[Danger, ...]", tuple(danger)),
            opt=opt,
            intents=tuple(Intent(name, found[name]) for name in order),
            why=tuple(line for line in dict.fromkeys(why) if line.rpartition(" → ")[2] in shown),
        )

    def _opt(self, text: str, said: Mapping[str, float], likely: Mapping[str, float]) -> Opt | None:
        if is_opt_out_word(text) or weigh.is_opt(said.get("opt_out", 0.0), likely.get("opt_out")):
            return "out"
        if is_opt_in_word(text) or weigh.is_opt(said.get("opt_in", 0.0), likely.get("opt_in")):
            return "in"
        return None

    def _words_for(self, label: str, words: Words, seen: Mapping[str, tuple[int, ...]]) -> str:
        """The words that weigh most for a label; all of a short text when none stands out."""
        assert self._model is not None
        places = self._model.words_for(label, seen)
        return " … ".join(words.words[place] for place in places) or " ".join(words.words[:3])

    def _nothing_found(self, words: Sequence[str]) -> dict[str, float]:
        """Gibberish when no word is one, else `other`, which says only that nothing was recognised."""
        strange = [word for word in words if not self._spelling.knows(word) and _UNSAYABLE.search(word)]
        if strange and 2 * len(strange) > len(words):
            return {"gibberish": 0.8}
        return {"other": 0.3}

    def _put_right(self, text: Words) -> tuple[Words, set[int]]:
        right = self._spelling.right
        changed: set[int] = set()
        words: list[str] = []
        for place, word in enumerate(text.words):
            meant = right(word)
            if meant != word:
                changed.add(place)
            words.append(meant)
        return (Words(tuple(words), text.breaks) if changed else text), changed

    def _without_manners(self, words: Sequence[str]) -> tuple[int, int]:
        """Where the text begins and ends without "hi", "please" and the like around it."""
        lo, hi = 0, len(words)
        while lo < hi and words[lo] in self._polite:
            lo += 1
        while hi > lo and words[hi - 1] in self._polite:
            hi -= 1
        return (lo, hi) if lo < hi else (0, len(words))


def _of_intents(found: Mapping[str, float]) -> dict[str, float]:
    return {name: confidence for name, confidence in found.items() if name in _ORDER}


def _kept(name: str, hits: Mapping[str, Sequence[Hit]]) -> list[Hit]:
    """The hits of a reading that no figure of speech or negation takes back."""
    found = hits.get(name, ())
    against = [*hits.get(_UNLESS + name, ())]
    if name in DANGERS:
        against += hits.get(_UNLESS + EVERY_DANGER, ())
    if not against:
        return list(found)
    return [hit for hit in found if not any(hit.start < no.end and no.start < hit.end for no in against)]


def _apart(hits: Iterable[Hit], words: Words) -> list[Hit]:
    """The weightiest hits that share no word, longest first among equals; each wording counts once."""
    taken: set[int] = set()
    said: set[tuple[str, ...]] = set()
    best: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.label.weight, hit.start - hit.end, hit.start)):
        span = range(hit.start, hit.end)
        wording = words.words[hit.start : hit.end]
        if len(best) == 6:
            break
        if wording not in said and taken.isdisjoint(span):
            taken.update(span)
            said.add(wording)
            best.append(hit)
    return best
