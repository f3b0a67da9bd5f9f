"""(h) How well texts are read: by cross-validation, on texts that were held back, on everyday texts; and how fast."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import click

from bench.figures import RESULTS, Figure
from bench.town import Towns
from bot.domain.understanding import Reader
from bot.domain.understanding.content import DANGERS, load_content
from bot.domain.understanding.model import MODEL, load_model
from training import measure
from training.measure import HARD, Read
from training.texts import HELD_BACK as EXAM
from training.texts import LABELS, LabelledText, read_texts, to_learn

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "flows" / "understanding"
TEXTS, HELD_BACK = FOLDER / "texts", FOLDER / "texts" / EXAM
# Real everyday texts; they stand outside the project and are not always there.
EVERYDAY = ROOT.parent / "shared" / "corpora" / "sms_ham_even.tsv"
_MOST_CONFUSED = 25
_SIDE, _EDGE = 420, 50


def how_well(towns: Towns) -> list[Figure]:
    """(h) Held against the goals: what the served reader makes of texts that were held back."""
    began = time.perf_counter()
    load_model(FOLDER / MODEL)
    load_seconds = time.perf_counter() - began
    reader = Reader.load(FOLDER)
    held_back = read_texts(HELD_BACK)
    began = time.process_time()
    reads = measure.read_all(reader, held_back)
    each = (time.process_time() - began) / len(held_back)
    found = _held_back(reads)
    everyday = everyday_texts()
    if everyday is None:
        click.echo("everyday texts: not measured, the corpus is not here", err=True)
    else:
        alarms = measure.false_alarms(measure.read_all(reader, everyday))
        found.append(
            Figure("h", "false alarms on everyday texts", 1000 * (alarms or 0.0), "in 1,000", 5,
                   beside=f"{len(everyday):,} real texts")
        )  # fmt: skip
    found += [
        Figure("h", "time of a text", each * 1000, "ms", 1),
        Figure("h", "size of the model", (FOLDER / MODEL).stat().st_size / 1e6, "MB", 20),
        Figure("h", "start, longer by", load_seconds, "s", 0.3),
    ]
    found += _cross_validated(towns)
    return found


def everyday_texts() -> list[LabelledText] | None:
    """The everyday corpus, none when it is not there."""
    if not EVERYDAY.exists():
        return None
    rows = (line.split("\t") for line in EVERYDAY.read_text("utf-8").splitlines()[1:])
    return [LabelledText(frozenset({"other"}), row[-1], "everyday") for row in rows]


def _held_back(reads: Sequence[Read]) -> list[Figure]:
    counts = measure.tally(reads)
    hard = [one for one in reads if one.text.source in HARD]
    best, two = measure.best_and_second(reads)
    opted = sum("opt_out" in one.acted_on and "opt_out" not in one.text.labels for one in hard)
    return [
        Figure("h", "danger seen, held back", measure.any_danger(reads) or 0.0, "", 0.97, at_most=False,
               beside=f"{sum(not one.text.labels.isdisjoint(DANGERS) for one in reads)} texts"),
        *(
            Figure("h", f"{name} seen as such", counts.recall(name) or 0.0, "", 0.95, at_most=False,
                   beside=f"{counts.said[name]} texts")
            for name in DANGERS
        ),
        Figure("h", "false alarms on hard negatives", measure.false_alarms(hard) or 0.0, "", 0.05,
               beside=f"{len(hard)} texts"),
        Figure("h", "opt-out seen", counts.recall("opt_out") or 0.0, "", 0.98, at_most=False,
               beside=f"{counts.said['opt_out']} texts"),
        Figure("h", "hard negatives that opt somebody out", opted, "", 0),
        Figure("h", "best intent right", best, "", 0.90, at_most=False),
        Figure("h", "intent among the best two", two, "", 0.96, at_most=False),
    ]  # fmt: skip


def _cross_validated(towns: Towns) -> list[Figure]:
    texts = to_learn(TEXTS)
    reader = Reader.of(load_content(FOLDER))
    reads, likely = measure.read_by_others(reader, texts, quiet=towns.quiet)
    counts = measure.tally(reads)
    click.echo(_by_label(counts))
    RESULTS.mkdir(exist_ok=True)
    picture = RESULTS / "calibration.svg"
    picture.write_text(calibration_picture(measure.calibration(texts, likely)), "utf-8")
    click.echo(f"how likely against how often: {picture.relative_to(ROOT)}")
    best, two = measure.best_and_second(reads)
    return [
        Figure("h", "danger seen, cross-validated", measure.any_danger(reads) or 0.0, "",
               beside=f"{len(texts):,} texts, near-duplicates in one fold"),
        Figure("h", "false alarms, cross-validated", measure.false_alarms(reads) or 0.0, ""),
        Figure("h", "best intent right, cross-validated", best, "", beside=f"among the best two {two:.3f}"),
    ]  # fmt: skip


def _by_label(counts: measure.Tally) -> str:
    """Recall and precision of each label, and what was taken for what."""
    lines = [f"{'cross-validated':24} {'texts':>6} {'recall':>7} {'precision':>9}"]
    lines += [
        f"{label:24} {counts.said[label]:6} {_share(counts.recall(label)):>7} {_share(counts.precision(label)):>9}"
        for label in LABELS
        if counts.said[label]
    ]
    lines.append("most often taken for another intent:")
    lines += [
        f"  {one} for {other}: {count}" for (one, other), count in counts.taken_for.most_common(_MOST_CONFUSED)
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def calibration_picture(points: Sequence[tuple[float, float, int]]) -> str:
    """An SVG: on the diagonal, what is said to be likely is there as often as said."""
    span = _SIDE - 2 * _EDGE

    def at(value: float, other: float) -> tuple[float, float]:
        return _EDGE + value * span, _SIDE - _EDGE - other * span

    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in (at(said, there) for said, there, _ in points))
    dots = "".join(
        f'<circle cx="{at(said, there)[0]:.0f}" cy="{at(said, there)[1]:.0f}" r="4">'
        f"<title>{escape(f'said {said:.2f}, was {there:.2f}, {count:,} times')}</title></circle>"
        for said, there, count in points
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}" '
        'font-family="sans-serif" font-size="13">'
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="white"/>'
        f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="#999" stroke-dasharray="4"/>'
        f'<path d="M{x0},{y1} V{y0} H{x1}" fill="none" stroke="#333"/>'
        f'<polyline points="{line}" fill="none" stroke="#1d70b8" stroke-width="2"/><g fill="#1d70b8">{dots}</g>'
        f'<text x="{_SIDE / 2}" y="{_SIDE - 12}" text-anchor="middle">said to be likely</text>'
        f'<text x="16" y="{_SIDE / 2}" text-anchor="middle" transform="rotate(-90 16 {_SIDE / 2})">was there</text>'
        "</svg>\n"
    )


