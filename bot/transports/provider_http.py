"""What the provider's SDK sends with: one pool of kept-alive connections, explicit timeouts, our own base.

The SDK's own client goes through `requests`, which takes longer over a text than everything else we do to send
it; this goes to urllib3, on which `requests` stands. Imported only once a text is sent: both take a while to load.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from twilio.http.response import Response

OWN_HOSTS = ".twilio.com"
_PROVIDER = "https://api.twilio.com"


class PooledHttpClient:
    """Sends the SDK's requests, in place of its own client. Logs nothing: addresses carry phone numbers.

    `base`, when given, takes the place of scheme and host of every address at the provider. `timeout`: seconds
    to connect, and between two bytes of the answer. Proxies are those of the environment.
    """

    def __init__(self, *, base: str | None, pool: int, timeout: tuple[float, float]) -> None:
        self._base = base.rstrip("/") if base else None
        self._timeout = urllib3.Timeout(*timeout)
        self._pool = _manager(self._base or _PROVIDER, pool)

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request, once; no redirect is followed.

        Raises:
            urllib3.exceptions.HTTPError: there was no answer.
        """
        sent = dict(headers or {})
        if auth is not None:
            sent.update(urllib3.make_headers(basic_auth=":".join(auth)))
        body = None
        if data:
            body = _form(data)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._pool.request(
            method.upper(),
            self.place(uri) + (f"?{_form(params)}" if params else ""),
            body=body,
            headers=sent,
            timeout=self._timeout if timeout is None else timeout,
            retries=False,
            redirect=False,
        )
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    def place(self, uri: str) -> str:
        """Where a request to `uri` goes."""
        parts = urlsplit(uri)
        if self._base is None or not f".{parts.hostname or ''}".endswith(OWN_HOSTS):
            return uri
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._base}{parts.path}{query}"


def _form(values: Mapping[str, object]) -> str:
    return urlencode({name: value for name, value in values.items() if value is not None}, doseq=True)


def _manager(base: str, pool: int) -> urllib3.PoolManager:
    options: dict[str, Any] = {"num_pools": 4, "maxsize": pool, "ssl_context": _trusted()}
    parts = urlsplit(base)
    proxy = getproxies().get(parts.scheme)
    if proxy is None or proxy_bypass(parts.hostname or ""):
        return urllib3.PoolManager(**options)
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    login = urlsplit(proxy)
    headers = None
    if login.username is not None:
        headers = urllib3.make_headers(proxy_basic_auth=f"{unquote(login.username)}:{unquote(login.password or '')}")
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **options)


def _trusted() -> ssl.SSLContext:
    """The certificates of this machine, where a company's own may be, and the usual ones where it has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
