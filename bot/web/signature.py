"""Whether a webhook is really from the provider: its signature, against our public address."""

from __future__ import annotations

from functools import lru_cache
from hmac import compare_digest

import structlog
from flask import abort, request
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator
from werkzeug.datastructures import MultiDict

from bot.settings import Settings
from bot.web import current_deps

log = structlog.get_logger()
# The provider's own requests are far smaller; a text has at most 1,600 characters.
LARGEST_BODY = 64 * 1024


def is_signed(
    settings: Settings, *, path: str, query: bytes, form: MultiDict[str, str], signature: str
) -> bool:
    """Whether the provider signed this request with our auth token, or the one before it.

    The address is PUBLIC_URL with the path and the query exactly as they were sent, whatever a proxy in
    front has made of scheme, host and port. Without any token nothing can be signed.
    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    url = f"{settings.public_url.rstrip('/')}{path}"
    if query:
        url += f"?{query.decode('latin-1')}"
    return any(_is_made_with(_validator(token), url, form, signature) for token in settings.auth_tokens)


def check_signature() -> None:
    """Let only the provider through (403 otherwise); the `before_request` of its webhooks."""
    request.max_content_length = LARGEST_BODY
    settings = current_deps().settings
    if not settings.auth_tokens:
        abort(
            403, "no auth token is set, so nobody can be known to be the provider; use the simulator's page"
        )
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not is_signed(
        settings, path=request.path, query=request.query_string, form=request.form, signature=signature
    ):
        log.warning("wrong_signature", path=request.path, signed=bool(signature))
        abort(403, "the signature is wrong for this address; is PUBLIC_URL what the provider calls?")


def _is_made_with(validator: RequestValidator, url: str, form: MultiDict[str, str], signature: str) -> bool:
    """The address as we know it first; only then with and without its port, which the SDK makes each time."""
    if compare_digest(validator.compute_signature(url, form).encode(), signature.encode()):
        return True
    return bool(validator.validate(url, form, signature))


@lru_cache(maxsize=8)
def _validator(token: str) -> RequestValidator:
    return RequestValidator(token)
