"""`flows check` and `flows test` on a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.engine.load import dump
from bot.errors import FlowInvalid
from bot.usecases import flow_commands
from tests.engine.worlds import ASK, flow

FLOWS = Path(__file__).resolve().parents[2] / "flows"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with one good flow and the shipped rest."""
    for name in ("areas.yaml", "placeholders.yaml"):
        shutil.copy(FLOWS / name, tmp_path / name)
    for name in ("texts", "understanding"):
        shutil.copytree(FLOWS / name, tmp_path / name)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "test.yaml").write_text(dump(flow(ASK)), "utf-8")
    return tmp_path


def told(folder: Path, *files: Path) -> list[str]:
    return [str(one) for one in flow_commands.check_flows(folder, files) if not one.warning]


def test_a_good_folder_has_nothing_wrong_with_it(folder):
    assert told(folder) == []


def test_every_bad_file_is_named_in_one_run(folder):
    (folder / "broken.yaml").write_text("id: broken\nsteps: [\n")
    (folder / "bad.yaml").write_text(dump(flow("first: {say: Hi., go: nowhere}", id="bad")))

    found = told(folder)

    assert any(one.startswith("broken.yaml: line 3: is not YAML here") for one in found)
    assert "bad.yaml: step first: goes to nowhere, and there is no such step" in found


def test_only_the_named_files_are_told_of_but_beside_the_others(folder):
    (folder / "broken.yaml").write_text("id: broken\nsteps: [\n")
    draft = folder / "draft" / "new.yaml"
    draft.parent.mkdir()
    draft.write_text(dump(flow("first: {flow: test, go: more}\nmore: {flow: gone}", id="new")))

    assert told(folder, draft) == [
        "new.yaml: step more: goes through the flow gone, and there is no such flow"
    ]


def test_scenarios_and_texts_are_checked_too(folder):
    (folder / "scenarios" / "test.yaml").write_text("- title: A\n")
    (folder / "texts" / "extra.yaml").write_text("hello: TODO\n")

    found = told(folder)

    assert "scenarios/test.yaml: 'A': `at` is missing" in found
    assert "texts/extra.yaml: hello: has dummy text left in it: 'TODO'" in found


def test_what_each_flow_costs(folder):
    assert flow_commands.flow_costs(folder) == ["test.yaml: en 7 texts, 7 parts, longest 30 characters"]


def test_scenarios_are_played_and_reported(folder):
    (folder / "scenarios" / "test.yaml").write_text(
        "- title: Good\n  at: 2026-06-05 17:30\n"
        "  talk: [{start: test}, {us~: Somewhere}, {person: 1}, {us: Good.}]\n"
        "- title: Bad\n  at: 2026-06-05 17:30\n  talk: [{start: test}, {us: Nothing}]\n"
    )

    report = flow_commands.test_flows(folder)

    assert [result.passed for result in report.results] == [True, False]
    assert not report.passed
    assert report.lines()[-1] == "1 of 2 scenarios as expected"
    assert f"WRONG {folder}/scenarios/test.yaml: Bad" in report.lines()
    assert report.coverage()[0].startswith("test: 2 of 3 steps, 2 of 8 exits; not taken: first>2,")


def test_a_scenario_is_named_as_it_is_found_from_where_the_command_was_typed(folder, monkeypatch):
    (folder / "scenarios" / "test.yaml").write_text(
        "- title: Bad\n  at: 2026-06-05 17:30\n  talk: [{us: A}]\n"
    )
    monkeypatch.chdir(folder.parent)

    report = flow_commands.test_flows(folder)

    assert report.lines()[0] == f"WRONG {folder.name}/scenarios/test.yaml: Bad"


def test_a_scenario_that_can_not_be_read_is_named_with_its_folder(folder):
    (folder / "scenarios" / "test.yaml").write_text("- title: A\n")

    with pytest.raises(FlowInvalid, match=r"^scenarios/test\.yaml: "):
        flow_commands.test_flows(folder)
