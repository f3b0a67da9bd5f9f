"""Write the migration from what is there to `schema.metadata`.

    python -m bot.store.migrations "Add the language of a service"    a new revision
    python -m bot.store.migrations --first                            the first one again, before a release

Read what it wrote: a renamed column looks like one dropped and one added. The tests compare the migrated
database with the metadata on both engines.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from bot.store import migrate
from bot.store.database import Store

VERSIONS = migrate.MIGRATIONS / "versions"


def write(message: str, *, first: bool = False) -> Path:
    """Write the next revision (or the first one again) and give its file."""
    if first:
        for old in VERSIONS.glob("*.py"):
            old.unlink()
    migrate.revisions.cache_clear()
    number = f"{len(migrate.revisions()) + 1:04}"
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    store = Store("sqlite://")
    if migrate.revisions():
        migrate.migrate(store)
    with store.begin() as conn:
        config.attributes["connection"] = conn
        command.revision(config, message, autogenerate=True, rev_id=number)
    store.close()
    (path,) = VERSIONS.glob(f"{number}_*.py")
    path.write_text(re.sub(r"\n *# ### .*", "", path.read_text("utf-8")), "utf-8")
    for tool in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(path)], check=True)
    return path


if __name__ == "__main__":
    wants_first = sys.argv[1:] == ["--first"]
    if not wants_first and len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(write("Every table" if wants_first else sys.argv[1], first=wants_first))  # noqa: T201
