"""`python -m bench` measures every line of the goals; `python -m bench a c` only these.

Results go to `bench/results/` too. Each line runs once: of several runs nobody picks the best.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import click

from bench import engine_step, footprint, growth, reminders, turns, understanding
from bench.figures import Figure, keep, table
from bench.town import Towns, towns

LINES: dict[str, Callable[[Towns], list[Figure]]] = {
    "a": turns.against_bare,
    "b": turns.at_a_steady_rate,
    "c": engine_step.one_step,
    "d": reminders.waiting_and_due,
    "e": footprint.memory,
    "f": footprint.start,
    "g": growth.thousandfold,
    "h": understanding.how_well,
}


@click.command()
@click.argument("lines", nargs=-1, type=click.Choice(list(LINES)))
def main(lines: tuple[str, ...]) -> None:
    """Measure the lines of the goals, all of them when none is named."""
    click.echo(f"{os.cpu_count()} cores, load average {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    found: list[Figure] = []
    with towns() as places:
        for line in lines or LINES:
            click.echo(f"{line} ...", err=True)
            figures = LINES[line](places)
            found += figures
            for figure in figures:
                click.echo("  ".join(figure.as_row()), err=True)
    click.echo(table(found))
    click.echo(f"kept in {keep(found)}")
    sys.exit(not all(figure.is_met for figure in found))


if __name__ == "__main__":
    main()
