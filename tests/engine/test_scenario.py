"""Reading scenarios, and comparing what was said with them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.engine.scenario import Line, load_scenarios, until_of, wait_of
from bot.engine.transcript import Said, ScenarioReport, ScenarioResult, difference, fits, take_told
from bot.errors import FlowInvalid

GOOD = """
- title: Nowhere to stay
  at: 2026-06-05 17:30
  person: {first_name: Amina, area: Example Town, consent: yes}
  on_call: [Sam, Lee Ann]
  services: demo
  talk:
    - person: 1
    - us: "Ring these."
    - us~: Ring
    - worker Lee Ann: ((code))
    - told Sam~: nowhere
    - wait: 15m
    - until: "09:00"
    - start: check_in
"""
HEAD = "- title: A\n  at: 2026-06-05 17:30\n"
NOON = datetime.fromisoformat("2026-06-05 12:00")


def reasons(source: str) -> list[str]:
    with pytest.raises(FlowInvalid) as caught:
        load_scenarios(source, "x.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_scenario_is_read_line_by_line():
    (found,) = load_scenarios(GOOD, "x.yaml")

    assert found.person.consent
    assert found.at == datetime.fromisoformat("2026-06-05 17:30")
    assert found.lines == (
        Line("person", "1"),
        Line("us", "Ring these."),
        Line("us", "Ring", part=True),
        Line("worker", "((code))", name="Lee Ann"),
        Line("told", "nowhere", name="Sam", part=True),
        Line("wait", "15m"),
        Line("until", "09:00"),
        Line("start", "check_in"),
    )


def test_what_is_wrong_with_a_scenario_is_found_by_its_title_and_line():
    assert reasons(HEAD + "  talk: [{persn: hi}, {wait: soon}, {us: a, told Sam: b}]") == [
        "x.yaml: 'A', line 1: `persn` is nothing that happens; "
        "write person, us, wait, until, start, worker NAME, told NAME",
        "x.yaml: 'A', line 2: 'soon' is not a duration; write 30m, 2h or 3d",
        "x.yaml: 'A', line 3: one thing a line, not 2: us, told Sam",
    ]
    assert reasons("- title: A\n  at: friday\n  talk: [{person: 1234}]\n  colour: red") == [
        "x.yaml: 'A': `at` 'friday' is not a time; write 2026-06-05 17:30",
        "x.yaml: 'A': `talk 1 person` must be a text (put it in quotes)",
        "x.yaml: 'A': `colour` is an unknown key",
    ]
    assert reasons("- at: 2026-06-05 17:30\n  talk: [{person: hi}]") == [
        "x.yaml: scenario 1: `title` is missing"
    ]
    assert reasons("title: A") == ["x.yaml: file: is not a list of scenarios (`- title: …`)"]


def test_a_wait_and_a_wall_clock_time():
    assert wait_of(Line("wait", "2h")) == timedelta(hours=2)
    assert until_of(Line("until", "18:30"), local_now=NOON) == datetime.fromisoformat("2026-06-05 18:30")
    assert until_of(Line("until", "09:00"), local_now=NOON) == datetime.fromisoformat("2026-06-06 09:00")
    assert until_of(Line("until", "2026-06-08 09:00"), local_now=NOON) == datetime.fromisoformat(
        "2026-06-08 09:00"
    )


def test_a_whole_text_or_a_part_of_it_fits_white_space_apart():
    assert fits(Line("us", "Ring these:\nA"), "Ring  these: A")
    assert not fits(Line("us", "Ring these"), "Ring these: A")
    assert fits(Line("us", "these", part=True), "Ring these: A")


def test_a_worker_may_be_told_other_things_before():
    waiting = [Said(NOON, "told Sam", text) for text in ("One.", "Two.", "Three.")]

    assert take_told(Line("told", "Two.", name="Sam"), waiting) == Said(NOON, "told Sam", "Two.")
    assert [said.text for said in waiting] == ["Three."]
    assert take_told(Line("told", "Four.", name="Sam"), waiting) is None


def test_a_difference_shows_what_was_expected_and_what_came():
    line = Line("us", "Ring these.")

    assert difference(line, Said(NOON, "us", "Hello."), who="person") == [
        "- expected  us: Ring these.",
        "+ got       Fri 05 Jun 12:00  us: Hello.",
    ]
    assert (
        difference(None, Said(NOON, "us", "Hello."), who="person")[0] == "- expected  nothing more to person"
    )
    assert difference(line, None, who="person")[1] == "+ got       nothing to person"


def test_a_report_shows_each_flows_coverage_when_all_went_well():
    good = ScenarioResult("a.yaml", "Good", trail={"test.first>1"})
    report = ScenarioReport([good], {"test": ["test.first>1", "test.first>no_reply"]})

    assert report.lines() == [
        "test: 1 of 1 steps, 1 of 2 exits; not taken: first>no_reply",
        "",
        "ok    a.yaml: Good",
        "",
        "1 of 1 scenarios as expected",
    ]


def test_a_report_of_what_went_wrong_shows_its_transcript_and_only_counts_coverage():
    good = ScenarioResult("a.yaml", "Good", trail={"test.first>1"})
    bad = ScenarioResult("a.yaml", "Bad", [Said(NOON, "person", "hi")], ["- expected  us: Hello"])
    report = ScenarioReport([bad, good], {"test": ["test.first>1", "test.first>no_reply"]})

    assert not report.passed
    assert report.lines() == [
        "ok    a.yaml: Good",
        "WRONG a.yaml: Bad",
        "      Fri 05 Jun 12:00  person: hi",
        "    - expected  us: Hello",
        "",
        "1 of 2 exits taken; which not is shown once no scenario is WRONG",
        "1 of 2 scenarios as expected",
    ]
