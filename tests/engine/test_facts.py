"""Whether what a branch asks for holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import holds
from bot.engine.service_texts import LONGEST, TEXTS, join_services


@pytest.mark.parametrize(
    ("wanted", "is_", "result"),
    [
        (True, True, True), (True, False, False), ("yes", True, True), ("No", False, True),
        ("maybe", True, False),
        ("Bury", "bury", True), ("Bury", "Bolton", False), (("Bury", "Bolton"), "bolton", True),
        (True, "yes", True),
        (False, "yes", False), ("9", "09", True), ("9-17", "9", True), ("9-17", "17", False),
        ("21-8", "23", True),
        ("21-8", "7", True), ("21-8", "8", False), ("", "", True), ("x", "", False), (("yes",), True, True),
    ],
)  # fmt: skip
def test_a_fact_holds(wanted, is_, result):
    assert holds(wanted, is_) is result


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=8))
def test_services_never_take_more_than_two_texts_and_the_first_is_always_said(intro, lines):
    texts = join_services(intro, lines)

    assert 1 <= len(texts) <= TEXTS
    assert all(len(text) <= LONGEST for text in texts)
    assert any(lines[0] in text for text in texts)


def test_what_fits_goes_in_one_text():
    assert join_services("Ring:", ["A 1", "B 2"]) == ["Ring:\nA 1\nB 2"]
    assert join_services("", ["A 1"]) == ["A 1"]
    assert join_services("Ring:", ["A" * 150, "B" * 150, "C" * 150, "D" * 150]) == [
        "Ring:\n" + "A" * 150, "B" * 150 + "\n" + "C" * 150,
    ]  # fmt: skip
