"""Real server processes: started on a free port, waited for, measured, stopped by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.server import free_port
from tests.standin.provider import ACCOUNT, OURS, TOKEN

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 60.0
NOWHERE = "http://127.0.0.1:1"  # a provider that is never called
_PAUSE = 0.01


@dataclass(frozen=True)
class Server:
    """A running server; `start_seconds` from the call to the first 200 on /health."""

    url: str
    pid: int
    start_seconds: float

    @property
    def serving_pid(self) -> int:
        """The process that answers: Granian's worker, a child of the one that was started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(children[0]) if children else self.pid


@contextmanager
def gatepost(database_url: str, *, provider: str | None = None, role: str = "all") -> Iterator[Server]:
    """`python app.py serve` on this database; with the simulator when there is no `provider`."""
    port = free_port()
    real = {} if provider is None else {
        "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_FROM": OURS,
        "TWILIO_BASE_URL": provider, "TWILIO_SENDS_PER_SECOND": "100000",
    }  # fmt: skip
    settings = {
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "PUBLIC_URL": _url(port),
        "SECRET_KEY": "bench",
    }
    with _running(["app.py", "serve", "--role", role], port, {**settings, **real}) as server:
        yield server


@contextmanager
def bare(database_url: str, *, shares: bool = False) -> Iterator[Server]:
    """The bare server of `bench/bare.py`; `shares`: it commits texts that come at once together."""
    port = free_port()
    options = ["shares"] if shares else []
    with _running(["-m", "bench.bare", database_url, str(port), *options], port, {}) as server:
        yield server


@contextmanager
def stand_in() -> Iterator[str]:
    """A provider of our own in its own process; gives its address."""
    command = [sys.executable, "-m", "tests.standin"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def memory_of(pid: int) -> tuple[int, int]:
    """RSS and PSS of a process, in bytes."""
    rows = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    found = {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows}
    return found["Rss"], found["Pss"]


@contextmanager
def _running(arguments: Sequence[str], port: int, settings: dict[str, str]) -> Iterator[Server]:
    environ = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), **settings}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_until_healthy(process, _url(port))
        yield Server(_url(port), process.pid, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    pause = threading.Event()
    until = time.perf_counter() + STARTS_WITHIN
    while time.perf_counter() < until:
        if process.poll() is not None:
            assert process.stderr is not None
            raise RuntimeError(f"the server ended: {process.stderr.read().decode()}")
        try:
            with urlopen(f"{url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pause.wait(_PAUSE)
    raise RuntimeError(f"{url} was not healthy within {STARTS_WITHIN:.0f} s")


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
