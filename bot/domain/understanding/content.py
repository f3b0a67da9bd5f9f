"""The files of flows/understanding/: what may stand in them, and reading them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.domain.reading import INTENTS
from bot.errors import InputInvalid, Problem

DANGERS = ("self_harm", "violence", "medical")
OPTS = ("opt_out", "opt_in")
EVERY_DANGER = "every_danger"  # figures of speech: they keep any danger from being read
READINGS = (*DANGERS, *OPTS, *INTENTS, EVERY_DANGER)
WEIGHTS = {"whole": 0.95, "sure": 0.95, "likely": 0.7, "hint": 0.35}
LANGUAGES = ("cy", "pl", "ro", "ur", "sq")


class PhraseFile(BaseModel):
    """Phrases for one reading. Each list is one phrase a line; a line that begins with # is a remark."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reading: str
    about: str
    whole: str = ""
    sure: str = ""
    likely: str = ""
    hint: str = ""
    unless: str = ""
    languages: dict[str, str] = {}

    @field_validator("reading")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in READINGS:
            raise ValueError(f"unknown reading {value!r}; it is one of {', '.join(READINGS)}")
        return value

    @field_validator("languages")
    @classmethod
    def _are_known(cls, value: dict[str, str]) -> dict[str, str]:
        strange = set(value) - set(LANGUAGES)
        if strange:
            raise ValueError(f"unknown language {', '.join(sorted(strange))}; use {', '.join(LANGUAGES)}")
        return value

    def phrases(self) -> Iterator[tuple[str, str]]:
        """Each list's name with each of its phrases."""
        for name in ("whole", "sure", "likely", "hint", "unless"):
            for phrase in lines(getattr(self, name)):
                yield name, phrase
        for text in self.languages.values():
            for phrase in lines(text):
                yield "sure", phrase


@dataclass(frozen=True)
class Content:
    """Everything in the folder. `fixes` maps a misspelt word to the right one."""

    files: tuple[tuple[str, PhraseFile], ...]
    lists: dict[str, tuple[str, ...]]
    fixes: dict[str, str]
    everyday: frozenset[str]


def lines(text: str) -> Iterator[str]:
    """The phrases of a list: its lines without blank ones and remarks."""
    for line in text.splitlines():
        phrase = line.partition("#")[0].strip()
        if phrase:
            yield phrase


def load_content(folder: Path) -> Content:
    """Read the folder: words.yaml, spelling.yaml, everyday_words.txt, and a phrase file for each reading.

    Raises:
        InputInvalid: a file is not as it should be; every wrong one is named.
    """
    problems: list[Problem] = []
    files: list[tuple[str, PhraseFile]] = []
    tables: dict[str, dict[str, str]] = {"words.yaml": {}, "spelling.yaml": {}}
    for path in sorted(folder.glob("*.yaml")):
        try:
            source = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
            if path.name in tables:
                tables[path.name] = {str(name): str(text) for name, text in (source or {}).items()}
            else:
                files.append((path.name, PhraseFile.model_validate(source)))
        except (YAMLError, UnicodeDecodeError, AttributeError) as error:
            problems.append(Problem(path.name, "file", str(error).splitlines()[0]))
        except ValidationError as error:
            for found in error.errors(include_url=False):
                where = ".".join(map(str, found["loc"])) or "file"
                problems.append(Problem(path.name, where, found["msg"].removeprefix("Value error, ")))
    if not files and not problems:
        problems.append(Problem(folder.name, "folder", "there is no phrase file in it"))
    if problems:
        raise InputInvalid(problems)
    everyday = folder / "everyday_words.txt"
    words = everyday.read_text("utf-8").split() if everyday.exists() else []
    return Content(
        files=tuple(files),
        lists={name: tuple(text.split()) for name, text in tables["words.yaml"].items()},
        fixes={wrong: right for right, text in tables["spelling.yaml"].items() for wrong in text.split()},
        everyday=frozenset(words),
    )
