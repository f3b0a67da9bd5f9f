"""Reading flow files, and what an author is told when one is wrong."""

from __future__ import annotations

import time

import pytest

from bot.engine.definition import Ask, Wait
from bot.engine.load import dump, load_flow, load_folder
from bot.errors import FlowInvalid
from tests.engine.worlds import ASK, flow

HEAD = "id: test\ntitle: Test\nabout: A test\nstart: first\n"


def reasons(source: str) -> list[str]:
    with pytest.raises(FlowInvalid) as caught:
        load_flow(source, "test.yaml")
    assert all(problem.file == "test.yaml" for problem in caught.value.problems)
    return [f"{problem.where}: {problem.reason}" for problem in caught.value.problems]


def step(text: str) -> list[str]:
    """What is wrong with a flow of one good step and this one."""
    return reasons(f"{HEAD}steps:\n  first: {{say: Hi.}}\n  bad: {text}\n")


def test_a_flow_is_read_as_it_is_written():
    found = flow(ASK + 'later: {wait: {until: "18:30"}, go: end}')

    first, later = found.steps["first"], found.steps["later"]
    assert isinstance(first, Ask)
    assert first.choices[0].words == ("yes",)
    assert first.not_understood == {"en": "Please text 1 or 2."}
    assert isinstance(later, Wait)
    assert str(later.wait.until) == "18:30:00"


def test_yes_no_and_times_of_day_need_no_quotes():
    found = flow("first: {branch: [{when: {consent: yes, weekday: [sunday], hour: 9}, go: end}, {go: end}]}")

    assert found.steps["first"].branch[0].when == {"consent": "yes", "weekday": ("sunday",), "hour": "9"}


def test_an_unknown_key_is_named_with_the_one_that_was_meant():
    assert step("{say: Hi., goo: end}") == ["step bad: unknown key `goo` in `say` steps (did you mean `go`?)"]
    assert step("{say: Hi., colour: red}") == [
        "step bad: unknown key `colour` in `say` steps; it may have: say, go"
    ]


def test_a_step_is_told_about_its_own_kind():
    assert step("{ask: Where?, kind: chioce, go: end}") == [
        "step bad: `kind`: 'chioce' is not one of 'choice', 'yes_no', 'date', 'time', 'phone', 'text'",
        "step bad: `not_understood` is missing",
        "step bad: `too_many_tries` is missing",
        "step bad: `no_reply` is missing",
    ]
    assert step("{escalate: {urgency: soon, reason: x}, say: Hi.}") == [
        "step bad: escalate: `urgency`: 'soon' is not one of 'danger', 'today', 'whenever'"
    ]


@pytest.mark.parametrize("text", ["{}", "", "Hi.", "[1]", "{go: end}", "7"])
def test_a_step_without_a_kind_is_told_the_kinds(text):
    assert step(text)[0].startswith("step bad: has no kind: it needs one of appointment, ask, branch, end,")


def test_each_question_has_what_its_kind_needs():
    exits = "not_understood: a, too_many_tries: {go: end}, no_reply: {after: 1h, go: end}"

    assert step(f"{{ask: x, {exits}}}") == ["step bad: a choice needs at least two choices"]
    assert step(f"{{ask: x, kind: yes_no, yes: end, {exits}}}") == [
        "step bad: a yes_no question needs `yes:` and `no:`"
    ]
    assert step(f"{{ask: x, kind: date, {exits}}}") == ["step bad: a date question needs `go:`"]


def test_what_is_inside_a_step_is_found_by_its_place():
    assert step("{branch: [{go: end}, {when: {consent: true}}]}") == ["step bad: branch 2: `go` is missing"]
    assert step("{wait: {for: 2 weeks}, go: end}") == [
        "step bad: wait: `for`: '2 weeks' is not a duration; write 30m, 2h or 3d"
    ]
    assert step('{wait: {for: 2h, until: "9:00"}, go: end}') != []
    assert step("{services: {category: []}, none: x}") == ["step bad: services: `category` is empty"]
    assert step("{services: {category: food}, none: x}") == [
        "step bad: services: `category` must be a list (`- …` or `[…]`)"
    ]
    assert step("{say: {en: 3}}") == ["step bad: say: `en` must be a text (numbers and dates need quotes)"]


