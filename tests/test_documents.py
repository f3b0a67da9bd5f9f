"""What README and the example files say is there is there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from app import cli
from bot.settings import Settings
from bot.usecases.flow_commands import check_flows
from tests.builders import Town
from tests.usecases.enrolled import load, wall

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def settings_names() -> list[str]:
    return [name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("name", settings_names())
def test_every_setting_is_in_the_readme_and_in_the_example(name):
    table = README.partition("### Settings")[2].partition("\n## ")[0]

    assert f"`{name}`" in table
    assert re.search(rf"^# {name}=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)


def test_the_example_names_no_setting_that_is_not_there():
    named = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(settings_names())


def test_the_example_shows_the_defaults():
    lines = re.findall(r"^# ([A-Z_]+)=(.+)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    shown = {name: value for name, value in lines if name != "FLOWS_DIR"}

    assert Settings.from_env(shown) == Settings()


def test_every_command_is_in_the_readme():
    context = click.Context(cli)

    for name in cli.list_commands(context):
        assert f"`{name}" in README or f", `{name} " in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)

    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{document.name}: {target}"
        if heading:
            assert heading in headings(found), f"{document.name}: {target}"


def headings(document: Path) -> set[str]:
    """The anchors that a forge makes of a document's headings."""
    lines = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_the_example_files_find_somebody_open_and_on_call_when_the_person_comes_out(deps, clock):
    files = re.findall(r"```csv\n(.*?)```", README, re.DOTALL)
    kinds = re.findall(r"app\.py load (\w+) \1\.csv", README)
    town = Town(deps)
    clock.now = wall(deps, "2026-11-27 09:00")
    for kind, content in zip(kinds, files, strict=True):
        load(deps, kind, content)

    clock.now = wall(deps, "2026-11-27 16:05")

    first_night = town.sent_to("+447700900111")[-2:]
    assert "Bolton night line" in first_night[0]
    assert "Sam is on call" in first_night[1]


def test_the_example_of_a_flow_is_none_of_ours_and_passes_the_check_beside_them(tmp_path):
    [source] = re.findall(
        r"```yaml\n(id: .*?)```", (ROOT / "docs" / "flows.md").read_text("utf-8"), re.DOTALL
    )
    file = tmp_path / f"{source.split()[1]}.yaml"
    file.write_text(source, "utf-8")

    assert not (ROOT / "flows" / file.name).exists()
    assert check_flows(ROOT / "flows", [file]) == []


def test_the_proxy_says_the_same_as_the_fallback_when_all_is_down():
    texts = YAML(typ="safe").load((ROOT / "flows" / "emergency.yaml").read_text("utf-8"))
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")

    assert f"<Message>{texts['sms']['en'].strip()}</Message>" in caddyfile
    assert f">{texts['voice']['en'].strip()}</Say>" in caddyfile


def test_every_library_we_name_has_a_row_in_the_readme():
    named = re.findall(r"^[\w.-]+", (ROOT / "requirements.in").read_text("utf-8"), re.MULTILINE)
    table = README.partition("### Libraries")[2].partition("\n## ")[0].lower()

    assert [name for name in named if name.lower() not in table] == []
