"""Bad input: a setting, a CSV row, a flow. Each is named, and nothing of it takes effect."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.usecases.flow_commands import check_flows
from tests.e2e.running import WORKERS, load, people_rows, phone, rows, settings_of
from tests.server import ROOT, GatepostServer
from tests.standin.provider import StandInProvider

# Its servers are started once: all of it runs in one process.
pytestmark = pytest.mark.xdist_group("bad_input")

FRIDAY_4PM = "2026-06-05T15:00:00+00:00"


# A setting


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_AUTH_TOKEN": "secret-token"}, "TWILIO_ACCOUNT_SID"),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "secret-token"}, "TWILIO_FROM"),
        ({"DATABASE_URL": "postgresql+psycopg://someone:secret-token@127.0.0.1:1/none"}, "SECRET_KEY"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"PUBLIC_URL": "gatepost.example"}, "PUBLIC_URL"),
        ({"PORT": "many"}, "PORT"),
        ({"TZ_NAME": "Europe/Bolton"}, "TZ_NAME"),
        ({"CLOCK": "yesterday"}, "CLOCK"),
        ({"FLOWS_DIR": "no/such/folder"}, "FLOWS_DIR"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_missing_or_wrong_setting_stops_the_start_with_one_line_that_names_it(
    tmp_path: Path, settings: dict[str, str], names: str
) -> None:
    done = GatepostServer(tmp_path, **settings).run("serve")

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert names in done.stderr
    assert "secret-token" not in done.stderr
    assert not (tmp_path / "gatepost.db").exists()


@pytest.mark.parametrize(
    "command",
    ["serve", "migrate", "demo", "load people app.py", "understand", "flows check", "flows test", "doctor"],
)
def test_every_command_refuses_a_folder_of_flows_that_is_not_there(tmp_path: Path, command: str) -> None:
    done = GatepostServer(tmp_path, FLOWS_DIR=f"{tmp_path}/none").run(*command.split())

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"settings: FLOWS_DIR: there is no folder {tmp_path}/none\n"


def test_a_database_that_does_not_answer_stops_the_start_with_a_line_that_names_it(tmp_path: Path) -> None:
    url = "postgresql+psycopg://someone:secret-token@127.0.0.1:1/none"
    done = GatepostServer(tmp_path, DATABASE_URL=url, SECRET_KEY="k").run("serve")

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "DATABASE_URL" in done.stderr
    assert "secret-token" not in done.stderr


# A row of a file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> GatepostServer:
    """A database with workers and people in it; no server runs."""
    server = GatepostServer(tmp_path_factory.mktemp("site"), CLOCK=FRIDAY_4PM)
    load(server, "workers", WORKERS)
    load(server, "people", people_rows(range(2)))
    return server


GOOD = {
    "people": {"external_id": "P9", "first_name": "Zed", "phone": phone(9), "area": "Bolton", "consent": "yes"},
    "appointments": {"external_id": "A1", "person": "P0", "kind": "housing", "starts_at": "2026-06-09 10:00"},
    "releases": {"person": "P0", "release_date": "2026-06-05", "release_time": "16:05"},
    "workers": {"name": "Ida New", "phone": "07700 900222", "role": "peer_mentor", "areas": "Bolton"},
    "rota": {"area": "Bolton", "worker": "07700 900201", "starts_at": "2026-06-05 09:00",
             "ends_at": "2026-06-06 09:00"},
    "services": {"id": "s1", "name": "Beds", "what_for": "A bed", "category": "housing", "area": "Bolton",
                 "phone": "0161 496 0101", "opening_hours": "24/7"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        ("people", "area", "Atlantis"), ("people", "phone", "not a phone"), ("people", "consent", "maybe"),
        ("appointments", "person", "P77"), ("appointments", "starts_at", "2026-02-30 10:00"),
        ("appointments", "kind", "party"), ("releases", "person", "P77"), ("releases", "release_time", "25:00"),
        ("workers", "areas", "Atlantis"), ("rota", "worker", "07700 900299"), ("rota", "ends_at", "soon"),
        ("services", "opening_hours", "always ish"), ("services", "area", "Atlantis"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_with_line_column_and_reason_and_nothing_is_loaded(
    site: GatepostServer, kind: str, column: str, value: str
) -> None:
    table = {"rota": "shifts"}.get(kind, kind)
    before = rows(site.environ["DATABASE_URL"], table)

    another = {"external_id": "another"} if kind == "appointments" else {}
    done = site.load(kind, [GOOD[kind], {**GOOD[kind], **another, column: value}])

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{kind}.csv: line 3, column {column}: " in done.stderr, done.stderr
    assert done.stderr.splitlines()[-1] == "Nothing was loaded."
    assert "Traceback" not in done.stderr
    assert rows(site.environ["DATABASE_URL"], table) == before


def test_an_unknown_column_is_refused_by_name(site: GatepostServer) -> None:
    done = site.load("people", [{**GOOD["people"], "shoe_size": "9"}])

    assert done.returncode == 1
    assert "shoe_size" in done.stderr


def test_loading_the_same_file_twice_changes_nothing(site: GatepostServer) -> None:
    load(site, "people", people_rows(range(2)))

    done = site.load("people", people_rows(range(2)))

    assert "0 added, 0 changed, 2 as before" in done.stdout


def test_a_shared_phone_is_noted_and_loaded(tmp_path: Path) -> None:
    done = GatepostServer(tmp_path).load("people", [GOOD["people"], {**GOOD["people"], "external_id": "P10"}])

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "people.csv: 2 added, 0 changed, 0 as before.",
        "note: people.csv: P9 (line 2) and P10 (line 3) share a phone",
    ]


# A flow


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "flows", tmp_path / "flows"))


@pytest.fixture
def provider() -> Iterator[StandInProvider]:
    with StandInProvider() as provider:
        yield provider


def test_a_bad_flow_is_refused_by_file_step_and_reason_and_the_old_one_goes_on(
    tmp_path: Path, flows: Path, provider: StandInProvider
) -> None:
    server = GatepostServer(tmp_path, FLOWS_DIR=str(flows), CLOCK=FRIDAY_4PM, **settings_of(provider))
    help_file, thanks_file = flows / "help.yaml", flows / "thanks.yaml"
    with server:
        load(server, "people", people_rows(range(3), consent="no"))
        before = provider.text_in(server.url, "help", sender=phone(0)).bodies
        assert before
    printed = server.output.read_text()

    changed = help_file.read_text().replace("What do you need?", "Now then, what is it?")
    help_file.write_text(changed.replace("human: {flow: talk_to_human}", "human: {flow: nowhere_at_all}"))
    thanks_file.write_text(thanks_file.read_text().replace("You are welcome.", "Any time."))
    with server:
        after = provider.text_in(server.url, "help", sender=phone(1)).bodies
        thanks = provider.text_in(server.url, "thanks", sender="+447700900390").bodies
    said = server.output.read_text().removeprefix(printed)
    assert after == before
    assert thanks
    refused = next(line for line in said.splitlines() if "help.yaml" in line)
    assert "human" in refused
    assert "nowhere_at_all" in refused
    revisions = [
        (row["flow_id"], row["revision"])
        for row in rows(server.environ["DATABASE_URL"], "flow_revisions", "flow_id", "revision")
    ]
    assert ("help", 2) not in revisions
    assert ("thanks", 2) in revisions

    help_file.write_text(changed)
    with server:
        assert "Now then" in " ".join(provider.text_in(server.url, "help", sender=phone(2)).bodies)


@pytest.mark.parametrize(
    "content", ["", "id: help\n", "steps: [", "\x00", "id: help\nid: help\n", "- 1\n", "&a [*a]"]
)
def test_whatever_is_in_a_flow_file_the_check_names_the_file(flows: Path, content: str) -> None:
    (flows / "help.yaml").write_text(content)

    problems = check_flows(flows, ())

    assert any(problem.file == "help.yaml" and not problem.warning for problem in problems), problems


def test_a_conversation_finishes_on_the_revision_it_began_with(
    tmp_path: Path, flows: Path, provider: StandInProvider
) -> None:
    server = GatepostServer(tmp_path, FLOWS_DIR=str(flows), CLOCK=FRIDAY_4PM, **settings_of(provider))
    with server:
        load(server, "people", people_rows(range(2), consent="no"))
        provider.text_in(server.url, "im hungry", sender=phone(0))
    food = flows / "food.yaml"
    food.write_text(food.read_text().replace("OK. Text FOOD any time", "Brand new words. Text FOOD any time"))
    with server:
        provider.text_in(server.url, "im hungry", sender=phone(1))
        pinned = " ".join(provider.text_in(server.url, "2", sender=phone(0)).bodies)
        newest = " ".join(provider.text_in(server.url, "2", sender=phone(1)).bodies)
    assert "Text FOOD any time" in pinned
    assert "Brand new" not in pinned
    assert "Brand new words" in newest
