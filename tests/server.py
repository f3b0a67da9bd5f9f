"""A real server process for tests: started on a free port, waited for, stopped by its id."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 60.0


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class GatepostServer:
    """`python app.py serve` with these settings. A `with` block stops it again."""

    def __init__(self, folder: Path, *, role: str = "all", **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.role = role
        self.environ = {
            "PATH": os.environ.get("PATH", ""),
            "DATABASE_URL": f"sqlite:///{folder}/gatepost.db",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.output = folder / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> GatepostServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it is healthy.

        Raises:
            AssertionError: it ended or was not healthy in time; with what it printed.
        """
        with self.output.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "app.py", "serve", "--role", self.role],
                cwd=ROOT, env=self.environ, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        waited = threading.Event()
        for _ in range(int(STARTS_WITHIN / 0.1)):
            assert self._process.poll() is None, f"the server ended: {self.output.read_text()}"
            if self.role == "worker" or self._is_healthy():
                return
            waited.wait(0.1)
        raise AssertionError(f"not healthy in time: {self.output.read_text()}")

    def stop(self, *, how: int = signal.SIGTERM) -> None:
        """Stop it, gently or not, and wait until it is gone."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(15)
        self._process = None

    def kill(self) -> None:
        """Let it and every process of its own die at once, as when the power goes."""
        os.killpg(self.pid, signal.SIGKILL)
        self.stop()

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command of the command line with the same settings."""
        return subprocess.run(
            [sys.executable, "app.py", *arguments],
            cwd=ROOT, env=self.environ, input=stdin, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def load(self, kind: str, rows: Sequence[Mapping[str, str]]) -> subprocess.CompletedProcess[str]:
        """Load these rows as a CSV of that kind."""
        path = self.folder / f"{kind}.csv"
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        return self.run("load", kind, str(path))

    def move_clock(self, **move: Any) -> str:
        """Move the held clock, and give where it stands."""
        answer = requests.post(f"{self.url}/dev/clock", json=move, timeout=120)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["now"])

    def _is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False
