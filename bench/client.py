"""A client that costs little: requests made and signed beforehand, sent over kept-alive connections by one loop.

It runs in the benchmark's own process, so that the server's Python has its lock to itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.standin.provider import ACCOUNT, OURS, TOKEN

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_PATIENCE = 60.0


@dataclass
class Outcome:
    """How a run went: seconds of each answered request, in the order of the answers, and how long it all took."""

    taken: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failed: int = 0
    most_waiting: int = 0

    @property
    def per_second(self) -> float:
        return len(self.taken) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        return sorted(self.taken)[min(int(len(self.taken) * share), len(self.taken) - 1)]


def webhook(url: str, *, sid: str, sender: str, body: str) -> bytes:
    """One inbound text as the provider posts it to `url`, signed, ready to be sent."""
    form = {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT, "From": sender,
        "To": OURS, "Body": body, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received",
        "ApiVersion": "2010-04-01", "FromCity": "", "FromCountry": "GB",
    }  # fmt: skip
    # Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
    signed = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    parts, content = urlsplit(url), urlencode(form).encode()
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Accept: */*\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def closed_loop(url: str, lanes: Sequence[Iterable[bytes]]) -> Outcome:
    """Send the requests of each lane one after the other, every lane on a connection of its own."""
    waiting = {_Connection(url): deque(lane) for lane in lanes}
    outcome = Outcome()
    with selectors.DefaultSelector() as selector:
        for connection, requests in waiting.items():
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(requests.popleft(), time.perf_counter())
        began, busy = time.perf_counter(), len(waiting)
        while busy:
            for connection in _answered(selector, outcome, _PATIENCE):
                if requests := waiting[connection]:
                    connection.send(requests.popleft(), time.perf_counter())
                else:
                    busy -= 1
        outcome.seconds = time.perf_counter() - began
    _close(waiting)
    return outcome


def open_loop(url: str, requests: Sequence[bytes], *, per_second: float, connections: int) -> Outcome:
    """Send requests at their instants whatever the answers take; time counts from the instant, not the sending."""
    free = deque(_Connection(url) for _ in range(connections))
    every = list(free)
    late: deque[tuple[bytes, float]] = deque()
    outcome = Outcome()
    with selectors.DefaultSelector() as selector:
        for connection in every:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        began, sent, answered = time.perf_counter(), 0, 0
        while answered < len(requests):
            now = time.perf_counter() - began
            while sent < len(requests) and sent / per_second <= now:
                late.append((requests[sent], began + sent / per_second))
                sent += 1
            outcome.most_waiting = max(outcome.most_waiting, len(late) + len(every) - len(free))
            while late and free:
                free.popleft().send(*late.popleft())
            until_next = max(0.0, sent / per_second - now) if sent < len(requests) else _PATIENCE
            for connection in _answered(selector, outcome, until_next):
                answered += 1
                free.append(connection)
        outcome.seconds = time.perf_counter() - began
    _close(every)
    return outcome


class _Connection:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._since = 0.0
        self._got = b""

    def send(self, request: bytes, since: float) -> None:
        self._since, self._got = since, b""
        self.socket.sendall(request)

    def receive(self) -> tuple[bool, float] | None:
        """Whether it went well and since when it was under way; none while the answer is not whole."""
        found = self.socket.recv(65_536)
        if not found:
            raise ConnectionError("the server closed the connection")
        self._got += found
        head, end, body = self._got.partition(_END_OF_HEAD)
        if not end:
            return None
        lower = head.lower()
        at = lower.index(_LENGTH) + len(_LENGTH)
        if len(body) < int(lower[at:].split(b"\r\n", 1)[0]):
            return None
        return head.startswith(b"HTTP/1.1 200"), self._since


def _answered(selector: selectors.BaseSelector, outcome: Outcome, patience: float) -> list[_Connection]:
    found = []
    events = selector.select(patience)
    if not events and patience >= _PATIENCE:
        raise TimeoutError("the server gave no answer for a minute")
    for key, _ in events:
        connection: _Connection = key.data
        answer = connection.receive()
        if answer is not None:
            went_well, since = answer
            outcome.taken.append(time.perf_counter() - since)
            outcome.failed += not went_well
            found.append(connection)
    return found


def _close(connections: Iterable[_Connection]) -> None:
    for connection in connections:
        connection.socket.close()
