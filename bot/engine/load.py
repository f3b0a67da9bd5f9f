"""Reads flow files, and says what is wrong with one in words its author can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.engine.definition import KINDS, MODELS, Flow, kind_of
from bot.errors import FlowInvalid, Problem

SIZE_LIMIT = 200_000
# What lies beside the flows.
OTHER_CONTENT = frozenset(
    {"areas.yaml", "emergency.yaml", "giving_away.yaml", "placeholders.yaml", "reminders.yaml"}
)


def read_yaml(source: str, file: str) -> Any:
    """The plain data of a YAML text (YAML 1.2: `yes` and `18:30` are texts).

    Raises:
        FlowInvalid: it is no YAML, a key is there twice, or it is far too long.
    """
    if len(source) > SIZE_LIMIT:
        raise FlowInvalid([Problem(file, "file", f"is longer than {SIZE_LIMIT:,} characters")])
    try:
        return YAML(typ="safe").load(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}" if mark else "file"
        reason = _yaml_reason(str(error.problem or error.context))
        raise FlowInvalid([Problem(file, where, reason)]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "can't be read"
        raise FlowInvalid([Problem(file, "file", f"is not YAML: {reason}")]) from error


@lru_cache(maxsize=256)
def load_flow(source: str, file: str) -> Flow:
    """The flow that a file's text describes, with `revision` 0.

    Only its shape is checked here; `checks.check_flow` finds what does not join up. Reading YAML is slow, so
    the same text again gives the same flow.

    Raises:
        FlowInvalid: each problem names file, step and reason.
    """
    data = read_yaml(source, file)
    if not isinstance(data, dict):
        raise FlowInvalid([Problem(file, "file", "is not a flow: it must begin with `id:`, `title:` …")])
    if "revision" in data:
        raise FlowInvalid([Problem(file, "flow", "`revision` is not written: publishing gives it")])
    try:
        return Flow.model_validate(data)
    except ValidationError as error:
        problems = [_problem(file, data, found) for found in errors_of(error)]
        raise FlowInvalid(list(dict.fromkeys(problems))) from error


def errors_of(error: ValidationError) -> list[Any]:
    """Pydantic's errors, but for those that call a list too short when it only has wrong things in it."""
    return [
        found
        for found in error.errors(include_url=False)
        if not (found["type"] == "too_short" and found["input"])
    ]


def load_folder(folder: Path) -> list[Flow]:
    """Every flow of a folder (not of those below it), by file name.

    Raises:
        FlowInvalid: with the problems of all the files together, so that one run shows them all; two flows
            with one id, and a file not named after its flow, count too.
    """
    flows: list[Flow] = []
    problems: list[Problem] = []
    for path in flow_files(folder):
        try:
            flow = load_flow(path.read_text("utf-8"), path.name)
        except FlowInvalid as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(Problem(path.name, "file", "is not saved as UTF-8"))
        else:
            if flow.id != path.stem:
                reason = f"has the id {flow.id}: name the file {flow.id}.yaml"
                problems.append(Problem(path.name, "flow", reason))
            flows.append(flow)
    if problems:
        raise FlowInvalid(problems)
    return flows


def flow_files(folder: Path) -> list[Path]:
    """The files of a folder that are flows, whatever has become of them; the other content has fixed names."""
    return [path for path in sorted(folder.glob("*.yaml")) if path.name not in OTHER_CONTENT]


def dump(flow: Flow) -> str:
    """The text of a flow file: `load_flow(dump(flow))` is the flow again, but for its revision."""
    data = flow.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"revision"})
    data["steps"] = {
        name: _kind_first(kind_of(step) or "", data["steps"][name]) for name, step in flow.steps.items()
    }
    writer = YAML()
    writer.width = 100
    writer.allow_unicode = True
    out = StringIO()
    writer.dump(_plain_variants(data), out)
    return out.getvalue()


def _kind_first(kind: str, step: dict[str, Any]) -> dict[str, Any]:
    return {kind: step[kind], **step}


