"""Phone numbers: one form to keep, one form to show, and what kind of sender an address is.

Kept as E.164 (`+447700900123`) or as a short code (`999`, `116123`). Ofcom's drama numbers, which examples
and tests use, are possible numbers but not valid ones, so validity is not asked for.

Source: https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

AddressKind = Literal["mobile", "landline", "short_code", "alphanumeric", "withheld", "whatsapp", "unknown"]

WHATSAPP = "whatsapp:"
_CACHED = 65_536
_SHORT_CODE = re.compile(r"[1-9]\d{2,5}")
_SPREADSHEET = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
_DECORATION = re.compile(r"[\s().\-/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_EXTENSION = re.compile(r"(?:x|ext\.?|extension|#)\s*\d+$", re.IGNORECASE)
# What the provider puts in place of a number the caller holds back.
# Source: https://support.twilio.com/hc/en-us/articles/223179988
_WITHHELD = frozenset(
    {"anonymous", "restricted", "unavailable", "unknown", "private", "withheld", "blocked",
     "+266696687", "+7378742833", "+17378742833", "+2562533", "+8656696", "+86282452253"}
)  # fmt: skip
# UK numbers begin with one of these digits after +44 and have ten, but for some old ones: 0800 1111, 0800 and
# 0500 with six digits after, and places with a long code (unlike 0161 or 0113).
_UK_BEGINS = frozenset("1235789")
_UK_LENGTHS = (11, 12)  # with the country's two
_SHORTEST = (("800", 7), ("500", 9), ("11", 10), *((f"1{digit}1", 10) for digit in range(2, 10)), ("1", 9))


@lru_cache(maxsize=_CACHED)
def normalise(text: str) -> str:
    """The number as we keep it, from any UK way of writing it: E.164, or a short code as it is.

    Mends `+4407700…`, `+44 (0)7700…`, `447700…` without the plus, and a first 0 that a spreadsheet ate.
    A number of another country needs its `+`.

    Raises:
        ValueError: it can't be a phone number; the text says what is wrong.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if _SPREADSHEET.fullmatch(written):
        raise ValueError(f"{text!r} was spoilt by a spreadsheet: make the column text and write it again")
    written = written.removeprefix("tel:").strip()
    if _EXTENSION.search(written):
        raise ValueError(f"{text!r} has an extension: give the number alone")
    digits = _DECORATION.sub("", written)
    plus, digits = digits.startswith("+"), digits.removeprefix("+")
    if not digits:
        raise ValueError("is empty")
    if not (digits.isascii() and digits.isdigit()):
        strange = next(c for c in digits if not (c.isascii() and c.isdigit()))
        raise ValueError(f"{text!r} is not a phone number: it has {strange!r} in it")
    if not plus and _SHORT_CODE.fullmatch(digits):
        return digits
    if not plus and digits.startswith("00"):
        plus, digits = True, digits[2:]
    if not plus:
        digits = _with_country(digits)
    if digits.startswith("44"):
        digits = "44" + digits[2:].removeprefix("0")
        _check_uk(text, digits[2:])
        if len(digits) in _UK_LENGTHS:
            return "+" + digits  # any such number is possible, so the library need not be asked
    return _checked(text, "+" + digits)


def is_short_code(number: str) -> bool:
    """Whether a kept number is one of the short ones, such as 999, 116123 or 85258."""
    return _SHORT_CODE.fullmatch(number) is not None


@lru_cache(maxsize=_CACHED)
def display(number: str) -> str:
    """A kept number as people in the UK write it: `07700 900123`, `0161 496 0001`, `116 123`, `85258`.

    A WhatsApp address shows its number, a number of another country its country code. What is no number
    (an alphanumeric sender) is given back as it is.
    """
    plain = number.removeprefix(WHATSAPP)
    if is_short_code(plain):
        return f"{plain[:3]} {plain[3:]}" if plain.startswith("116") and len(plain) == 6 else plain
    if not plain.startswith("+"):
        return plain
    try:
        parsed = phonenumbers.parse(plain)
    except NumberParseException:
        return plain
    is_uk = parsed.country_code == 44
    form = PhoneNumberFormat.NATIONAL if is_uk else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


@lru_cache(maxsize=_CACHED)
def classify_address(address: str) -> AddressKind:
    """What kind of sender an address is, as the provider gives it.

    `unknown` has the form of a number but can't be one. A number of another country that may be either is
    `mobile`.
    """
    written = address.strip()
    if not written or written.casefold() in _WITHHELD:
        return "withheld"
    if written.casefold().startswith(WHATSAPP):
        return (
            "whatsapp" if classify_address(written[len(WHATSAPP) :]) in ("mobile", "landline") else "unknown"
        )
    if any(letter.isalpha() for letter in written):
        return "alphanumeric"
    try:
        number = normalise(written)
    except ValueError:
        return "unknown"
    if is_short_code(number):
        return "short_code"
    if number.startswith("+44"):
        return "mobile" if number[3] == "7" and not number.startswith("+4470") else "landline"
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    is_fixed = kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN)
    return "landline" if is_fixed else "mobile"


def can_be_texted(address: str) -> bool:
    """Whether a text can go to that address: not to a short code, a name, or a number held back.

    A landline can: the provider tries it, and some landlines take texts.
    """
    return classify_address(address) in ("mobile", "landline", "whatsapp")


def _with_country(digits: str) -> str:
    """Digits without a plus, made to begin with a country code."""
    if digits.startswith("0"):
        return "44" + digits[1:]
    if digits.startswith("44"):
        return digits
    return "44" + digits


def _check_uk(text: str, rest: str) -> None:
    """Raises ValueError unless the digits after +44 can be a UK number."""
    if rest[:1] not in _UK_BEGINS:
        raise ValueError(
            f"{text!r} does not begin like a UK number: give it with its 0, or with + and its country"
        )
    least = next((count for begins, count in _SHORTEST if rest.startswith(begins)), 10)
    if len(rest) < least:
        raise ValueError(f"{text!r} is too short: {len(rest) + 1} digits, a UK number has 11")
    if len(rest) > 10:
        raise ValueError(f"{text!r} is too long: {len(rest) + 1} digits, a UK number has 11")


def _checked(text: str, number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException as error:
        raise ValueError(f"{text!r} is not a phone number: no country has that code") from error
    found = phonenumbers.is_possible_number_with_reason(parsed)
    if found == ValidationResult.TOO_SHORT:
        raise ValueError(f"{text!r} is too short for a phone number")
    if found == ValidationResult.TOO_LONG:
        raise ValueError(f"{text!r} is too long for a phone number")
    if found != ValidationResult.IS_POSSIBLE:
        raise ValueError(f"{text!r} can't be a phone number")
    return number
