"""The messages a stand-in provider has made, as its REST API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

API = "/2010-04-01/Accounts"


@dataclass
class Made:
    """One message. `date_sent` is none while it is queued, as with the real one."""

    sid: str
    account: str
    to: str
    sender: str | None
    service: str | None
    body: str
    status_callback: str | None
    direction: str = "outbound-api"
    status: str = "queued"
    error_code: int | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    date_sent: datetime | None = None

    def is_asked_for(self, query: Mapping[str, str]) -> bool:
        """Whether it passes the filters of a list."""
        if "To" in query and query["To"] != self.to:
            return False
        if "From" in query and query["From"] != self.sender:
            return False
        for name, fits in _DATES.items():
            if name in query and (self.date_sent is None or not fits(self.date_sent, _instant(query[name]))):
                return False
        return True

    def as_json(self) -> dict[str, Any]:
        """The resource."""
        uri = f"{API}/{self.account}/Messages/{self.sid}.json"
        return {
            "sid": self.sid, "account_sid": self.account, "to": self.to, "from": self.sender,
            "messaging_service_sid": self.service, "body": self.body, "status": self.status,
            "direction": self.direction, "num_segments": "1", "num_media": "0", "price": None,
            "price_unit": "USD", "api_version": "2010-04-01", "error_code": self.error_code,
            "error_message": None, "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "date_sent": format_datetime(self.date_sent) if self.date_sent else None,
            "uri": uri, "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
        }  # fmt: skip


_DATES = {
    "DateSent": lambda sent, asked: sent.date() == asked.date(),
    "DateSent>": lambda sent, asked: sent >= asked,
    "DateSent<": lambda sent, asked: sent <= asked,
}


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def page(made: list[Made], account: str) -> dict[str, Any]:
    """A list, newest first, as one page."""
    uri = f"{API}/{account}/Messages.json"
    return {
        "messages": [one.as_json() for one in reversed(made)], "page": 0, "page_size": 1000, "start": 0,
        "end": len(made), "first_page_uri": uri, "next_page_uri": None, "previous_page_uri": None, "uri": uri,
    }  # fmt: skip
