"""What is said when all else fails. Read once at the start; never touches the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from bot.web.signature import check_signature

log = structlog.get_logger()
fallback = Blueprint("fallback", __name__, url_prefix="/twilio")
fallback.before_request(check_signature)

_KEY = "gatepost_emergency"
VOICE, LANGUAGE = "Polly.Amy", "en-GB"


@dataclass(frozen=True)
class EmergencyTexts:
    """`sms` and `voice` say that we are not working; `call` answers a call while all is well."""

    sms: str
    voice: str
    call: str


BUILT_IN = EmergencyTexts(
    sms=(
        "Sorry, our texts are not working right now. In danger ring 999. Ill: ring 111. To talk, free, any "
        "time: ring 116 123. Please text us again later."
    ),
    voice=(
        "Sorry, our phone line is not working right now. If you are in danger, ring 9 9 9. If you are ill, "
        "ring 1 1 1. To talk to someone, free, day or night, ring 1 1 6, 1 2 3. Please try us again later."
    ),
    call=(
        "Hello. If you are in danger, ring 9 9 9. If you are ill, ring 1 1 1. To talk to someone, free, day "
        "or night, ring 1 1 6, 1 2 3. To reach us, send a text to this number. Say what you need, and a "
        "person can ring you back."
    ),
)


def load_emergency_texts(file: Path) -> EmergencyTexts:
    """The English texts of `emergency.yaml`; what is missing or can't be read is said in built-in words."""
    try:
        found = YAML(typ="safe").load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        log.error("emergency_texts_unreadable", file=file.name, reason=type(error).__name__)
        return BUILT_IN
    return EmergencyTexts(
        *(_text(found, name, built_in) for name, built_in in vars(BUILT_IN).items()),
    )


@fallback.post("/sms/fallback")
def sms() -> ResponseReturnValue:
    """A text came in and nothing of ours answered it."""
    answer = MessagingResponse()
    answer.message(emergency_texts().sms)
    return Response(str(answer), mimetype="text/xml")


@fallback.post("/voice/fallback")
def voice() -> ResponseReturnValue:
    """A call came in and nothing of ours answered it."""
    answer = VoiceResponse()
    spoken(answer, emergency_texts().voice)
    return Response(str(answer), mimetype="text/xml")


@fallback.record
def _load(state: BlueprintSetupState) -> None:
    folder = state.app.extensions["gatepost"].settings.flows_dir
    state.app.extensions[_KEY] = load_emergency_texts(folder / "emergency.yaml")


def emergency_texts() -> EmergencyTexts:
    """What this application read at its start."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, EmergencyTexts)
    return found


def spoken(answer: VoiceResponse, text: str) -> None:
    """Say a text twice: numbers are hard to catch the first time."""
    for _ in range(2):
        answer.say(text, voice=VOICE, language=LANGUAGE)
        answer.pause(length=1)


def _text(found: object, name: str, built_in: str) -> str:
    texts = found.get(name) if isinstance(found, dict) else None
    english = texts.get("en") if isinstance(texts, dict) else None
    if isinstance(english, str) and english.strip():
        return english.strip()
    if name != "call":
        log.error("emergency_text_missing", name=name)
    return built_in
