"""What stops a start, and what it leaves on the disk."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import SettingsInvalid
from bot.settings import Settings
from bot.web.secret import secret_beside
from tests.server import GatepostServer


@pytest.mark.parametrize(
    "settings", [{"database_url": "sqlite+aiosqlite:///x.db"}, {"twilio_sends_per_second": "inf"}]
)
def test_a_setting_that_only_looks_right_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid, match=next(iter(settings)).upper()):
        Settings.from_env({name.upper(): value for name, value in settings.items()})


def test_a_folder_that_can_not_be_made_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = GatepostServer(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/file/gatepost.db").run("serve")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DATABASE_URL" in done.stderr


def test_an_address_that_is_taken_stops_the_start_with_one_line(tmp_path: Path) -> None:
    server = GatepostServer(tmp_path)
    with closing(socket.create_server(("127.0.0.1", server.port))):
        done = server.run("serve")

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "PORT" in done.stderr


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/gatepost.db")
    keys = {secret_beside(settings) for _ in range(3)}

    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_key_that_a_crash_left_empty_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()

    assert len(secret_beside(Settings(database_url=f"sqlite:///{tmp_path}/gatepost.db"))) == 64
