"""Phrases in the notation of flows/understanding/, found in a text in one pass over its words.

A phrase is words in order. `a/b/c` is any one of them (`want_to` inside it is two words), `word?` may be
missing, `word+` also stands for its endings (kill, kills, killed, killing), `@name` is a list from
words.yaml, `...` is up to six words of any kind within a sentence, `<number>` is a number, `<any>` one word.
`one & other` is both in either order, up to twelve words apart, across sentences too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.domain.understanding.normalise import Words, normalise_words

GAP, WIDE_GAP = 6, 12
NUMBER, ANY, DOTS, AND = "<number>", "<any>", "...", "&"
_NUMBER_WORDS = frozenset(
    (
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
        "twenty", "thirty", "forty", "fifty", "sixty", "eighty", "hundred", "dozen", "loads", "lots",
    )
)  # fmt: skip

Sequences = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Label:
    """What a phrase stands for, and how much it says. `whole`: only when it is the whole text."""

    name: str
    weight: float
    whole: bool = False


@dataclass(frozen=True)
class Hit:
    """A phrase that was found: the words from `start` up to, not including, `end`."""

    label: Label
    start: int
    end: int


@dataclass(slots=True, eq=False)
class _Node:
    edges: dict[str, list[_Node]] = field(default_factory=dict)
    made: dict[int, _Node] = field(default_factory=dict)  # by the number of the element that leads on
    labels: tuple[Label, ...] = ()
    number: _Node | None = None
    any: _Node | None = None
    gap: _Node | None = None
    wide_gap: _Node | None = None
    crosses: bool = False  # whether it waits on after the end of a sentence

    def next(self, word: str, is_number: bool) -> Sequence[_Node]:
        """Where a word leads from here."""
        found = self.edges.get(word, _NOWHERE)
        if self.any is not None:
            found = [*found, self.any]
        if is_number and self.number is not None:
            found = [*found, self.number]
        return found


_NOWHERE: list[_Node] = []


class Phrases:
    """All phrases at once, sharing their beginnings."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._root = _Node()
        self._gaps: list[_Node] = []
        self._lists = lists
        self.words: set[str] = set()
        self._elements: dict[str, tuple[int, Sequences]] = {}
        self._numbers: dict[Sequences, int] = {}
        self._options: dict[str, Sequences] = {}

    def add(self, phrase: str, label: Label) -> None:
        """Take in one phrase.

        Raises:
            ValueError: it is empty, names a list that is not there, or has nothing that must be there.
        """
        if AND in phrase:
            one, _, other = (half.strip() for half in phrase.partition(AND))
            self._add(f"{one} {AND} {other}", label)
            self._add(f"{other} {AND} {one}", label)
        else:
            self._add(phrase, label)

    def _add(self, phrase: str, label: Label) -> None:
        parts = _joined(phrase.split())
        if not any(part not in (DOTS, ANY, AND) and not part.endswith("?") for part in parts):
            raise ValueError(f"phrase {phrase!r} has no word that must be there")
        if {parts[0], parts[-1]} & {DOTS, AND}:
            raise ValueError(f"phrase {phrase!r} can't begin or end with ... or &")
        nodes = [self._root]
        for part in parts:
            needed = part[:-1] if part.endswith("?") else part
            reached = self._step(nodes, needed)
            nodes = [*nodes, *reached] if part.endswith("?") else reached
        if self._root in nodes:
            raise ValueError(f"phrase {phrase!r} has no word that must be there")
        for node in nodes:
            if label not in node.labels:
                node.labels = (*node.labels, label)

    def _step(self, nodes: Iterable[_Node], part: str) -> list[_Node]:
        reached: list[_Node] = []
        for node in nodes:
            after = self._after(node, part)
            if after not in reached:
                reached.append(after)
        return reached

    def _after(self, node: _Node, part: str) -> _Node:
        if part == DOTS:
            if node.gap is None:
                node.gap = self._new_gap(_Node())
            return node.gap
        if part == AND:
            if node.wide_gap is None:
                node.wide_gap = self._new_gap(_Node(crosses=True))
            return node.wide_gap
        if part == ANY:
            node.any = node.any or _Node()
            return node.any
        if part == NUMBER:
            node.number = node.number or _Node()
            return node.number
        number, sequences = self._element(part)
        if number not in node.made:
            end = node.made[number] = _Node()
            for sequence in sequences:
                at = node
                for word in sequence[:-1]:
                    at = self._after(at, word)
                at.edges.setdefault(sequence[-1], []).append(end)
        return node.made[number]

    def _new_gap(self, node: _Node) -> _Node:
        self._gaps.append(node)
        return node

    def _element(self, part: str) -> tuple[int, Sequences]:
        """The word sequences that one part of a phrase stands for, and their number: equal ones share it."""
        known = self._elements.get(part)
        if known is None:
            found = {sequence for option in part.split("/") for sequence in self._option(option)}
            sequences = tuple(sorted(found))
            known = self._numbers.setdefault(sequences, len(self._numbers)), sequences
            self._elements[part] = known
        return known

    def _option(self, option: str) -> Sequences:
        known = self._options.get(option)
        if known is None:
            if option.startswith("@"):
                if option[1:] not in self._lists:
                    raise ValueError(f"there is no list {option} in words.yaml")
                known = tuple(s for entry in self._lists[option[1:]] for s in self._option(entry))
            else:
                known = tuple(_variants(option))
                self.words.update(word for sequence in known for word in sequence)
            self._options[option] = known
        return known

    def find(self, text: Words, *, lo: int = 0, hi: int | None = None) -> Iterator[Hit]:
        """Every phrase in the text, overlapping ones too. A phrase for a whole text covers `lo` to `hi`."""
        words = text.words
        last = len(words) if hi is None else hi
        after = self._gaps_by_word
        at: list[tuple[_Node, int]] = []
        # Where a gap was entered: the start of its phrase, and the place of the word before the gap.
        open_gaps: dict[_Node, list[tuple[int, int]]] = {}
        for place, word in enumerate(words):
            if place in text.breaks:
                open_gaps = _across(open_gaps, place)
            is_number = word.isdigit() or word in _NUMBER_WORDS
            at.append((self._root, place))
            reached = [(child, start) for node, start in at for child in node.next(word, is_number)]
            # Many phrases wait in a gap; only those this word can end are looked at.
            waiting = after.get(word, ()) if open_gaps else ()
            for node in (*waiting, *self._gaps_for_any, *(self._gaps_for_numbers if is_number else ())):
                most = WIDE_GAP if node.crosses else GAP
                for start, since in open_gaps.get(node, ()):
                    if place - since <= most + 1:
                        reached.extend((child, start) for child in node.next(word, is_number))
            for child, start in reached:
                for gap in (child.gap, child.wide_gap):
                    if gap is not None:
                        open_gaps.setdefault(gap, []).append((start, place))
                for label in child.labels:
                    if not label.whole or (start <= lo and place + 1 >= last):
                        yield Hit(label, start, place + 1)
            at = reached

    @cached_property
    def _gaps_by_word(self) -> dict[str, list[_Node]]:
        """For each word the gaps it can end; made when the last phrase is in."""
        found: dict[str, list[_Node]] = {}
        for node in self._gaps:
            if node.any is None and node.number is None:
                for word in node.edges:
                    found.setdefault(word, []).append(node)
        return found

    @cached_property
    def _gaps_for_any(self) -> list[_Node]:
        return [node for node in self._gaps if node.any is not None or (node.number is not None and node.edges)]

    @cached_property
    def _gaps_for_numbers(self) -> list[_Node]:
        return [node for node in self._gaps if node.number is not None and node.any is None and not node.edges]


