"""The fixed words on a worker's phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.worker_words import Command, Word, parse


@pytest.mark.parametrize(
    "text", ["K7", "k7", " K 7 ", "k-7", "K7.", "(K7)", "K7 ok", "K7?", "K7!", "k 7 OK."]
)
def test_a_code_alone_takes_it_whatever_the_case_and_spaces(text: str) -> None:
    assert parse(text) == Command(Word.TAKE, "K7")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("K7 pass", Command(Word.PASS, "K7")),
        ("k7pass", Command(Word.PASS, "K7")),
        ("K7 PASS.", Command(Word.PASS, "K7")),
        ("K7 done", Command(Word.DONE, "K7")),
        ("k7done", Command(Word.DONE, "K7")),
        ("K7 Done rang him, sorted", Command(Word.DONE, "K7", "rang him, sorted")),
        ("K7 done: rang him", Command(Word.DONE, "K7", "rang him")),
        ("K7 call", Command(Word.CALL, "K7")),
        ("B12 call", Command(Word.CALL, "B12")),
        ("K7 call me when you can", Command(Word.SAY, "K7", "call me when you can")),
        ("K7 pass the library and turn left", Command(Word.SAY, "K7", "pass the library and turn left")),
        ("K7 doner kebab shop is open", Command(Word.SAY, "K7", "doner kebab shop is open")),
        ("K7: on my way", Command(Word.SAY, "K7", "on my way")),
        ("K7 22 High Street", Command(Word.SAY, "K7", "22 High Street")),
        ("K7\nTwo lines\nof words", Command(Word.SAY, "K7", "Two lines\nof words")),
        ("B12", Command(Word.TAKE, "B12")),
        ("ok", Command(Word.OK, "", "ok")),
        ("OK!", Command(Word.OK, "", "OK!")),
        ("Open", Command(Word.OPEN, "", "Open")),
        ("who?", Command(Word.WHO, "", "who?")),
        ("done", Command(Word.DONE, "", "done")),
    ],
)
def test_what_follows_the_code_says_what_it_does(text: str, expected: Command) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("word", ["stop", "end", "quit", "cancel", "yes", "STOP", "Yes."])
def test_words_of_stopping_and_yes_are_never_commands(word: str) -> None:
    assert parse(word).word is Word.NONE
    assert parse(f"K7 {word}").word is Word.SAY


@pytest.mark.parametrize(
    "text",
    [
        "A 10 minute wait", "I 2 think so", "U2", "ok then", "who is there?", "open the door", "K712",
        "07700", "", "  ", "K", "7",
    ],
)  # fmt: skip
def test_everyday_text_is_no_command(text: str) -> None:
    found = parse(text)

    assert found.word is Word.NONE or found.code == "U2"
    assert found.rest == text.strip() or found.code == "U2"


@given(st.text())
def test_no_text_is_an_error_and_stripped_text_reads_the_same(text: str) -> None:
    found = parse(text)

    assert isinstance(found.word, Word)
    assert parse(text.strip()) == found


@given(st.sampled_from("CDEFJKNRTVXY"), st.text("23456789", min_size=1, max_size=2), st.text())
def test_words_after_a_code_are_kept(letter: str, digits: str, words: str) -> None:
    found = parse(f"{letter}{digits} {words}")

    assert found.code == letter + digits
    if found.word is Word.SAY:
        assert found.rest in words
