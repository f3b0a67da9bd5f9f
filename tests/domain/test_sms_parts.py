from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sms_parts import Parts, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Parts("GSM-7", 0, 1)),
        ("a" * 160, Parts("GSM-7", 160, 1)),
        ("a" * 161, Parts("GSM-7", 161, 2)),
        ("a" * 306, Parts("GSM-7", 306, 2)),
        ("a" * 307, Parts("GSM-7", 307, 3)),
        ("£5 @ 5pm\nè", Parts("GSM-7", 10, 1)),
        ("€" * 80, Parts("GSM-7", 160, 1)),
        ("€" * 81, Parts("GSM-7", 162, 2)),
        ("ł" * 70, Parts("UCS-2", 70, 1, "ł")),
        ("a" * 69 + "’!", Parts("UCS-2", 71, 2, "’")),
        ("😀" * 35, Parts("UCS-2", 70, 1, "😀")),
        ("`", Parts("UCS-2", 1, 1, "`")),
    ],
)
def test_a_text_takes_the_parts_the_network_counts(text: str, expected: Parts) -> None:
    assert parts(text) == expected


def test_a_character_of_two_is_never_cut_by_the_end_of_a_part() -> None:
    # 152 characters and a euro sign leave one place of the first part empty: 153 + 153 would have fitted.
    assert parts("a" * 152 + "€" + "a" * 152) == Parts("GSM-7", 306, 3)
    assert parts("😀" * 67) == Parts("UCS-2", 134, 3, "😀")


@given(st.text(max_size=700))
def test_no_text_takes_fewer_parts_than_its_characters_need(text: str) -> None:
    found = parts(text)

    alone, joined = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    assert (found.parts == 1) == (found.characters <= alone)
    assert found.parts * max(alone if found.parts == 1 else 0, joined) >= found.characters
    assert (found.culprit is None) == (found.encoding == "GSM-7")
