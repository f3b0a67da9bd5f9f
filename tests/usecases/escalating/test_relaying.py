"""Texts both ways, numbers hidden, and never to the wrong person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import DeliveryStatus, Kind
from bot.domain.reading import Reading
from bot.store import numbers, people, workers
from bot.usecases import escalating
from bot.usecases.escalating.wording import parts
from tests.usecases.escalating.desk import CODE, Desk, phone


def taken(desk: Desk, name: str = "ash", need: str = "housing", by: str = "sam") -> str:
    """The code of an escalation that the worker has taken."""
    escalation = desk.open(name, need=need)
    code = desk.code(by, escalation)
    desk.says(by, code)
    return code


def outbox_id_of(desk: Desk, body: str) -> int:
    return next(row.id for row in desk.rows("ash") if row.body == body)


def test_text_with_the_code_goes_to_the_person_with_the_first_name_of_the_worker(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    answers = desk.says("sam", f"{code} I can ring the council. Where are you?")

    assert desk.texts("ash")[-1] == "I can ring the council. Where are you? - Sam"
    assert desk.rows("ash")[-1].kind is Kind.RELAY
    assert answers == ["Sent to Ash. What they text back comes here."]
    assert desk.says("sam", f"{code} Stay there") == []


def test_text_without_a_code_goes_while_exactly_one_is_taken(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    taken(desk)

    desk.says("sam", "A 10 minute wait, then I am there")

    assert desk.texts("ash")[-1] == "A 10 minute wait, then I am there - Sam"


def test_text_without_a_code_is_refused_with_the_codes_while_two_are_taken(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    desk.person("bo")
    one = taken(desk, "ash")
    two = taken(desk, "bo")

    answers = desk.says("sam", "On my way")

    assert answers == [
        f"You have more than one: {one} Ash (yours), {two} Bo (yours). Put the code first. Nothing was sent."
    ]
    assert "On my way - Sam" not in desk.texts("ash") + desk.texts("bo")


def test_a_code_nobody_gave_sends_nothing_and_lists_what_there_is(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    answers = desk.says("sam", "Z99 On my way")

    assert answers == [f"You have no Z99. Yours now: {code} Ash (yours). Nothing was sent."]
    assert "On my way - Sam" not in desk.texts("ash")


@pytest.mark.parametrize("word", ["done", "pass", "call"])
def test_a_bare_command_word_is_neither_sent_nor_guessed(desk: Desk, word: str) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    assert desk.says("sam", word) == [f"Put the code first, like {code} {word}. Nothing was sent."]
    assert len(desk.texts("ash")) == 1


def test_what_the_person_texts_reaches_the_taker_with_code_and_first_name_and_no_number(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    answers = desk.writes("ash", "at the bus station")

    assert desk.texts("sam")[-1] == f"{code} Ash: at the bus station"
    assert answers == ["Sam has your text."]
    assert all(phone("ash") not in text for text in desk.texts("sam"))
    assert all(phone("sam") not in text for text in desk.texts("ash"))


def test_the_person_hears_no_receipt_while_the_worker_writes(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)
    desk.says("sam", f"{code} hello")

    desk.clock.forward(minutes=10)
    assert desk.writes("ash", "hi") == []
    desk.clock.forward(minutes=1)
    assert desk.writes("ash", "are you there") == ["Sam has your text."]


def test_nothing_is_relayed_before_somebody_takes_it(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    desk.open("ash")

    with desk.work() as work:
        person = people.get(work.conn, "ash")
        assert person is not None
        assert escalating.relay_to_worker(work, person, "hello") is False


def test_words_to_what_nobody_has_yet_take_it_too(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)

    desk.says("sam", f"{code} on my way")

    assert desk.escalation(escalation.id).taken_by == "sam"
    assert desk.texts("ash") == [
        "Sam has your message and will text you from this number.",
        "on my way - Sam",
    ]


def test_words_to_what_somebody_else_has_are_not_sent(desk: Desk) -> None:
    desk.on_call("sam", "kay", level=1)
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))
    code = desk.code("kay", escalation)

    assert desk.says("kay", f"{code} hello") == [f"Sam has {code}. Your words were not sent."]
    assert "hello - Kay" not in desk.texts("ash")


def test_words_to_someone_who_opted_out_are_refused_and_the_worker_is_told_to_ring(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash", opted_out_at=desk.now)
    escalation = desk.open("ash")
    code = desk.code("sam", escalation)
    desk.says("sam", code)

    (answer,) = desk.says("sam", f"{code} hello")
    desk.writes("ash", "please ring me")

    assert answer.startswith("Ash has asked for no texts, so that was not sent. Ring them: 07700 900")
    assert desk.texts("sam")[-1] == f"{code} Ash: please ring me"
    assert {row.status for row in desk.rows("ash")} == {DeliveryStatus.REFUSED}


def test_words_to_someone_without_a_number_are_not_said_to_be_sent(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)
    with desk.work() as work:
        numbers.mark_bad(work.conn, phone("ash"), now=desk.now)

    (answer,) = desk.says("sam", f"{code} hello")

    assert answer.startswith("We have no number that works for Ash, so that was not sent.")


def test_a_worker_hears_when_their_words_did_not_arrive(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)
    desk.says("sam", f"{code} hello")

    for _ in range(2):
        outbox_id = outbox_id_of(desk, "hello - Sam")
        with desk.work() as work:
            escalating.relay_failed(work, outbox_id)

    told = [text for text in desk.texts("sam") if "did not arrive" in text]
    assert len(told) == 1
    assert told[0].startswith(f'{code}: your text to Ash did not arrive: "hello - Sam".')


def test_words_that_do_not_reach_the_taker_are_offered_to_the_next_with_them(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    taken(desk)
    desk.writes("ash", "by the station")

    desk.fails(desk.rows("sam")[-1])

    assert desk.paged() == ["sam", "lee"]
    assert "by the station" in desk.texts("lee")[-1]


def test_a_worker_with_two_needs_of_one_person_gets_each_text_once(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    taken(desk, need="housing")
    desk.clock.forward(minutes=1)
    newest = taken(desk, need="food")

    desk.writes("ash", "hello")

    assert [text for text in desk.texts("sam") if text.endswith("hello")] == [f"{newest} Ash: hello"]


def test_texts_of_the_person_do_not_put_off_the_nudge_for_the_first_that_waits(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)
    desk.wait(minutes=30)
    desk.writes("ash", "hello?")
    desk.wait(minutes=50)
    desk.writes("ash", "anyone?")

    desk.wait(minutes=10)

    assert desk.texts("sam")[-1].startswith(f"{code}: an hour without a word")


def test_a_long_text_is_sent_whole_in_pieces_a_provider_takes(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    desk.writes("ash", "word " * 319 + "end!!")

    texts = [text for text in desk.texts("sam") if text.startswith(f"{code} Ash: ")]
    assert len(texts) == 2
    assert all(len(text) <= 1600 for text in texts)
    assert texts[1].endswith("end!!")


@given(st.text(max_size=4000))
def test_pieces_lose_no_word_and_fit(text: str) -> None:
    pieces = parts(text, 300)

    assert all(0 < len(piece.encode("utf-16-le")) // 2 <= 300 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_open_lists_what_the_worker_has_and_is_asked_to_take(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    desk.person("bo")
    mine = taken(desk, "ash")
    offered = desk.code("sam", desk.open("bo"))

    assert desk.says("sam", "Open") == [f"Yours now: {mine} Ash (yours), {offered} Bo (waiting)."]


def test_open_with_nothing_says_so(desk: Desk) -> None:
    desk.worker("sam")

    assert desk.says("sam", "open") == ["You have none now."]


def test_who_says_who_is_on_call_in_each_of_the_workers_areas(desk: Desk) -> None:
    desk.worker("max", areas=("Bolton", "Wigan"))
    desk.on_call("sam", "lee")

    assert desk.says("max", "WHO?") == ["On call now. Bolton: Sam Example, Lee Example. Wigan: nobody."]


def test_call_says_honestly_that_calls_are_not_there_yet(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    (answer,) = desk.says("sam", f"{code} call")

    assert answer.startswith(f"Calls through this number do not work yet. Text {code} and your words")
    assert len(desk.texts("ash")) == 1


def test_text_for_nobody_is_left_to_whoever_answers(desk: Desk) -> None:
    desk.worker("sam")

    assert desk.says("sam", "morning all") == ["(not handled)"]


def test_a_worker_who_texts_has_a_phone_that_works(desk: Desk) -> None:
    desk.worker("sam")
    with desk.work() as work:
        workers.change(work.conn, "sam", phone_is_bad=True)

    desk.says("sam", "who")

    with desk.deps.store.read() as conn:
        sam = workers.get(conn, "sam")
    assert sam is not None
    assert sam.can_be_paged is True


@pytest.mark.parametrize(
    ("body", "expected"),
    [("who", True), ("ok", True), ("I will kill myself", False), ("Q7 hello", False), ("", False)],
)
def test_words_of_a_worker_with_nothing_in_hand_are_no_relay(desk: Desk, body: str, expected: bool) -> None:
    sam = desk.worker("sam")

    with desk.work() as work:
        assert escalating.is_command(work, sam, body) is expected


def test_words_that_would_be_relayed_count_as_a_command(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    code = taken(desk)

    with desk.work() as work:
        sam = workers.get(work.conn, "sam")
        assert sam is not None
        assert escalating.is_command(work, sam, "he says he will kill himself") is True
        assert escalating.is_command(work, sam, f"{code} hi") is True
        assert escalating.handle_worker_text(work, sam, "", Reading()) is False


def test_codes_in_texts_are_unmistakable(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")

    escalation = desk.open("ash")

    assert CODE.fullmatch(desk.code("sam", escalation))


def test_somebody_whose_worker_can_not_be_reached_is_not_told_that_they_have_it(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))
    with desk.work() as work:
        workers.change(work.conn, "sam", opted_out_at=desk.now)
    desk.wait(minutes=5)

    assert desk.writes("ash", "are you there") == ["Sam can't do it now. We are asking someone else."]
    assert desk.paged() == ["sam", "lee"]


def test_with_nobody_else_they_hear_the_truth_once(desk: Desk) -> None:
    desk.on_call("sam")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation))
    with desk.work() as work:
        workers.change(work.conn, "sam", opted_out_at=desk.now)
    desk.wait(minutes=5)

    answer = desk.writes("ash", "are you there")

    assert len(answer) == 1
    assert "116 123" in answer[0]


def test_words_that_a_quiet_worker_left_without_an_answer_bring_the_truth(desk: Desk) -> None:
    desk.on_call("sam", "lee")
    desk.person("ash")
    escalation = desk.open("ash")
    desk.says("sam", desk.code("sam", escalation) + " hi ash")
    desk.wait(minutes=20)
    desk.writes("ash", "are you there")

    desk.wait(hours=2)

    assert any(
        "nobody here has picked up" in text.lower() or "nobody has picked up" in text
        for text in desk.texts("ash")
    )
