"""Which flow stands for which id, revision and intent."""

from __future__ import annotations

import pytest

from bot.engine.book import HUMAN_ASKED, FlowBook, Placeholder, load_human_asked, load_placeholders
from bot.errors import FlowInvalid, NotFound
from tests.engine.worlds import flow

OLD = flow("first: {say: Old.}", starts_on="[food]").published(1)
NEW = flow("first: {say: New.}", starts_on="[money_benefits]").published(2)


def test_the_revision_published_last_is_current_and_older_ones_stay():
    book = FlowBook([OLD])
    book.publish(NEW)

    assert book.current("test") is NEW
    assert book.get("test", 1) is OLD
    assert book.get("test", 2) is NEW


def test_only_the_current_revision_starts_on_an_intent():
    book = FlowBook([OLD])
    book.publish(NEW)

    assert book.for_intent("food") is None
    assert book.for_intent("money_benefits") is NEW


def test_an_old_revision_can_be_kept_without_being_current():
    book = FlowBook([NEW])
    book.keep(OLD)

    assert book.current("test") is NEW
    assert book.get("test", 1) is OLD
    assert book.for_intent("food") is None


def test_what_is_not_there_is_not_found():
    book = FlowBook([OLD])

    with pytest.raises(NotFound, match="no flow other"):
        book.current("other")
    with pytest.raises(NotFound, match="no revision 7 of flow test"):
        book.get("test", 7)
    assert not book.has("other")
    assert book.has("test", 1)


def test_a_placeholder_falls_back_in_the_persons_language_then_in_english_then_to_nothing():
    book = FlowBook([], {"area": Placeholder(about="x", fallback={"en": "your area", "pl": "okolica"})})

    assert book.fallback("area", "pl") == "okolica"
    assert book.fallback("area", "ro") == "your area"
    assert book.fallback("unheard_of", "en") == ""


def test_placeholders_are_read_from_their_file(tmp_path):
    path = tmp_path / "placeholders.yaml"
    assert load_placeholders(path) == {}

    path.write_text("area: {about: The area, example: Bolton, fallback: your area}\n")
    assert load_placeholders(path)["area"].fallback == {"en": "your area"}

    path.write_text("area: {example: Bolton}\n")
    with pytest.raises(FlowInvalid, match="area about"):
        load_placeholders(path)


def test_the_text_for_a_flow_that_got_stuck_is_content(tmp_path):
    assert load_human_asked(tmp_path) == HUMAN_ASKED

    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "answers.yaml").write_text("human_asked: I asked someone.\n")
    assert load_human_asked(tmp_path) == {"en": "I asked someone."}
