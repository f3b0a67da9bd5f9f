"""The ceiling: the least a webhook can be here. Flask, the signature, one durable insert, TwiML; nothing else.

`python -m bench.bare URL PORT` serves it as `app.py serve` serves the whole; with `shares` at the end, texts that come
at once are committed together, as turns are.
"""

from __future__ import annotations

import sys

from flask import Flask, Response, abort, request
from granian import Granian
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert
from twilio.request_validator import RequestValidator

from app import SEATS, SPARE_THREADS
from bot.store.database import Store
from bot.web.one_core import OneCore
from bot.web.webhooks import messages, twiml
from tests.standin.provider import TOKEN

texts = Table(
    "texts",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("provider_id", String, unique=True),
    Column("address", String, nullable=False),
    Column("body", Text, nullable=False),
)
_ADD = insert(texts)


def build(database_url: str, public_url: str, *, shares: bool = False) -> Flask:
    """The application."""
    app = Flask(__name__)
    store = Store(database_url)
    texts.metadata.create_all(store.engine)
    validator = RequestValidator(TOKEN)

    @app.post("/twilio/sms")
    def sms() -> Response:
        form = request.form
        if not validator.validate(public_url + request.path, form, request.headers["X-Twilio-Signature"]):
            abort(403)
        with store.begin(shares=shares) as conn:
            conn.execute(
                _ADD,
                {"provider_id": form["MessageSid"], "address": form["From"], "body": form["Body"]},
            )
        return twiml(messages([("Thank you. We have your text.", f"{public_url}/twilio/status?m=1")]))

    app.wsgi_app = OneCore().wrap(app.wsgi_app)  # type: ignore[method-assign]

    @app.get("/health")
    def health() -> str:
        return "ok"

    return app


def main() -> None:
    """Serve until stopped."""
    database_url, port, shares = sys.argv[1], int(sys.argv[2]), "shares" in sys.argv[3:]
    url = f"http://127.0.0.1:{port}"
    server = Granian(
        "bare", address="127.0.0.1", port=port, interface="wsgi", workers=1, blocking_threads=SEATS + SPARE_THREADS,
        log_enabled=False,
    )  # fmt: skip
    server.serve(target_loader=lambda *_: build(database_url, url, shares=shares), wrap_loader=False)


if __name__ == "__main__":
    main()
