"""Our errors as HTTP answers: mapped once, here."""

from __future__ import annotations

import structlog
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.errors import BotError, Conflict, DatabaseBusy, DatabaseTooNew, InputInvalid, NotFound

log = structlog.get_logger()
_STATUS: dict[type[BotError], int] = {
    NotFound: 404, Conflict: 409, InputInvalid: 422, DatabaseBusy: 503, DatabaseTooNew: 503
}  # fmt: skip


def register(app: Flask) -> None:
    """Answer every error of ours, and every one of the framework's, as short JSON."""

    @app.errorhandler(BotError)
    def _ours(error: BotError) -> ResponseReturnValue:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        if status >= 500:
            log.error("request_failed", reason=type(error).__name__)
        return jsonify(error=str(error)), status

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        return jsonify(error=error.description), error.code or 500

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> ResponseReturnValue:
        log.exception("request_failed")
        return jsonify(error="something went wrong here; it has been logged"), 500
