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
    """The folder with PostgreSQL's server programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return str(found[0].parent) if found else str(Path(on_path).parent) if on_path else None


NEEDS: dict[str, tuple[Callable[[], str | None], str]] = {
    "Chromium": (chromium, "chromium"),
    "PostgreSQL": (postgresql, "postgresql"),
}


def main() -> int:
    """Install what is missing; 0 when all is there."""
    missing = {name: package for name, (find, package) in NEEDS.items() if find() is None}
    if not missing:
        return 0
    names, packages = " and ".join(missing), list(missing.values())
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        how = f"sudo apt-get install {' '.join(packages)}"
        print(f"The tests need {names}. Install it, for instance: {how}", file=sys.stderr)
        return 1
    print(f"Installing {names} for the tests (once) ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in ([apt, "update", "-qq"], install):
        done = subprocess.run(command, env=quiet, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
            print(f"apt could not install {names}; see above.", file=sys.stderr)
            return 1
    still = [name for name, (find, _) in NEEDS.items() if find() is None]
    if still:
        print(f"{' and '.join(still)}: still not found after installing.", file=sys.stderr)
    return 1 if still else 0


if __name__ == "__main__":
    sys.exit(main())
