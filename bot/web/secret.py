"""The key that signs logins, where no setting gives one."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bot.settings import Settings


def secret_beside(settings: Settings) -> str:
    """The key that signs logins, made once and kept beside an embedded database."""
    from sqlalchemy.engine import make_url

    database = make_url(settings.database_url).database
    if not database or database == ":memory:":
        return secrets.token_hex(32)
    path = Path(database).with_name("secret_key")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        # Written beside and put there whole, so that no other process reads half of it; the first one stays.
        fresh = path.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        if path.exists() and not path.stat().st_size:
            path.unlink(missing_ok=True)
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()
