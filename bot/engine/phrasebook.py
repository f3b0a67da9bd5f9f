"""Texts that the service says outside any flow: page texts, confirmations, the truth when nobody comes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.engine.texts import Variants, choose, fill
from bot.errors import FlowInvalid, Problem

_FILE = TypeAdapter(dict[str, Variants])


class Phrasebook:
    """Texts by name (`escalation.taken`: file `escalation.yaml`, text `taken`), with variants."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = dict(texts)

    @classmethod
    def load(cls, folder: Path) -> Phrasebook:
        """Read every `*.yaml` of the folder.

        Raises:
            FlowInvalid: a file is not a mapping of names to texts.
        """
        texts: dict[str, Mapping[str, str]] = {}
        for path in sorted(folder.glob("*.yaml")):
            try:
                found = _FILE.validate_python(YAML(typ="safe").load(path.read_text("utf-8")) or {})
            except (ValidationError, YAMLError) as error:
                raise FlowInvalid([Problem(path.name, "file", str(error).splitlines()[0])]) from error
            texts.update({f"{path.stem}.{name}": variants for name, variants in found.items()})
        return cls(texts)

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def names(self) -> list[str]:
        return sorted(self._texts)

    def variants(self, name: str) -> Mapping[str, str]:
        return self._texts[name]

    def text(self, name: str, *, language: str = "en", flavour: str | None = None, **values: object) -> str:
        """The text by that name, in the best variant there is, filled in.

        Raises:
            KeyError: there is no such text.
        """
        return self.render(name, values, language=language, flavour=flavour)

    def render(
        self, name: str, values: Mapping[str, object], *, language: str = "en", flavour: str | None = None
    ) -> str:
        """The same with the values in a mapping, whatever they are called."""
        chosen = choose(self._texts[name], language=language, flavour=flavour)
        return fill(chosen, {key: str(value) for key, value in values.items()})
