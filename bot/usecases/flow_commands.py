"""`flows check` and `flows test`, as the command line and the editor call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from bot.engine.book import load_placeholders
from bot.engine.checks import check_flows as check_engine
from bot.engine.checks import check_texts, cost_line
from bot.engine.definition import Flow
from bot.engine.exits import all_exits
from bot.engine.load import flow_files, load_flow
from bot.engine.phrasebook import Phrasebook
from bot.engine.scenario import Scenario, load_scenario_folder
from bot.engine.transcript import ScenarioReport
from bot.errors import FlowInvalid, Problem
from bot.usecases.play_scenario import play
from bot.usecases.scenario_stage import Content


def check_flows(folder: Path, files: Sequence[Path] = ()) -> list[Problem]:
    """What is wrong with the flows and texts of a folder, graver things first; with `files`, only with those.

    Each file is checked beside the other flows of the folder. One from elsewhere takes the place of the flow
    with its id.
    """
    problems, flows, asked = _load(folder, files)
    try:
        placeholders = load_placeholders(folder / "placeholders.yaml")
        phrases = Phrasebook.load(folder / "texts") if not files else Phrasebook({})
    except FlowInvalid as error:
        return [*problems, *error.problems]
    problems += check_engine(list(flows.values()), placeholders)
    for name in phrases.names():
        group, _, key = name.partition(".")
        problems += check_texts(group, {key: phrases.variants(name)}, placeholders)
    if not files:
        problems += _wrong_scenarios(folder)
    wanted = {f"{flow_id}.yaml" for flow_id in asked} | {path.name for path in files}
    kept = [problem for problem in problems if not files or problem.file in wanted]
    return sorted(dict.fromkeys(kept), key=lambda problem: problem.warning)


def flow_costs(folder: Path, files: Sequence[Path] = ()) -> list[str]:
    """What the texts of each flow cost, by language, for the flows that can be read."""
    _, flows, asked = _load(folder, files)
    try:
        placeholders = load_placeholders(folder / "placeholders.yaml")
    except FlowInvalid:  # `check_flows` says so
        placeholders = {}
    return [cost_line(flows[flow_id], placeholders) for flow_id in sorted(asked)]


def _load(folder: Path, files: Sequence[Path]) -> tuple[list[Problem], dict[str, Flow], set[str]]:
    """What can't be read, every flow by id, and the ids of those that were asked for."""
    problems: list[Problem] = []
    flows: dict[str, Flow] = {}
    asked: set[str] = set()
    chosen = {path.resolve() for path in files}
    for path in dict.fromkeys([*flow_files(folder), *files]):
        is_asked = not files or path.resolve() in chosen
        try:
            flow = load_flow(path.read_text("utf-8"), path.name)
        except FlowInvalid as error:
            problems += error.problems if is_asked else ()
            continue
        except (OSError, UnicodeDecodeError):
            problems.append(Problem(path.name, "file", "can't be read as UTF-8 text"))
            continue
        if flow.id != path.stem and is_asked:
            problems.append(Problem(path.name, "flow", f"has the id {flow.id}: name the file {flow.id}.yaml"))
        if is_asked:
            asked.add(flow.id)
        flows[flow.id] = flow
    return problems, flows, asked


def _wrong_scenarios(folder: Path) -> list[Problem]:
    try:
        _scenarios(folder)
    except FlowInvalid as error:
        return list(error.problems)
    return []


def _scenarios(folder: Path) -> list[tuple[str, Scenario]]:
    """Every scenario beside the flows of a folder, with its file as it is found from here.

    Raises:
        FlowInvalid: with the problems of all the files, each named with the folder it is in.
    """
    try:
        files = load_scenario_folder(folder / "scenarios")
    except FlowInvalid as error:
        problems = [replace(problem, file=f"scenarios/{problem.file}") for problem in error.problems]
        raise FlowInvalid(problems) from error
    place = (folder / "scenarios").absolute()
    shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    return [(str(shown / file), scenario) for file, found in files.items() for scenario in found]


def test_flows(folder: Path) -> ScenarioReport:
    """Play the scenarios of `scenarios/` below the folder.

    On a terminal a bar shows how far it is.

    Raises:
        FlowInvalid: a flow or a scenario can't be read.
    """
    content = Content.load(folder)
    scenarios = _scenarios(folder)
    report = ScenarioReport(exits={flow.id: all_exits(flow) for flow in content.book.flows()})
    for file, scenario in tqdm(scenarios, unit="scenario", disable=None, leave=False):
        report.results.append(play(scenario, file=file, content=content))
    return report


test_flows.__test__ = False  # type: ignore[attr-defined]  # a command, not a test, wherever it is imported
