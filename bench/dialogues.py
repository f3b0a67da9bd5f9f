"""What people text in the benchmarks: dialogues of a few texts each, free words and answers mixed."""

from __future__ import annotations

from collections.abc import Iterator

# In two of these twelve a human is fetched. The mix was chosen before anything was measured; figures from another
# mix don't compare with ours.
DIALOGUES: tuple[tuple[str, ...], ...] = (
    ("hi", "HELP", "2", "thanks"),
    ("where can i get some food today", "ok thx", "whens my appointment"),
    ("HELP", "3", "what benefits can i get", "cheers"),
    ("need my birth certificate to get a bank account", "1", "thank you"),
    ("ive run out of my meds where do i get my script", "yes", "ta"),
    ("no money left until friday", "1", "how do i claim universal credit", "ok"),
    ("hello", "asdf gh", "5", "where is the doctor"),
    ("is there anywhere hot food tonight", "no", "ok thank you"),
    ("HELP", "something else", "4", "thanks for that"),
    ("when is my appointment", "where do i go for it", "great"),
    ("nowhere to stay tonight", "yes", "not yet", "yes"),
    ("can i talk to a person please", "its about my tenancy", "ok"),
)  # fmt: skip


def texts_of(person: int) -> tuple[str, ...]:
    """The texts of the person with this number, in order."""
    return DIALOGUES[person % len(DIALOGUES)]


def in_turn(people: range, *, at_once: int) -> Iterator[tuple[int, str]]:
    """Person and text, with so many people texting at once, each finishing before the next begins."""
    for first in range(people.start, people.stop, at_once):
        group = range(first, min(first + at_once, people.stop))
        for turn in range(max(len(texts_of(person)) for person in group)):
            for person in group:
                if turn < len(texts_of(person)):
                    yield person, texts_of(person)[turn]
