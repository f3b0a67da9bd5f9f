"""A real browser on a real server: one browser a run, a fresh server and a fresh window a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.needs import chromium
from tests.server import GatepostServer

DESKTOP, PHONE = (1366, 900), (390, 844)
WEDNESDAY = "2026-06-03T10:00:00+01:00"
PATIENCE_MS = 10_000
QUIETLY = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path is not None, "Chromium is missing; python -m tests.needs installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIETLY))
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GatepostServer]:
    """Gatepost as somebody finds it who has just started it on a Wednesday: the simulator, the example area."""
    with GatepostServer(tmp_path, CLOCK=WEDNESDAY) as server:
        yield server


@pytest.fixture
def server_today(tmp_path: Path) -> Iterator[GatepostServer]:
    """The same with the clock that `make run` has: today's, running on."""
    with GatepostServer(tmp_path) as server:
        yield server


@dataclass
class Windows:
    """Opens windows on the phones, and keeps what the browser complains of in any of them."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    foreseen: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, size: tuple[int, int] = DESKTOP) -> Page:
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.url}/simulator")
        page.locator("article.phone").first.wait_for()
        page.evaluate("window.__same = 1")
        return page

    def foresee(self, words: str) -> None:
        """The browser may log this from now on: a test has it happen."""
        self.foreseen.append(words)

    def _heard(self, message: ConsoleMessage) -> None:
        is_foreseen = any(words in message.text for words in self.foreseen)
        if message.type in ("error", "warning") and not is_foreseen:
            self.complaints.append(message.text)


@pytest.fixture
def windows(browser: Browser, server: GatepostServer) -> Iterator[Windows]:
    """Windows on the server of a Wednesday, which must be whole in the end."""
    yield from _whole(Windows(browser, server.url))


@pytest.fixture
def windows_today(browser: Browser, server_today: GatepostServer) -> Iterator[Windows]:
    """Windows on the server with today's clock, which must be whole in the end."""
    yield from _whole(Windows(browser, server_today.url))


def _whole(windows: Windows) -> Iterator[Windows]:
    """Nothing in any window may be broken, barred by the page's own rules, or loaded anew."""
    yield windows
    for context in windows.contexts:
        assert [page.evaluate("window.__same") for page in context.pages] == [1] * len(context.pages)
        context.close()
    assert windows.complaints == []
