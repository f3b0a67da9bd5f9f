"""All flows a process knows, by id and revision, and the words their placeholders may stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from pydantic import Field, TypeAdapter, ValidationError

from bot.engine.definition import Flow, Model
from bot.engine.load import load_folder, read_yaml
from bot.engine.texts import Variants
from bot.errors import FlowInvalid, NotFound, Problem

# Said when a flow got stuck and a human was asked, unless flows/texts/answers.yaml has `human_asked`.
HUMAN_ASKED = {
    "en": "If you are in danger ring 999. To talk, ring 116 123, free at any hour. "
    "I got stuck, so I have asked one of our team to get in touch with you."
}


class Placeholder(Model):
    """What a `((name))` stands for, an example of it, and what is said when it is not known."""

    about: str
    example: str = ""
    fallback: Variants = Field(default_factory=dict)


_PLACEHOLDERS = TypeAdapter(dict[str, Placeholder])
_TEXTS = TypeAdapter(dict[str, Variants])


def load_placeholders(path: Path) -> dict[str, Placeholder]:
    """The placeholders of a file; none when there is no such file.

    Raises:
        FlowInvalid: it is not a mapping of names to `about`, `example`, `fallback`.
    """
    if not path.exists():
        return {}
    try:
        return _PLACEHOLDERS.validate_python(read_yaml(path.read_text("utf-8"), path.name) or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = " ".join(str(part) for part in first["loc"]) or "file"
        raise FlowInvalid([Problem(path.name, where, first["msg"])]) from error


class FlowBook:
    """Flows by id and revision. Threads may read while one publishes: dictionaries are replaced whole."""

    def __init__(
        self,
        flows: Iterable[Flow] = (),
        placeholders: Mapping[str, Placeholder] | None = None,
        *,
        human_asked: Mapping[str, str] = HUMAN_ASKED,
    ) -> None:
        self.placeholders: Mapping[str, Placeholder] = dict(placeholders or {})
        self.human_asked: Mapping[str, str] = human_asked
        self._current: dict[str, Flow] = {}
        self._all: dict[tuple[str, int], Flow] = {}
        self._intents: dict[str, Flow] = {}
        self._lock = Lock()
        for flow in flows:
            self.publish(flow)

    @classmethod
    def load(cls, folder: Path) -> FlowBook:
        """The flows of a folder as they are on disk, each as revision 1.

        Raises:
            FlowInvalid: a flow or the placeholders can't be read.
        """
        flows = [flow.published(1) for flow in load_folder(folder)]
        return cls(
            flows, load_placeholders(folder / "placeholders.yaml"), human_asked=load_human_asked(folder)
        )

    def current(self, flow_id: str) -> Flow:
        """The newest published revision.

        Raises:
            NotFound: no flow has this id.
        """
        try:
            return self._current[flow_id]
        except KeyError:
            raise NotFound(f"there is no flow {flow_id}") from None

    def get(self, flow_id: str, revision: int) -> Flow:
        """One revision of a flow.

        Raises:
            NotFound: it is not in the book; `keep` puts an old one in.
        """
        try:
            return self._all[flow_id, revision]
        except KeyError:
            raise NotFound(f"there is no revision {revision} of flow {flow_id}") from None

    def has(self, flow_id: str, revision: int | None = None) -> bool:
        """Whether a flow, or one revision of it, is in the book."""
        return flow_id in self._current if revision is None else (flow_id, revision) in self._all

    def for_intent(self, intent: str) -> Flow | None:
        """The flow that a text with this intent starts."""
        return self._intents.get(intent)

    def flows(self) -> list[Flow]:
        """The current flows, by id."""
        return [self._current[flow_id] for flow_id in sorted(self._current)]

    def publish(self, flow: Flow) -> None:
        """Make this the current revision of its flow. Conversations begun before stay on theirs."""
        with self._lock:
            current = {**self._current, flow.id: flow}
            self._all = {**self._all, (flow.id, flow.revision): flow}
            self._intents = {
                intent: current[flow_id]
                for flow_id in sorted(current)
                for intent in current[flow_id].starts_on
            }
            self._current = current

    def keep(self, flow: Flow) -> None:
        """Put an older revision in the book, for conversations that began with it."""
        with self._lock:
            self._all = {**self._all, (flow.id, flow.revision): flow}

    def fallback(self, placeholder: str, language: str) -> str:
        """What is said for a placeholder whose value is not known; English where the language has none."""
        known = self.placeholders.get(placeholder)
        if known is None:
            return ""
        return known.fallback.get(language) or known.fallback.get("en", "")


def load_human_asked(folder: Path) -> Mapping[str, str]:
    """The text for a flow that got stuck: `human_asked` of texts/answers.yaml, else our own.

    Raises:
        FlowInvalid: the file can't be read.
    """
    path = folder / "texts" / "answers.yaml"
    if not path.exists():
        return HUMAN_ASKED
    try:
        texts = _TEXTS.validate_python(read_yaml(path.read_text("utf-8"), path.name) or {})
    except ValidationError as error:
        raise FlowInvalid([Problem(path.name, "file", str(error.errors()[0]["msg"]))]) from error
    return texts.get("human_asked", HUMAN_ASKED)
