"""A private PostgreSQL server for the tests: its own folder, a free port on loopback, gone at the end.

The system's own server, if there is one, is never touched. As root the server runs as another user, since
PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import needs

# Nothing in it outlives the tests, so it need not outlive a crash.
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=64MB",
)
OWNER = "gatepost"


class Server:
    """A running server. `new_database` gives the address of an empty database of its own."""

    def __init__(self, binaries: Path, *, options: Sequence[str] = QUICK) -> None:
        self._options = options
        self._as_user = _another_user() if os.geteuid() == 0 else {}
        self._folder = Path(tempfile.mkdtemp(prefix="gp-pg-", dir=_short_temp_folder()))
        if self._as_user:
            os.chown(self._folder, self._as_user["user"], self._as_user["group"])
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._names = itertools.count(1)
        self.port = _free_port()
        try:
            self._make_cluster(binaries)
            self._process = self._start(binaries)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def new_database(self, *, like: str | None = None) -> str:
        """The SQLAlchemy address of a fresh database: empty, or a copy of `like`, which nobody may be using."""
        name = f"test_{next(self._names)}"
        template = like.rpartition("/")[2] if like else "template0"
        with closing(self.connect("postgres")) as conn:
            conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[call-overload]
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str) -> psycopg.Connection[Any]:
        """A plain connection to one of its databases, each statement on its own."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, dbname=name, autocommit=True, connect_timeout=5
        )

    def stop(self) -> None:
        """End it, whoever is still connected, and leave nothing behind."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_cluster(self, binaries: Path) -> None:
        command = [binaries / "initdb", "-D", self._data, "-U", OWNER, "--auth=trust", "--no-sync"]
        made = subprocess.run(
            [*command, "--encoding=UTF8", "--locale=C"],
            cwd=self._folder, capture_output=True, text=True, **self._as_user,
        )  # fmt: skip
        if made.returncode != 0:
            pytest.fail(
                f"initdb could not make a database folder for the tests:\n{made.stderr}", pytrace=False
            )

    def _start(self, binaries: Path) -> subprocess.Popen[bytes]:
        settings = (f"unix_socket_directories={self._folder}", "listen_addresses=127.0.0.1",
                    "max_connections=200", "timezone=UTC", *self._options)  # fmt: skip
        options = [part for setting in settings for part in ("-c", setting)]
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", self._data, "-p", str(self.port), *options],
                cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_end_with_parent, **self._as_user,
            )  # fmt: skip
        for _ in range(600):
            try:
                self.connect("postgres").close()
                return process
            except psycopg.OperationalError:
                if _has_ended(process, within=0.05):
                    break
        process.kill()
        process.wait()
        log_text = self._log.read_text("utf-8", "replace")
        return pytest.fail(f"PostgreSQL did not start for the tests:\n{log_text}", pytrace=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The private server of this test process."""
    server = Server(find_binaries())
    yield server
    server.stop()


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`; installed by apt if they are missing and we are root."""
    found = needs.postgresql()
    if found is None and (why := needs.install(["PostgreSQL"])):
        pytest.fail(why, pytrace=False)
    found = found or needs.postgresql()
    assert found is not None
    return Path(found)


def _another_user() -> dict[str, Any]:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return pytest.fail(
        "PostgreSQL does not run as root, and there is no user postgres or nobody", pytrace=False
    )


def _short_temp_folder() -> str | None:
    """`/tmp` where there is one: another user can reach it, and the path of a socket must be short."""
    return "/tmp" if os.access("/tmp", os.W_OK) else None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _has_ended(process: subprocess.Popen[bytes], *, within: float) -> bool:
    try:
        process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end_with_parent() -> None:
    """Ask Linux to stop the server when the tests are killed and can't."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
