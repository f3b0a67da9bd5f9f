"""Finds what the tests need beside Python packages, and installs it through apt when run as root.

`python -m tests.needs`
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def chromium() -> str | None:
    """The path of a Chromium or Chrome browser."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def postgresql() -> str | None:
    """The folder with PostgreSQL's server programs, the newest that apt has put there first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -_number(path.parent.name))
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    if asked := shutil.which("pg_config"):
        answer = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    complete = (path for path in folders if (path / "initdb").exists() and (path / "postgres").exists())
    return next((str(path) for path in complete), None)


NEEDS: dict[str, tuple[Callable[[], str | None], str]] = {
    "Chromium": (chromium, "chromium"),
    "PostgreSQL": (postgresql, "postgresql"),
}


def main() -> int:
    """Install what is missing; 0 when all is there."""
    missing = [name for name, (find, _) in NEEDS.items() if find() is None]
    if not missing:
        return 0
    if why := install(missing):
        print(why, file=sys.stderr)
        return 1
    return 0


def install(missing: list[str]) -> str | None:
    """Install these through apt; why they are not there still, none when they are."""
    names, packages = " and ".join(missing), [NEEDS[name][1] for name in missing]
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        how = f"sudo apt-get install {' '.join(packages)}"
        return f"The tests need {names}, which are nowhere on this machine. Install them, for instance: {how}"
    print(f"Installing {names} for the tests (once) ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = [apt, "-o", "DPkg::Lock::Timeout=300", "-qq"]
    for command in ([*wait, "update"], [*wait, "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=quiet, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            return f"{done.stdout[-2000:]}{done.stderr[-2000:]}\napt could not install {names}; see above."
    still = [name for name in missing if NEEDS[name][0]() is None]
    return f"{' and '.join(still)}: still not found after installing." if still else None


def _number(version: str) -> float:
    return float(version) if version.replace(".", "", 1).isdigit() else 0


if __name__ == "__main__":
    sys.exit(main())
