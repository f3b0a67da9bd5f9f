"""What the provider calls: texts that come in, delivery reports, and calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from twilio.twiml.voice_response import VoiceResponse
from werkzeug.datastructures import MultiDict

from bot.domain.messages import Channel, InboundText
from bot.usecases.receive_message import receive
from bot.usecases.record_status import record_status
from bot.web import current_deps
from bot.web.fallback import emergency_texts, spoken
from bot.web.signature import check_signature

webhooks = Blueprint("webhooks", __name__, url_prefix="/twilio")
webhooks.before_request(check_signature)

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_XML_HAS_NO = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_ADDRESS = 128
_MOST_MEDIA = 100
_LARGEST_ID = 2**63 - 1


@webhooks.post("/sms")
def sms() -> ResponseReturnValue:
    """One text in; the answer is what goes back, each with the address for reports on it."""
    deps = current_deps()
    text = parse_inbound(request.form)
    if text is None:
        abort(400, "MessageSid is missing or is not an id")
    callback = f"{deps.settings.public_url.rstrip('/')}/twilio/status"
    answer = receive(deps, text, now=deps.clock())
    return twiml(messages((part.body, f"{callback}?m={part.outbox_id}") for part in answer))


@webhooks.post("/status")
def status() -> ResponseReturnValue:
    """One delivery report; `m` is the id of our outbox row."""
    deps = current_deps()
    form = request.form
    provider_id = form.get("MessageSid", "")
    if not _ID.fullmatch(provider_id):
        abort(400, "MessageSid is missing or is not an id")
    record_status(
        deps,
        provider_id=provider_id,
        status=form.get("MessageStatus") or form.get("SmsStatus", ""),
        error_code=_number(form.get("ErrorCode"), most=2**31 - 1),
        outbox_id=_number(request.args.get("m"), most=_LARGEST_ID),
        now=deps.clock(),
    )
    return "", 204


@webhooks.post("/voice")
def voice() -> ResponseReturnValue:
    """A call: who helps in danger, and that texts to this number reach us."""
    answer = VoiceResponse()
    spoken(answer, emergency_texts().call)
    return twiml(answer)


def parse_inbound(form: MultiDict[str, str]) -> InboundText | None:
    """The text in the provider's form; none when it has no id. Whatever else is odd is taken as it comes."""
    provider_id = form.get("MessageSid") or form.get("SmsSid", "")
    if not _ID.fullmatch(provider_id):
        return None
    address = _clean(form.get("From", ""))[:_LONGEST_ADDRESS].strip()
    opt_out_type = form.get("OptOutType", "").strip().upper()
    return InboundText(
        provider_id=provider_id,
        address=address,
        to_address=_clean(form.get("To", ""))[:_LONGEST_ADDRESS].strip(),
        body=_clean(form.get("Body", "")),
        channel=Channel.WHATSAPP if address.startswith("whatsapp:") else Channel.SMS,
        media_count=_number(form.get("NumMedia"), most=_MOST_MEDIA) or 0,
        opt_out_type=opt_out_type if opt_out_type in ("STOP", "START", "HELP") else None,
    )


def messages(texts: Iterable[tuple[str, str]]) -> str:
    """TwiML that answers with these texts, each with the address for reports on it.

    Written by hand: a tree of XML would take longer than all that was decided for it.
    """
    said = "".join(
        f'<Message statusCallback="{escape(report_to)}">{_escaped(body)}</Message>'
        for body, report_to in texts
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'


def twiml(answer: str | VoiceResponse) -> Response:
    """An answer in the provider's own language."""
    return Response(str(answer), mimetype="text/xml")


def _escaped(body: str) -> str:
    return escape(_XML_HAS_NO.sub("", body), quote=False).replace("\r", "&#13;")


def _clean(value: str) -> str:
    """Without NUL and lone surrogates, which no database keeps."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _number(value: str | None, *, most: int) -> int | None:
    value = (value or "").strip()
    if not (value.isascii() and value.isdigit()) or len(value) > 19:
        return None
    return int(value) if int(value) <= most else None