def _plain_variants(value: Any) -> Any:
    """A text that has only English is written as just that."""
    if isinstance(value, dict):
        if set(value) == {"en"} and isinstance(value["en"], str):
            return value["en"]
        return {key: _plain_variants(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain_variants(inner) for inner in value]
    return value


def _yaml_reason(problem: str) -> str:
    if problem.startswith("found duplicate key"):
        return f"the key {problem.split(chr(34))[1]!r} is there twice"
    return f"is not YAML here: {problem} (is a text with `: ` or `#` in it missing its quotes?)"


def _problem(file: str, data: Mapping[str, Any], found: Any) -> Problem:
    """One of pydantic's errors, in the words of a flow's author."""
    loc: list[Any] = list(found["loc"])
    model: type[BaseModel] = Flow
    kind, where = "flows", "flow"
    if loc[:1] == ["steps"] and len(loc) > 1:
        where = f"step {loc[1]}"
        step = data["steps"].get(loc[1]) if isinstance(data.get("steps"), Mapping) else None
        loc = loc[2:]
        if loc and loc[0] in KINDS and kind_of(step) == loc[0]:
            kind = f"`{loc[0]}` steps"
            model = MODELS[loc[0]]
            loc = loc[1:]
        if found["type"] == "union_tag_not_found":
            return Problem(file, where, f"has no kind: it needs one of {', '.join(sorted(KINDS))}")
    if "[key]" in loc or (where != "flow" and not loc and found["type"].startswith("string")):
        return Problem(file, where, "the name must be small letters, digits and _, beginning with a letter")
    return Problem(file, where, _reason(found, loc, kind, model))


def _reason(found: Any, loc: Sequence[Any], kind: str, model: type[BaseModel]) -> str:
    key = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")
    place = _place(loc[:-1] if loc and loc[-1] == key else loc)
    error = found["type"]
    if error == "missing":
        return f"{place}`{key}` is missing"
    if error == "extra_forbidden":
        known = _keys_at(model, loc[:-1])
        close = get_close_matches(key, known, n=1)
        hint = f"; it may have: {', '.join(known)}" if known else ""
        if close:
            hint = f" (did you mean `{close[0]}`?)"
        return f"{place}unknown key `{key}` in {kind}{hint}"
    if error == "value_error":
        text = str(found["msg"]).removeprefix("Value error, ")
        return f"{place}`{key}`: {text}" if key else text
    if error == "string_type":
        return f"{place}`{key}` must be a text (numbers and dates need quotes)"
    if error == "string_pattern_mismatch":
        return f"{place}`{key}`: {_shown(found['input'])} is not a name: use small letters, digits and _"
    if error == "literal_error":
        known_values = found["ctx"]["expected"].replace(" or ", ", ")
        return f"{place}`{key}`: {_shown(found['input'])} is not one of {known_values}"
    if error in ("model_type", "model_attributes_type", "dict_type"):
        return f"{place}{f'`{key}` ' if key else ''}must be a mapping (`name: value`)"
    if error == "too_short":
        return f"{place}`{key}` is empty"
    if error in ("tuple_type", "list_type"):
        return f"{place}`{key}` must be a list (`- …` or `[…]`)"
    return f"{place}`{key}`: {str(found['msg'])[:1].lower()}{str(found['msg'])[1:]}"


def _shown(value: Any) -> str:
    """What an author wrote, short enough to show."""
    if isinstance(value, (str, int, float)):
        text = repr(value)
        return text if len(text) <= 60 else f"{text[:57]}…"
    return "this"


def _place(loc: Sequence[Any]) -> str:
    """`choices 2: ` for what is inside something; nothing for a key of the step itself."""
    parts = [str(part + 1) if isinstance(part, int) else str(part) for part in loc if not _is_noise(part)]
    return f"{' '.join(parts)}: " if parts else ""


def _is_noise(part: Any) -> bool:
    return isinstance(part, str) and ("[" in part or part in ("bool", "str"))


def _keys_at(model: type[BaseModel], loc: Sequence[Any]) -> list[str]:
    """The keys that may be written at a place in a step."""
    for part in loc:
        if not isinstance(part, str) or part not in model.model_fields:
            continue
        inner = _model_in(model.model_fields[part].annotation)
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items() if name != "revision"]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _model_in(inner)) is not None:
            return found
    return None
