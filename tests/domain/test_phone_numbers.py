from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phone_numbers import (
    can_be_texted,
    classify_address,
    display,
    is_short_code,
    normalise,
)


@pytest.mark.parametrize(
    "written",
    [
        "07700 900123",
        "07700900123",
        "(07700) 900-123",
        "+44 7700 900123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
        "0044 (0) 7700 900123",
        "447700900123",
        "+4407700900123",
        "7700900123",
        "tel:+447700900123",
        "\u202a+44 7700 900123\u202c",
        "０７７００９００１２３",
    ],
)
def test_every_uk_way_of_writing_a_number_is_one_number(written: str) -> None:
    assert normalise(written) == "+447700900123"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0161 496 0001", "+441614960001"),
        ("0800 1111", "+448001111"),
        ("0800 100 900", "+44800100900"),
        ("01204 00000", "+44120400000"),
        ("999", "999"),
        ("111", "111"),
        ("116 123", "116123"),
        ("85258", "85258"),
        ("+1 212 555 0100", "+12125550100"),
        ("0012125550100", "+12125550100"),
    ],
)
def test_landlines_short_codes_and_other_countries_are_kept(written: str, kept: str) -> None:
    assert normalise(written) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is empty"),
        (" - ", "is empty"),
        ("07700 90012", "is too short: 10 digits, a UK number has 11"),
        ("0161 496 000", "is too short"),
        ("07700 9001234", "is too long: 12 digits, a UK number has 11"),
        ("0461 496 0001", "does not begin like a UK number"),
        ("+44", "does not begin like a UK number"),
        ("ring Sam", "it has 'r' in it"),
        ("07700 900123 ext 4", "has an extension"),
        ("07700 900123 / 07700 900124", "is too long"),
        ("4.47701E+11", "spoilt by a spreadsheet"),
        ("+999 123 456", "no country has that code"),
        ("+1 212", "is too short for a phone number"),
        ("+1 212 555 0100 0100", "is too long for a phone number"),
        ("٠٧٧٠٠٩٠٠١٢٣", "is not a phone number"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        normalise(written)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+447700900123", "07700 900123"),
        ("+441614960001", "0161 496 0001"),
        ("+448088004444", "0808 800 4444"),
        ("116123", "116 123"),
        ("116000", "116 000"),
        ("999", "999"),
        ("85258", "85258"),
        ("+12125550100", "+1 212-555-0100"),
        ("whatsapp:+447700900123", "07700 900123"),
        ("GATEPOST", "GATEPOST"),
        ("+", "+"),
    ],
)
def test_a_number_is_shown_as_people_write_it(number: str, shown: str) -> None:
    assert display(number) == shown


@pytest.mark.parametrize(
    ("address", "kind", "may_text"),
    [
        ("+447700900123", "mobile", True),
        ("07700 900123", "mobile", True),
        ("+12125550100", "mobile", True),
        ("+441614960001", "landline", True),
        ("+448001111", "landline", True),
        ("+447000000000", "landline", True),
        ("whatsapp:+447700900123", "whatsapp", True),
        ("whatsapp:nobody", "unknown", False),
        ("60777", "short_code", False),
        ("116123", "short_code", False),
        ("GATEPOST", "alphanumeric", False),
        ("Bank 24", "alphanumeric", False),
        ("", "withheld", False),
        ("  ", "withheld", False),
        ("Anonymous", "withheld", False),
        ("+266696687", "withheld", False),
        ("+4477009", "unknown", False),
    ],
)
def test_only_an_address_that_can_answer_may_be_texted(address: str, kind: str, may_text: bool) -> None:
    assert classify_address(address) == kind
    assert can_be_texted(address) is may_text


def test_a_short_code_is_told_from_a_number() -> None:
    assert is_short_code("999")
    assert not is_short_code("+447700900123")
    assert not is_short_code("012345")


@given(st.integers(900000, 900999), st.sampled_from(["07700 {}", "+44 (0)7700 {}", "00447700{}", "447700{}"]))
def test_what_is_shown_reads_back_as_the_same_number(last: int, form: str) -> None:
    kept = normalise(form.format(last))

    assert kept == f"+447700{last}"
    assert normalise(display(kept)) == kept
    assert normalise(kept) == kept


@given(st.text(max_size=30) | st.text("+04 7()-1612345689", max_size=18))
def test_any_text_is_a_number_or_is_refused(text: str) -> None:
    shown, may_text = display(text), can_be_texted(text)

    try:
        kept = normalise(text)
    except ValueError:
        assert not may_text or "whatsapp:" in text
    else:
        assert is_short_code(kept) or kept.startswith("+")
        assert normalise(kept) == kept
        assert shown or not text
