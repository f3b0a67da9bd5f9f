"""A newcomer's first two minutes in a real browser, with a mouse, with keys, and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Windows
from tests.browser.phones import Phones
from tests.server import GatepostServer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page)
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


def to_friday(phones: Phones) -> None:
    phones.step.get_by_role("button", name="Go to Friday 4:05pm").click()
    phones.shows("Friday 5 June", "^4:05pm$")
    phones.gets("Amina", "these are open now")


def test_a_newcomer_sees_a_release_an_escalation_and_a_reminder_by_mouse(windows: Windows) -> None:
    phones = Phones(windows.open())
    to_friday(phones)
    phones.gets("Amina", "Do you have somewhere to stay tonight?")

    phones.is_at("Nowhere to stay")
    phones.text("Amina", "nowhere to stay")
    phones.gets("Amina", "Ring these now")
    phones.gets("Amina", "Example Town night line 0161 496 0102")
    worker, code = phones.paged()
    expect(phones.page.locator("#escalations")).to_contain_text(f"{worker} has been paged")

    phones.is_at("A human takes it")
    phones.step.get_by_role("button", name=f"Write “{code}”").click()
    expect(phones.field(worker)).to_have_value(code)
    phones.phone(worker).get_by_role("button", name="Send").click()
    phones.gets(worker, f"{code} is yours")
    phones.gets("Amina", f"{worker} has your message")

    phones.text("Amina", "can you come and meet me?")
    phones.gets(worker, f"{code} Amina: can you come and meet me?")
    phones.text(worker, "yes, at the bus station at 6")
    phones.gets("Amina", f"yes, at the bus station at 6 - {worker}")
    assert "07700" not in " ".join(phones.texts("Amina").all_inner_texts())

    phones.text(worker, f"{code} done")
    expect(phones.page.locator("#escalations")).to_have_text("Nobody is waiting.")
    phones.is_at("The days after")
    phones.page.get_by_role("button", name="Monday 9am").click()
    phones.shows("Monday", "^9am$")
    phones.gets("Amina", "How are you doing?")
    phones.gets("Amina", re.compile("your appointment with Jo is tomorrow at 2pm"))
    expect(
        phones.page.locator(".worker .from-us p", has_text="Hand-over, Example Town: Amina")
    ).to_be_visible()
    expect(phones.page.locator("#more")).to_be_visible()


def test_all_of_it_goes_by_keyboard(windows: Windows) -> None:
    page = windows.open()
    phones = Phones(page)

    def tab_to(wanted: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            found = page.evaluate(
                "(e => (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent).trim())"
                "(document.activeElement)"
            )
            if re.match(wanted, found):
                return
        raise AssertionError(f"{wanted} is not reached by the Tab key")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the phones")).to_be_focused()
    tab_to("Go to Friday")
    page.keyboard.press("Enter")
    phones.gets("Amina", "these are open now")
    phones.is_at("Nowhere to stay")
    tab_to("Write .nowhere")
    page.keyboard.press("Enter")
    expect(phones.field("Amina")).to_be_focused()
    page.keyboard.press("Enter")
    worker, code = phones.paged()
    expect(phones.field("Amina")).to_be_focused()
    expect(phones.field("Amina")).to_have_value("")
    tab_to(f"Text from {worker}")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    phones.gets("Amina", f"{worker} has your message")
    page.keyboard.type(f"{code} on my way")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("see you")
    page.keyboard.press("Enter")
    phones.gets("Amina", "on my way see you")
    tab_to("Number")
    page.keyboard.type("07700 900555")
    page.keyboard.press("Enter")
    expect(phones.field("07700 900555")).to_be_focused()
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    phones.gets("07700 900555", "this is Gatepost")


def test_it_works_on_a_phone_without_scrolling_sideways(windows: Windows) -> None:
    phones = Phones(windows.open(PHONE))
    to_friday(phones)
    phones.page.get_by_role("link", name=re.compile("^Amina")).click()
    expect(phones.field("Amina")).to_be_in_viewport()
    assert phones.width_beyond() == 0

    phones.text("Amina", "nowhere to stay")
    worker, code = phones.paged()
    chip = phones.page.get_by_role("link", name=re.compile(f"^{worker}"))
    expect(chip).to_contain_text("has a new text")
    phones.step.get_by_role("button", name=f"Write “{code}”").click()
    expect(phones.field(worker)).to_be_in_viewport()
    expect(chip).not_to_have_class(re.compile("new"))
    phones.phone(worker).get_by_role("button", name="Send").tap()
    phones.gets("Amina", f"{worker} has your message")

    assert phones.width_beyond() == 0
    assert violations(phones.page) == []


def test_everybody_can_use_it_and_it_fits_when_zoomed(windows: Windows) -> None:
    phones = Phones(windows.open(DESKTOP))
    assert violations(phones.page) == []
    to_friday(phones)
    phones.text("Amina", "nowhere to stay")
    phones.paged()
    phones.page.get_by_role("button", name="+ 1 hour").click()
    expect(phones.page.locator("#escalations .red")).to_contain_text("nobody has answered yet")
    windows.foresee("status of 422")
    phones.page.get_by_role("button", name="Add phone").click()
    expect(phones.page.locator("#add-trouble")).to_have_text("Type a number first.")
    expect(phones.page.get_by_label("Number", exact=True)).to_be_focused()

    assert violations(phones.page) == []
    phones.page.emulate_media(color_scheme="dark")
    assert violations(phones.page) == []
    # 200 % on this screen, and as narrow as WCAG 1.4.10 asks for.
    for width, height in ((683, 450), (320, 256)):
        phones.page.set_viewport_size({"width": width, "height": height})
        assert phones.width_beyond() == 0


def test_what_is_read_and_typed_stays_while_texts_come_and_go(windows: Windows) -> None:
    phones, other = Phones(windows.open()), Phones(windows.open(PHONE))
    to_friday(phones)
    for words in ("food", "money", "HELP"):
        phones.text("Amina", words)
        expect(phones.phone("Amina").locator(".from-them p").last).to_have_text(words)
    lines = phones.phone("Amina").locator(".lines")
    lines.evaluate("list => { list.scrollTop = 0; list.querySelector('.line').__kept = 1; }")
    phones.field("Amina").fill("half a tex")

    phones.page.get_by_role("button", name="7pm").click()
    phones.shows("", "^7pm$")
    other.text("Ben", "STOP")

    for window in (phones, other):
        ben = window.phone("Ben")
        expect(ben.locator(".meta").last).to_contain_text("The network answers STOP itself")
        expect(ben).to_have_class(re.compile("stopped"))
    assert lines.evaluate("list => [list.scrollTop, list.querySelector('.line').__kept]") == [0, 1]
    expect(phones.field("Amina")).to_have_value("half a tex")


def test_a_server_that_is_gone_is_said_and_what_was_typed_is_kept(
    windows_today: Windows, server_today: GatepostServer
) -> None:
    phones = Phones(windows_today.open())
    before = phones.page.locator("#time").inner_text()
    windows_today.foresee("ERR_CONNECTION_REFUSED")
    server_today.stop()

    phones.text("Amina", "are you there")

    trouble = phones.page.locator("#trouble")
    expect(trouble).to_contain_text("Gatepost does not answer")
    expect(phones.field("Amina")).to_have_value("are you there")
    server_today.start()
    expect(trouble).to_be_hidden()
    phones.page.get_by_role("button", name="+ 1 hour").click()
    expect(phones.page.locator("#time")).not_to_have_text(before)
    expect(phones.page.get_by_role("button", name="+ 1 hour")).not_to_have_attribute("aria-disabled", "true")