def _across(gaps: dict[_Node, list[tuple[int, int]]], place: int) -> dict[_Node, list[tuple[int, int]]]:
    """The gaps that wait on after a sentence that ends before `place`: wide ones, and those that begin there."""
    kept = {}
    for node, states in gaps.items():
        found = states if node.crosses else [state for state in states if state[1] == place - 1]
        if found:
            kept[node] = found
    return kept


def _variants(option: str) -> Iterator[tuple[str, ...]]:
    ends = option.endswith("+")
    words = normalise_words(option.rstrip("+").split("_"))
    if not words:
        raise ValueError(f"{option!r} is no word")
    yield words
    if ends:
        for ending in endings(words[-1]):
            yield (*words[:-1], ending)


def endings(verb: str) -> tuple[str, ...]:
    """The regular endings of an English verb, as people write them: stab, stabs, stabbed, stabbing."""
    if verb.endswith("e"):
        return verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    plural = verb + "es" if verb.endswith(("s", "sh", "ch", "x")) else verb + "s"
    stem = verb
    if len(verb) > 2 and verb[-1] in "bdgmnprt" and verb[-2] in "aeiou" and verb[-3] not in "aeiou":
        stem = verb + verb[-1]
    return plural, verb + "ed", stem + "ed", stem + "ing", verb + "ing"


def _joined(parts: list[str]) -> list[str]:
    """Plain words as the normaliser gives them (`do not` is `dont`), signs of the notation as they are."""
    out: list[str] = []
    plain: list[str] = []
    for part in [*parts, ""]:
        if part and part[-1] not in "?+" and not any(c in part for c in "/@<._&"):
            plain.append(part)
            continue
        out.extend(normalise_words(plain))
        plain = []
        if part:
            out.append(part)
    return out
