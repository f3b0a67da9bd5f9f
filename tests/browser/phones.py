"""The simulator's page as somebody sees it: phones by name, the guide, the clock."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


class Phones:
    def __init__(self, page: Page) -> None:
        self.page = page

    def phone(self, name: str) -> Locator:
        return self.page.get_by_role("article", name=f"{name}'s phone")

    def texts(self, name: str) -> Locator:
        """What we sent to that phone."""
        return self.phone(name).locator(".from-us p")

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(f"Text from {name}", exact=True)

    def text(self, name: str, body: str) -> None:
        """Type on that phone and press Send."""
        self.field(name).fill(body)
        self.phone(name).get_by_role("button", name="Send").click()

    def gets(self, name: str, words: str | re.Pattern[str]) -> None:
        expect(self.texts(name).filter(has_text=words).last).to_be_visible()

    @property
    def step(self) -> Locator:
        """The step of the guide that is now."""
        return self.page.locator("#steps > li[aria-current=step]")

    def is_at(self, step: str) -> None:
        expect(self.step.get_by_role("heading")).to_have_text(step)

    def paged(self) -> tuple[str, str]:
        """Who has been paged, and the code."""
        pages = self.page.locator(".from-us p").filter(has_text=re.compile(r"^TODAY [A-Z]\d+"))
        phone = self.page.locator("article.worker").filter(has=pages)
        expect(phone).to_have_count(1)
        name = phone.locator(".label").inner_text()
        found = re.match(r"TODAY ([A-Z]\d+)", phone.locator(pages).last.inner_text())
        assert found is not None
        return name, found[1]

    def shows(self, day: str, time: str) -> None:
        expect(self.page.locator("#day")).to_contain_text(day)
        expect(self.page.locator("#time")).to_have_text(re.compile(time))
        expect(self.page.locator("body")).not_to_have_class(re.compile("moving"))

    def width_beyond(self) -> int:
        """By how much the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))
