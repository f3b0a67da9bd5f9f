"""Phrases as coordinators write them, and what is said when one is wrong."""

from __future__ import annotations

import pytest

from bot.domain.understanding.content import load_content
from bot.domain.understanding.normalise import split
from bot.domain.understanding.phrases import Label, Phrases, endings
from bot.domain.understanding.reader import Reader
from bot.errors import InputInvalid

LISTS = {"weapon": ("knife", "big_bat"), "polite": ("please",)}


def found_in(text: str, phrase: str, *, whole: bool = False) -> bool:
    phrases = Phrases(LISTS)
    phrases.add(phrase, Label("x", 0.95, whole))
    return any(phrases.find(split(text)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("nowhere to stay", "ive nowhere to stay"),
        ("stay/sleep/put_up", "can you put up my mate"),
        ("so? really? cold", "so cold"),
        ("stab+ him", "stabbing him"),
        ("got a @weapon", "he's got a big bat"),
        ("took ... tablets", "took the whole box of them tablets"),
        ("pregnant & bleeding", "Bleeding a lot. I am pregnant"),
        ("took <number> tablets", "took 30 tablets"),
        ("took <number> tablets", "took thirty tablets"),
        ("no <any> here", "no jamie here"),
        ("do not text", "don't text"),
        ("gonna jump", "going to jump"),
    ],
)
def test_a_phrase_is_found(phrase, text):
    assert found_in(text, phrase)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("took ... tablets", "took it home. tablets are there"),
        ("took ... tablets", "took one two three four five six seven tablets"),
        ("stab him", "stabbing him"),
        ("no <any> here", "no here"),
        ("a/b c", "a b"),
    ],
)
def test_other_words_are_not_that_phrase(phrase, text):
    assert not found_in(text, phrase)


def test_a_phrase_for_a_whole_text_is_not_found_inside_another():
    assert found_in("Stop!", "stop", whole=True)
    assert not found_in("bus stop", "stop", whole=True)


@pytest.mark.parametrize("phrase", ["", "...", "a ...", "... a", "maybe?", "<any>", "@nobody", "a & ", "!!"])
def test_a_phrase_that_makes_no_sense_is_refused(phrase):
    with pytest.raises(ValueError):
        Phrases(LISTS).add(phrase, Label("x", 1.0))


def test_verbs_get_the_endings_people_write():
    assert {"stabs", "stabbed", "stabbing"} <= set(endings("stab"))
    assert endings("overdose") == ("overdoses", "overdosed", "overdosing")
    assert endings("bury") == ("buries", "buried", "burying")
    assert "punches" in endings("punch")


GOOD = "reading: food\nabout: Hungry.\nsure: |\n  # a remark\n  so hungry\n"


def test_every_wrong_file_and_phrase_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD.replace("food", "cake"), "utf-8")
    (tmp_path / "b.yaml").write_text("reading: food\n", "utf-8")
    (tmp_path / "c.yaml").write_text("sure: [", "utf-8")
    (tmp_path / "d.yaml").write_text(GOOD + "languages:\n  xx: |\n    la\n", "utf-8")

    with pytest.raises(InputInvalid) as error:
        load_content(tmp_path)

    said = str(error.value)
    assert "a.yaml: reading: unknown reading 'cake'" in said
    assert "b.yaml: about: Field required" in said
    assert "c.yaml: file:" in said
    assert "d.yaml: languages: unknown language xx" in said


def test_a_wrong_phrase_is_named_with_its_file(tmp_path):
    (tmp_path / "food.yaml").write_text(GOOD + "  so @hungry\n", "utf-8")

    with pytest.raises(InputInvalid, match=r"food.yaml: sure: there is no list @hungry"):
        Reader.load(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(InputInvalid, match="no phrase file"):
        Reader.load(tmp_path)


def test_a_small_folder_is_enough(tmp_path):
    (tmp_path / "food.yaml").write_text(GOOD, "utf-8")

    reading = Reader.load(tmp_path).read("im so hungrey")

    assert reading.best is not None
    assert (reading.best.name, reading.best.confidence) == ("food", pytest.approx(0.9, abs=0.01))
    assert reading.why == ("so hungry → food",)
