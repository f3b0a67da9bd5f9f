from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bot.settings import Settings
from bot.web.signature import is_signed

FORM = MultiDict([("Body", "hello & goodbye"), ("From", "+447700900101"), ("FromCity", "")])


def settings(public_url: str = "https://texts.example.org", **more: str) -> Settings:
    return Settings(
        twilio_account_sid="AC1", twilio_auth_token="now", twilio_auth_token_previous="before",
        twilio_from="+447700900000", public_url=public_url, **more,
    )  # fmt: skip


def signed(url: str, *, token: str = "now", form: MultiDict[str, str] = FORM) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


def check(
    signature: str, *, public_url: str = "https://texts.example.org", query: bytes = b"",
    form: MultiDict[str, str] = FORM,
) -> bool:  # fmt: skip
    return is_signed(settings(public_url), path="/twilio/sms", query=query, form=form, signature=signature)


def test_the_providers_own_example_passes() -> None:
    form = MultiDict(
        {
            "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
            "Caller": "+14158675309",
        }
    )  # fmt: skip
    own = Settings(
        twilio_account_sid="AC1", twilio_auth_token="12345", twilio_from="+447700900000",
        public_url="https://mycompany.com",
    )  # fmt: skip

    passes = is_signed(
        own, path="/myapp.php", query=b"foo=1&bar=2", form=form, signature="RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )

    assert passes


@pytest.mark.parametrize(
    ("token", "passes"), [("now", True), ("before", True), ("guessed", False), ("", False)]
)
def test_the_current_and_the_previous_token_pass(token: str, passes: bool) -> None:
    assert check(signed("https://texts.example.org/twilio/sms", token=token)) is passes


@pytest.mark.parametrize(
    ("public_url", "called"),
    [
        ("https://texts.example.org", "https://texts.example.org:443/twilio/sms"),
        ("https://texts.example.org:443", "https://texts.example.org/twilio/sms"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/twilio/sms"),
        ("http://texts.example.org:8000", "http://texts.example.org/twilio/sms"),
        ("https://texts.example.org/", "https://texts.example.org/twilio/sms"),
        ("https://texts.example.org/gatepost", "https://texts.example.org/gatepost/twilio/sms"),
    ],
)
def test_with_or_without_the_port_and_below_a_path_it_passes(public_url: str, called: str) -> None:
    assert check(signed(called), public_url=public_url)


def test_the_scheme_is_that_of_the_public_address_whatever_the_proxy_speaks() -> None:
    assert not check(signed("http://texts.example.org/twilio/sms"))


def test_the_query_counts_exactly_as_it_was_sent() -> None:
    signature = signed("https://texts.example.org/twilio/sms?a=%2B1&b=x+y&empty=")

    assert check(signature, query=b"a=%2B1&b=x+y&empty=")
    assert not check(signature, query=b"a=+1&b=x+y&empty=")
    assert not check(signature, query=b"")


def test_every_field_counts_the_empty_and_the_unknown_too() -> None:
    signature = signed("https://texts.example.org/twilio/sms")

    assert not check(signature, form=MultiDict([("Body", "hello & goodbye"), ("From", "+447700900101")]))
    assert not check(signature, form=MultiDict([*FORM.items(multi=True), ("New", "1")]))


def test_a_repeated_field_counts_with_all_its_values() -> None:
    twice = MultiDict([("MediaUrl", "b"), ("MediaUrl", "a")])

    assert check(signed("https://texts.example.org/twilio/sms", form=twice), form=twice)
    assert not check(
        signed("https://texts.example.org/twilio/sms", form=twice), form=MultiDict({"MediaUrl": "b"})
    )


@pytest.mark.parametrize("signature", ["", "x", "é" * 28, "=" * 28])
def test_what_is_no_signature_never_passes(signature: str) -> None:
    assert not check(signature)
