"""`python -m training` learns flows/understanding/model.tsv from the texts beside it; `make train` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.domain.understanding import Reader
from bot.domain.understanding.content import load_content
from bot.domain.understanding.model import MODEL, write_model
from bot.errors import InputInvalid
from training.learn import learn
from training.texts import digest, to_learn

FOLDER = Path(__file__).resolve().parent.parent / "flows" / "understanding"
TEXTS = "texts"


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="where phrases and texts are")
def main(folder: Path) -> None:
    """Learn the statistical layer anew from the labelled texts and the phrases as they are now."""
    try:
        texts = to_learn(folder / TEXTS)
        reader = Reader.of(load_content(folder))
    except InputInvalid as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"learning from {len(texts):,} texts ...")
    model = learn(texts, reader.features)
    path = folder / MODEL
    with path.open("w", encoding="utf-8") as file:
        file.writelines(write_model(model, learned_from=digest(texts)))
    click.echo(f"{path.name}: {len(model.rows):,} features, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
