"""What the provider's SDK sends with: one pool of kept-alive connections, explicit timeouts, our own base.

Imported only once a text is sent: the SDK and requests take a while to load.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.http.response import Response

OWN_HOSTS = ".twilio.com"


class PooledHttpClient:
    """Sends the SDK's requests, in place of its own client. Logs nothing: addresses carry phone numbers.

    `base`, when given, takes the place of scheme and host of every address at the provider.
    """

    def __init__(self, *, base: str | None, pool: int, timeout: tuple[float, float]) -> None:
        self._base = base.rstrip("/") if base else None
        self._timeouts = timeout
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=pool, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        # Proxies and certificates of the environment, looked up once instead of at every call.
        self._environment = self._session.merge_environment_settings(
            self._base or "https://api.twilio.com", {}, None, None, None
        )

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        request = requests.Request(
            method.upper(),
            self.place(uri),
            params=_plain(params),
            data=_plain(data),
            headers=headers,
            auth=auth,
        )
        answer = self._session.send(
            self._session.prepare_request(request),
            timeout=timeout or self._timeouts,
            allow_redirects=allow_redirects,
            **self._environment,
        )
        return Response(answer.status_code, answer.text, answer.headers)

    def place(self, uri: str) -> str:
        """Where a request to `uri` goes."""
        parts = urlsplit(uri)
        if self._base is None or not f".{parts.hostname or ''}".endswith(OWN_HOSTS):
            return uri
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._base}{parts.path}{query}"


def _plain(values: dict[str, object] | None) -> dict[str, Any] | None:
    return dict(values) if values else None