def test_names_are_small_letters():
    assert reasons(f"{HEAD}steps:\n  first: {{say: Hi.}}\n  No Way: {{say: Hi.}}\n") == [
        "step No Way: the name must be small letters, digits and _, beginning with a letter"
    ]
    assert step("{say: Hi., go: Next Step}") == [
        "step bad: `go`: 'Next Step' is not a name: use small letters, digits and _"
    ]


def test_what_is_wrong_with_the_flow_itself():
    assert reasons("title: Test\nabout: x\nstart: first\nsteps: {first: {say: Hi.}}\ncolour: red\n") == [
        "flow: `id` is missing",
        "flow: unknown key `colour` in flows; "
        "it may have: id, title, about, starts_on, first_contact, reviewed, start, steps",
    ]
    assert reasons(f"{HEAD}steps: {{first: {{say: Hi.}}}}\nrevision: 3\n") == [
        "flow: `revision` is not written: publishing gives it"
    ]
    assert reasons("just words") == ["file: is not a flow: it must begin with `id:`, `title:` …"]
    assert reasons("") == ["file: is not a flow: it must begin with `id:`, `title:` …"]


def test_yaml_that_is_wrong_is_found_by_its_line():
    assert reasons(f"{HEAD}steps:\n  first: {{say: Hi.}}\n  first: {{say: Bye.}}\n") == [
        "line 7: the key 'first' is there twice"
    ]
    assert reasons("id: test\ntitle: one: two\n")[0].startswith("line 2: is not YAML here")
    assert reasons("id: [\n")[0].startswith("line 2: is not YAML here")


def test_a_file_without_end_is_refused():
    assert reasons("#" * 200_001) == ["file: is longer than 200,000 characters"]


def test_a_flow_that_is_written_out_reads_the_same():
    steps = (
        ASK
        + """
later: {wait: {for: 90m}, go: shut}
shut: {wait: {until: "09:05"}, go: open}
open: {wait: {until_open: food}, go: way}
way: {branch: [{when: {consent: true, area: [Bury, Bolton]}, go: end}, {go: all}]}
all: {say: {en: "Hi: #1", pl: Witaj, discreet: "yes"}, go: last}
last: {end: true}
"""
    )
    found = flow(steps, starts_on="[food]", reviewed="{en: true, pl: false}")

    assert load_flow(dump(found), "test.yaml") == found


def test_all_files_of_a_folder_are_read_and_all_their_problems_told(tmp_path):
    (tmp_path / "good.yaml").write_text("id: good\ntitle: x\nabout: x\nstart: a\nsteps: {a: {say: Hi.}}\n")
    (tmp_path / "areas.yaml").write_text("Bolton: national\n")
    assert [one.id for one in load_folder(tmp_path)] == ["good"]

    (tmp_path / "bad.yaml").write_text("id: bad\nsteps: {a: {say: Hi.}}\n")
    (tmp_path / "odd.yaml").write_text("id: other\ntitle: x\nabout: x\nstart: a\nsteps: {a: {say: Hi.}}\n")
    with pytest.raises(FlowInvalid) as caught:
        load_folder(tmp_path)

    told = {str(problem) for problem in caught.value.problems}
    assert "bad.yaml: flow: `title` is missing" in told
    assert "odd.yaml: flow: has the id other: name the file other.yaml" in told


def test_thirty_flows_load_well_within_a_second():
    sources = [dump(flow(ASK, id=f"flow_{number}")) for number in range(30)]

    began = time.perf_counter()
    for number, source in enumerate(sources):
        load_flow(source, f"flow_{number}.yaml")

    assert time.perf_counter() - began < 1


def test_a_file_that_unfolds_without_end_is_refused_quickly():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

    found = reasons(
        f"{bomb}id: *a39\ntitle: x\nabout: x\nstart: a\nsteps: {{a: {{ask: *a39, kind: *a39}}}}\n"
    )

    assert "flow: `id` must be a text (numbers and dates need quotes)" in found


def test_an_author_is_shown_only_the_beginning_of_a_long_mistake():
    (found,) = step(f"{{say: Hi., go: {'x y' * 100}}}")

    assert len(found) < 160
