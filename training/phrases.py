"""How often each phrase is found in texts that say what it stands for, and in texts that do not.

`python -m training.phrases self_harm` lists the phrases that cry wolf, worst first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
from tqdm import tqdm

from bot.domain.understanding.content import DANGERS, EVERY_DANGER, Content, load_content
from bot.domain.understanding.phrases import Hit, Label, Phrases
from bot.domain.understanding.reader import Reader
from training.__main__ import FOLDER, TEXTS
from training.texts import LabelledText, read_texts

_UNLESS = "unless"


@dataclass(frozen=True)
class Evidence:
    """One phrase, and in how many texts it was found that say it (`right`) and that do not (`wrong`)."""

    file: str
    kind: str
    phrase: str
    right: int
    wrong: int

    @property
    def share(self) -> float:
        """Of the texts it was found in, how many say it."""
        return self.right / max(1, self.right + self.wrong)


def evidence(content: Content, reading: str, texts: Sequence[LabelledText], *, quiet: bool = False) -> list[Evidence]:
    """What the labelled texts say of each phrase of a reading, in the order of the files.

    A phrase that an `unless` takes back does not count. Danger of another kind is not held against a phrase.
    """
    every = list(_phrases(content, reading))
    found = Phrases(content.lists)
    for number, (_, kind, phrase) in enumerate(every):
        found.add(phrase, Label(_UNLESS if kind == _UNLESS else str(number), 1.0, kind == "whole"))
    reader = Reader.of(content)
    right: Counter[int] = Counter()
    wrong: Counter[int] = Counter()
    for one in tqdm(texts, desc=reading, disable=quiet or None, leave=False):
        words, lo, hi = reader.words_of(one.text)
        hits = list(found.find(words, lo=lo, hi=hi))
        against = [hit for hit in hits if hit.label.name == _UNLESS]
        kept = [hit for hit in hits if hit.label.name != _UNLESS and not _is_taken_back(hit, against)]
        numbers = {int(hit.label.name) for hit in kept}
        if reading in one.labels:
            right.update(numbers)
        elif reading not in DANGERS or one.labels.isdisjoint(DANGERS):
            wrong.update(numbers)
    return [
        Evidence(file, kind, phrase, right[number], wrong[number])
        for number, (file, kind, phrase) in enumerate(every)
        if kind != _UNLESS
    ]


def _phrases(content: Content, reading: str) -> Iterator[tuple[str, str, str]]:
    for name, file in content.files:
        if file.reading == reading:
            yield from ((name, kind, phrase) for kind, phrase in file.phrases())
        elif file.reading == EVERY_DANGER and reading in DANGERS:
            yield from ((name, _UNLESS, phrase) for _, phrase in file.phrases())


def _is_taken_back(hit: Hit, against: Sequence[Hit]) -> bool:
    return any(hit.start < no.end and no.start < hit.end for no in against)


@click.command()
@click.argument("reading")
@click.option("--most", default=60, show_default=True, help="how many to list")
def main(reading: str, most: int) -> None:
    """List the phrases of a reading that are found in texts that do not say it."""
    found = evidence(load_content(FOLDER), reading, read_texts(FOLDER / TEXTS))
    wolves = sorted((one for one in found if one.wrong), key=lambda one: (one.share, -one.wrong))
    for one in wolves[:most]:
        click.echo(f"{one.right:4} right {one.wrong:4} wrong  {one.file} {one.kind}: {one.phrase}")
    silent = sum(not one.right and not one.wrong for one in found)
    click.echo(f"{len(found)} phrases; {len(wolves)} are found where they should not be, {silent} nowhere")


if __name__ == "__main__":
    main()
