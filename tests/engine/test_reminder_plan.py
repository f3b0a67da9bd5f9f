"""The reminder plan that coordinators write."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.domain.reminders import DEFAULT_RULES, ReminderKind, TextRule
from bot.engine.reminder_plan import load_plan
from bot.errors import FlowInvalid

FLOWS = Path(__file__).resolve().parent.parent.parent / "flows"
DEFAULT = "default:\n  - text: booked\n"


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "reminders.yaml"
    path.write_text(content, "utf-8")
    return path


def test_the_shipped_plan_is_the_one_built_in() -> None:
    assert load_plan(FLOWS / "reminders.yaml").rules_for("housing", ("Bolton", "national")) == DEFAULT_RULES


def test_without_a_file_the_built_in_plan_counts(tmp_path: Path) -> None:
    assert load_plan(tmp_path / "no.yaml").rules_for("housing") == DEFAULT_RULES


def test_kinds_and_areas_have_plans_of_their_own(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        DEFAULT
        + "kinds:\n  health:\n    - {text: hours, before: 3h}\n"
        + "areas:\n  Bolton:\n    kinds:\n      work:\n"
        + '        - {text: evening, days_before: 2, at: "17:00"}\n',
    )

    spec = load_plan(path)

    assert spec.rules_for("health") == (TextRule(ReminderKind.HOURS, before=timedelta(hours=3)),)
    assert spec.rules_for("work", ("Bolton", "national")) == (
        TextRule(ReminderKind.EVENING, days_before=2, at=time(17)),
    )
    assert spec.rules_for("work", ("Salford", "national")) == (TextRule(ReminderKind.BOOKED),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("default:\n  - text: sometimes\n", "default.0.text"),
        ("default:\n  - text: hours\n", "the others have"),
        ("default:\n  - {text: booked, before: 2h}\n", "`booked` has no time"),
        ("default:\n  - {text: evening, days_before: 1}\n", "belong together"),
        ("default:\n  - {text: correction}\n", "always goes at once"),
        ("default:\n  - {text: hours, before: soon}\n", "is not a duration"),
        (DEFAULT + "  - text: booked\n", "the same text is there twice"),
        (DEFAULT + "kinds:\n  dentist: []\n", "kinds.dentist"),
        (DEFAULT + "colour: red\n", "colour"),
        ("default: [", "reminders.yaml: file"),
        ("", "reminders.yaml: file"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_what_is_wrong(
    tmp_path: Path, content: str, reason: str
) -> None:
    with pytest.raises(FlowInvalid) as refused:
        load_plan(written(tmp_path, content))

    assert reason in str(refused.value)
    assert "reminders.yaml" in str(refused.value)
