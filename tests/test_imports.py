"""Which part may know which: every import in the tree is read, and arrows that point the wrong way fail.

Source: docs/architecture.md
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What each part may import of ours; a part may always import itself. `errors` is free to all. A name that
# goes on after a dot allows that module only.
ALLOWED = {
    "bot.errors": set(),
    "bot.logs": set(),
    "bot.domain": set(),
    "bot.engine": {"bot.domain"},
    "bot.settings": set(),
    "bot.store": {"bot.domain", "bot.engine.conversation", "bot.engine.effects"},
    "bot.transports": {"bot.domain", "bot.settings"},
    "bot.deps": {"bot.domain", "bot.engine", "bot.settings", "bot.store", "bot.transports"},
    "bot.usecases": {"bot.deps", "bot.domain", "bot.engine", "bot.settings", "bot.store", "bot.transports"},
    "bot.web": {
        "bot.deps", "bot.domain", "bot.engine", "bot.settings", "bot.store", "bot.transports", "bot.usecases"
    },
    "bot.console": {
        "bot.deps", "bot.domain", "bot.engine", "bot.settings", "bot.store", "bot.transports", "bot.usecases"
    },
    "schedules": {"bot.deps", "bot.domain", "bot.store", "bot.usecases"},
}  # fmt: skip
PURE = ("bot.domain", "bot.engine")
# What the rules must never touch: the web, the database, the network, the schedule, the log.
IMPURE = {
    "flask", "sqlalchemy", "alembic", "sqlite3", "psycopg", "twilio", "requests", "httpx", "urllib3",
    "socket", "apscheduler", "structlog", "logging", "os", "subprocess", "prometheus_client",
}  # fmt: skip


@dataclass(frozen=True)
class Import:
    """One module that another names, and on which line."""

    by: str
    module: str
    line: int


def imports_of(source: str, by: str, *, is_package: bool = False) -> Iterator[Import]:
    """Every import in a source text, those inside functions too, relative ones made absolute.

    `from package import name` counts as `package.name`, since the name may be a module.
    """
    package = by if is_package else by.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(by, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                yield Import(by, f"{base}.{alias.name}", node.lineno)


def is_inside(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def wrong_arrow(found: Import) -> str | None:
    """What is wrong with one import; none when it may be there."""
    part = next((part for part in ALLOWED if is_inside(found.by, part)), None)
    if part is None:
        return None if found.by in ("app", "bot") else f"{found.by} belongs to no part of the tree"
    if is_inside(found.module, "app"):
        return f"{found.by}:{found.line} imports app, which only joins the parts"
    if is_inside(found.module, "tests"):
        return f"{found.by}:{found.line} imports the tests"
    top = found.module.split(".")[0]
    if part in PURE and top in IMPURE:
        return f"{found.by}:{found.line} imports {top}; the rules are plain data and plain functions"
    if top not in ("bot", "schedules") or found.module == "bot":
        return None
    if any(is_inside(found.module, allowed) for allowed in (part, "bot.errors", *ALLOWED[part])):
        return None
    return f"{found.by}:{found.line} imports {found.module}; {part} may not know it"


def modules() -> Iterator[tuple[str, Path]]:
    for folder in ("bot", "schedules"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" in path.parts:
                continue  # migrations have numbers for names and import nothing of ours: see below
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def problems_in(source: str, by: str, *, is_package: bool = False) -> list[str]:
    return [wrong for found in imports_of(source, by, is_package=is_package) if (wrong := wrong_arrow(found))]


def test_imports_point_one_way():
    found = [
        wrong
        for name, path in modules()
        for wrong in problems_in(path.read_text("utf-8"), name, is_package=path.stem == "__init__")
    ]

    assert found == []


@pytest.mark.parametrize(
    ("by", "source"),
    [
        ("bot.domain.people", "from bot.store import people"),
        ("bot.domain.people", "import bot.engine.texts"),
        ("bot.domain.people", "from ..store import people"),
        ("bot.domain.people", "def late():\n    from bot.deps import Deps"),
        ("bot.domain.people", "import sqlalchemy as sa"),
        ("bot.engine.runner", "from bot.usecases.work import Work"),
        ("bot.engine.runner", "from bot import deps"),
        ("bot.engine.runner", "from flask import request"),
        ("bot.store.people", "from bot.engine.runner import start"),
        ("bot.store.people", "from bot.engine import runner"),
        ("bot.store.people", "from bot.deps import Deps"),
        ("bot.store.people", "from bot.settings import Settings"),
        ("bot.transports.twilio", "from bot.store import outbox"),
        ("bot.usecases.work", "from bot.web import webhooks"),
        ("bot.usecases.work", "import schedules"),
        ("bot.deps", "from bot.usecases.work import Work"),
        ("bot.web.webhooks", "from app import create_app"),
        ("bot.web.webhooks", "import schedules.reminders"),
        ("schedules.reminders", "from bot.web import webhooks"),
        ("schedules.reminders", "from tests.fakes import anything"),
        ("bot.utils", "import json"),
    ],
)
def test_an_arrow_the_wrong_way_is_found(by, source):
    assert len(problems_in(source, by)) == 1


@pytest.mark.parametrize(
    ("by", "source"),
    [
        ("bot.domain.people", "from bot.errors import NotFound"),
        ("bot.domain.quiet_hours", "from .people import Person\nfrom zoneinfo import ZoneInfo"),
        ("bot.engine.runner", "from bot.domain.people import Person\nfrom bot.engine import effects"),
        ("bot.store.conversations", "from bot.engine.conversation import Conversation\nimport sqlalchemy"),
        ("bot.usecases.work", "from bot.deps import Deps\nfrom bot.store import outbox"),
        ("bot.web.webhooks", "from bot.usecases import receive_message\nfrom flask import request"),
        ("schedules.reminders", "from bot.usecases import send_reminders\nfrom bot.deps import Deps"),
        ("app", "from bot.web import webhooks\nimport schedules"),
    ],
)
def test_an_arrow_the_right_way_is_left_alone(by, source):
    assert problems_in(source, by) == []


def test_a_relative_import_counts_from_the_package_it_is_in():
    assert [found.module for found in imports_of("from . import people", "bot.store", is_package=True)] == [
        "bot.store.people"
    ]
    assert [found.module for found in imports_of("from ..errors import X", "bot.store.people")] == [
        "bot.errors.X"
    ]


def test_the_tree_is_read_at_all():
    names = {name for name, _ in modules()}

    assert {"bot.deps", "bot.domain.people", "bot.store.people", "bot.usecases.work", "schedules"} <= names


def test_migrations_know_nothing_of_ours_that_may_change_under_them():
    for path in (ROOT / "bot/store/migrations/versions").glob("*.py"):
        ours = [
            found
            for found in imports_of(path.read_text("utf-8"), path.stem)
            if is_inside(found.module, "bot")
        ]
        assert ours == []


# --- who may read what: the clock and the environment ---------------------------------------------------


def calls_in(source: str, *wanted: str) -> list[int]:
    """Lines that name one of the `wanted` dotted names (their last two parts), as written."""
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and any(re.search(rf"(^|\.){re.escape(name)}$", ast.unparse(node)) for name in wanted)
    )


CLOCK = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime")
ENVIRONMENT = ("os.environ", "os.getenv", "os.environb")


def read_by(*wanted: str) -> set[str]:
    found = {name for name, path in modules() if calls_in(path.read_text("utf-8"), *wanted)}
    if (ROOT / "app.py").exists() and calls_in((ROOT / "app.py").read_text("utf-8"), *wanted):
        found.add("app")
    return found


def test_only_deps_reads_the_time():
    assert read_by(*CLOCK) == {"bot.deps"}


def test_only_the_settings_and_the_command_line_read_the_environment():
    assert read_by(*ENVIRONMENT) <= {"bot.settings", "app"}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("from datetime import datetime\nx = datetime.now(UTC)", CLOCK),
        ("import datetime\nx = datetime.datetime.now()", CLOCK),
        ("import datetime as dt\nx = dt.date.today()", CLOCK),
        ("f = field(default_factory=datetime.utcnow)", CLOCK),
        ("import os\nx = os.environ['HOME']", ENVIRONMENT),
        ("import os\nx = os.getenv('HOME')", ENVIRONMENT),
    ],
)
def test_reading_the_clock_or_the_environment_is_found(source, wanted):
    assert len(calls_in(source, *wanted)) == 1


def test_a_clock_that_was_handed_in_may_be_read():
    assert calls_in("now = deps.clock()\nlater = work.now + timedelta(hours=1)", *CLOCK) == []
