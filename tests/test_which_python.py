"""`app.py` started with a Python that has not got its packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Without its `site` module a Python has only what comes with it.
BARE = (sys.executable, "-S")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`app.py` in a folder of its own, where no packages have been installed."""
    shutil.copy(ROOT / "app.py", tmp_path)
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_it_goes_on_in_the_python_beside_it_with_the_same_arguments(folder: Path) -> None:
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\nexit 7\n')
    python.chmod(0o755)

    done = run(folder, *BARE, "app.py", "load", "people", "a file.csv")

    assert (done.returncode, done.stdout, done.stderr) == (7, "app.py|load|people|a file.csv|", "")


def test_without_one_it_says_in_one_line_what_to_run(folder: Path) -> None:
    done = run(folder, *BARE, "app.py", "doctor")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "run `make run` once" in done.stderr


def test_the_python_beside_it_does_not_start_itself_over_and_over(folder: Path) -> None:
    venv.create(folder / ".venv", symlinks=True)

    done = run(folder, ".venv/bin/python", "app.py", "doctor")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "run `make run` once" in done.stderr
