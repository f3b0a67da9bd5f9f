"""A provider on a free port of this machine: enough of the Messages API for the real SDK, and it calls back.

    with StandInProvider() as provider:
        settings = Settings(**provider.settings())
        ...
        provider.report(provider.messages[0], "delivered", "sent")

`python -m tests.standin --port 9999` runs one on its own, for benchmarks.
"""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.request_validator import RequestValidator

from tests.standin.messages import API, Made, page
from tests.standin.twiml import Answer, read_answer

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that is not one"
OURS = "+447700900000"

# `busy`: 429. `down`: 503, nothing made. `broken`: 500 after it was made. `cut`: made, then the connection
# closes without an answer. `refused`: the connection closes before anything is made. `slow`: as `delay` says.
# A number: HTTP 400 (401 for 20003) with that error code.
Failure = Literal["busy", "down", "broken", "cut", "refused", "slow"] | int


@dataclass(frozen=True)
class Call:
    """One request to the provider, for tests that count them."""

    method: str
    path: str
    connection: int


class StandInProvider:
    """Records messages, fails when told to, signs what it sends us."""

    def __init__(self, *, port: int = 0, account: str = ACCOUNT, token: str = TOKEN) -> None:
        self.account, self.token = account, token
        self.messages: list[Made] = []
        self.calls: list[Call] = []
        self.delay = 0.0
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._numbers = itertools.count(1)
        self._next: defaultdict[str | None, deque[Failure]] = defaultdict(deque)
        self._always: dict[str, Failure] = {}
        self._session = requests.Session()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> StandInProvider:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server; whatever still waits is let go."""
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._session.close()

    def release(self) -> None:
        """Let go whatever waits for `delay`, now and from now on."""
        self._released.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **more: Any) -> dict[str, Any]:
        """Settings that make this the provider."""
        return {
            "twilio_account_sid": self.account, "twilio_auth_token": self.token, "twilio_from": OURS,
            "twilio_base_url": self.url, "twilio_sends_per_second": 100_000, **more,
        }  # fmt: skip

    def texts_to(self, address: str) -> list[str]:
        """The words of every message to an address, in the order they were made."""
        return [made.body for made in self.messages if made.to == address]

    def fail_next(self, *failures: Failure, to: str | None = None) -> None:
        """Fail the next messages, or the next to one address, in this order."""
        self._next[to].extend(failures)

    def fail_always(self, to: str, failure: Failure) -> None:
        """Fail every message to an address."""
        self._always[to] = failure

    def report(
        self, made: Made, *statuses: str, error_code: int | None = None, doubled: bool = False,
        token: str | None = None,
    ) -> list[int]:  # fmt: skip
        """Call back with these statuses in this order, each twice if `doubled`; the HTTP statuses we gave."""
        answers = []
        for status in statuses:
            made.status, made.error_code = status, error_code
            made.date_sent = made.date_sent or datetime.now(UTC)
            form = {
                "MessageSid": made.sid, "SmsSid": made.sid, "MessageStatus": status, "SmsStatus": status,
                "To": made.to, "From": made.sender or OURS, "AccountSid": made.account,
                "ApiVersion": "2010-04-01", **({"ErrorCode": str(error_code)} if error_code else {}),
            }  # fmt: skip
            assert made.status_callback is not None
            for _ in range(2 if doubled else 1):
                answers.append(self.call_webhook(made.status_callback, form, token=token).status_code)
        return answers

    def text_in(
        self, server: str, body: str, *, sender: str, sid: str | None = None, token: str | None = None,
        public_url: str | None = None, path: str = "/twilio/sms", **more: str,
    ) -> Answer:  # fmt: skip
        """Send a text to the server as the provider does, and take what it answers as messages.

        `public_url`: the address the signature is made for, where a proxy would stand in between.
        """
        sid = sid or self.new_sid()
        form = {
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": self.account,
            "From": sender, "To": OURS, "Body": body, "NumMedia": "0", "NumSegments": "1",
            "SmsStatus": "received", "ApiVersion": "2010-04-01", "FromCity": "", "FromCountry": "GB", **more,
        }  # fmt: skip
        response = self.call_webhook(
            f"{server}{path}", form, token=token, signed_for=(public_url or server) + path
        )
        answer = read_answer(sid, response.status_code, response.text)
        for text in answer.texts:
            self.make(sender, text.body, text.status_callback, direction="outbound-reply")
        return answer

    def call_webhook(
        self, url: str, form: dict[str, str], *, token: str | None = None, signed_for: str | None = None
    ) -> requests.Response:
        """POST a form with a signature made for `signed_for`, or for the address itself."""
        signature = self.signature(signed_for or url, form, token=token)
        return self._session.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=30)

    def signature(self, url: str, form: dict[str, str], *, token: str | None = None) -> str:
        """The signature of a form that goes to an address of ours."""
        return str(RequestValidator(token or self.token).compute_signature(url, form))

    def new_sid(self) -> str:
        """An id as the provider makes them."""
        return f"SM{next(self._numbers):032x}"

    def make(
        self, to: str, body: str, status_callback: str | None, *, sender: str | None = OURS,
        service: str | None = None, direction: str = "outbound-api",
    ) -> Made:  # fmt: skip
        """Record a message, as if it had been asked for."""
        made = Made(self.new_sid(), self.account, to, sender, service, body, status_callback, direction)
        with self._lock:
            self.messages.append(made)
        return made

    def answer(self, handler: _Handler, method: str, body: dict[str, str]) -> None:
        """Answer one request."""
        parts = urlsplit(handler.path)
        with self._lock:
            self.calls.append(Call(method, parts.path, id(handler)))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            status, answer = self._answer(handler, method, parts.path, dict(parse_qsl(parts.query)), body)
        finally:
            with self._lock:
                self._at_once -= 1
        if status:
            handler.give(status, answer)
        else:
            handler.close_connection = True

    def _answer(
        self, handler: _Handler, method: str, path: str, query: dict[str, str], form: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        expected = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {expected}":
            return _error(401, 20003, "Authenticate")
        ours = f"{API}/{self.account}"
        if method == "GET" and path == f"{ours}.json":
            return 200, {"sid": self.account, "status": "active", "friendly_name": "stand-in"}
        if method == "GET" and path.startswith(f"{ours}/Messages/"):
            sid = path.rpartition("/")[2].removesuffix(".json")
            found = next((made for made in self.messages if made.sid == sid), None)
            return (200, found.as_json()) if found else _error(404, 20404, "not found")
        if path != f"{ours}/Messages.json":
            return _error(404, 20404, "not found")
        if method == "GET":
            return 200, page([made for made in self.messages if made.is_asked_for(query)], self.account)
        return self._create(form)

    def _create(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        failure = self._failure_for(form["To"])
        if self.delay and failure in (None, "slow"):
            self._released.wait(self.delay)
        if failure == "busy":
            return _error(429, 20429, "Too Many Requests")
        if failure == "down":
            return _error(503, 20500, "try again")
        if failure == "refused":
            return 0, {}
        if isinstance(failure, int):
            return _error(401 if failure == 20003 else 400, failure, "refused")
        made = self.make(
            form["To"], form["Body"], form.get("StatusCallback"),
            sender=form.get("From"), service=form.get("MessagingServiceSid"),
        )  # fmt: skip
        if failure == "broken":
            return _error(500, 20500, "broken")
        return (0, {}) if failure == "cut" else (201, made.as_json())

    def _failure_for(self, to: str) -> Failure | None:
        with self._lock:
            if to in self._always:
                return self._always[to]
            waiting = self._next[to] or self._next[None]
            return waiting.popleft() if waiting else None


def _error(status: int, code: int, message: str) -> tuple[int, dict[str, Any]]:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more_info, "status": status}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], provider: StandInProvider) -> None:
        super().__init__(address, _Handler)
        self.provider = provider


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self.server.provider.answer(self, "GET", {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        self.server.provider.answer(self, "POST", form)

    def give(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\n"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
