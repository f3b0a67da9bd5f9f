"""Danger goes first, in every state somebody can be in."""

from __future__ import annotations

import pytest

from bot.deps import Deps
from bot.domain.escalations import Escalation, EscalationStatus, Urgency
from bot.domain.messages import DeliveryStatus, Kind
from bot.domain.people import Person
from bot.domain.phone_numbers import display
from tests.builders import AMINA, BEN, KAY, LEE, SAM, Town
from tests.fakes import Clock

DANGER_TEXTS = {
    "self_harm": ("i want to die", "116 123"),
    "violence": ("he is going to stab me", "999"),
    "medical": ("my mate wont wake up", "999"),
}


@pytest.fixture
def town(deps: Deps) -> Town:
    town = Town(deps)
    town.worker(SAM, "Sam Okoro")
    town.worker(LEE, "Lee Marsh", level=2)
    town.worker(KAY, "Kay Idris", level=None, role="coordinator")
    town.service_open()
    return town


def the_danger(town: Town, person: Person) -> Escalation:
    found = [one for one in town.open_escalations(person) if one.urgency is Urgency.DANGER]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("kind", DANGER_TEXTS)
def test_danger_is_answered_with_numbers_and_pages_at_once(town: Town, kind: str) -> None:
    words, number = DANGER_TEXTS[kind]
    person = town.person()

    answer = town.text(AMINA, words)

    assert number in answer[0]
    assert "999" in answer[0]
    assert the_danger(town, person).words == words
    page = town.sent_to(SAM)[0]
    assert page.startswith("DANGER")
    assert "Amina" in page
    assert "07700" not in page


@pytest.mark.parametrize(
    "before",
    [
        ("nowhere to stay",), ("nowhere to stay", "1"), ("im hungry",), ("help",), ("human",), ("xyzzy",),
        ("xyzzy", "plugh"), ("ive got a new number",), ("i want to die",), ("i want to die", "1"),
        ("cancel",),
    ],
)  # fmt: skip
def test_danger_goes_before_whatever_question_is_open(town: Town, before: tuple[str, ...]) -> None:
    person = town.person()
    town.texts(AMINA, *before)

    answer = town.text(AMINA, "hes going to kill me")

    assert "999" in " ".join(answer) or town.who().is_opted_out
    assert the_danger(town, person)


def test_danger_in_the_answer_to_a_question_that_takes_any_words_is_danger(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "ive lost my phone")

    answer = town.text(AMINA, "i want to die")

    assert "999" in answer[0]
    assert the_danger(town, person)


def test_somebody_opted_out_in_danger_gets_no_text_and_is_to_be_rung(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "STOP")

    answer = town.text(AMINA, "i want to die")

    assert answer == []
    danger = the_danger(town, person)
    assert "RING" in danger.reason
    assert "RING" in town.sent_to(SAM)[-1]
    assert town.transport.texts_to(AMINA) == []


def test_somebody_opted_out_in_danger_stays_opted_out(town: Town) -> None:
    town.person()
    town.texts(AMINA, "STOP", "hes got a knife")

    assert town.who().is_opted_out


def test_somebody_opted_out_hears_nothing_when_nobody_answers_their_danger(town: Town, clock: Clock) -> None:
    person = town.person()
    town.texts(AMINA, "STOP", "i want to die")
    for _ in range(12):
        clock.forward(minutes=3)
        town.send()

    assert the_danger(town, person).exhausted_at is not None
    assert town.transport.texts_to(AMINA) == []
    assert town.transport.texts_to(KAY)


def test_danger_from_an_unknown_number_pages_without_saying_who_we_know(town: Town) -> None:
    town.person(AMINA, "Amina")
    town.worker("+447700900204", "Nia Bell", level=None, role="manager")

    answer = " ".join(town.text(BEN, "i want to die"))

    assert "999" in answer
    assert "Amina" not in answer
    assert the_danger(town, town.who(BEN))


def test_danger_to_the_worker_who_has_taken_it_reaches_them_and_is_paged(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "nowhere to stay")
    town.send()
    town.text(SAM, "ok")

    answer = town.text(AMINA, "i want to die")

    assert "999" in answer[0]
    assert the_danger(town, person)
    assert any("i want to die" in text for text in town.sent_to(SAM))
    taken = [one for one in town.open_escalations(person) if one.status is EscalationStatus.TAKEN]
    assert [one.need for one in taken] == ["housing"]


def test_danger_together_with_an_opt_out_does_both(town: Town) -> None:
    person = town.person()

    answer = town.text(AMINA, "stop texting me i want to die")

    assert "999" in answer[0]
    assert the_danger(town, person)
    assert town.who().is_opted_out
    assert sum("No more texts" in text for text in answer) == 1
    assert town.outcome() == "danger:self_harm"


def test_danger_again_raises_the_same_escalation(town: Town) -> None:
    person = town.person()

    town.texts(AMINA, "i want to die", "i am going to kill myself")

    danger = the_danger(town, person)
    assert danger.repeats >= 1
    assert "kill myself" in danger.words


def test_danger_answers_a_person_in_quiet_hours(town: Town, clock: Clock) -> None:
    town.person()
    clock.forward(hours=9)

    assert "999" in town.text(AMINA, "i want to die")[0]
    assert town.sent_to(SAM)[-1].startswith("DANGER")


def test_danger_from_a_shared_phone_names_all_who_may_have_written(town: Town) -> None:
    town.person(AMINA, "Amina")
    town.person(AMINA, "Ben")

    answer = town.text(AMINA, "i want to die")

    assert "999" in answer[0]
    assert "Amina" not in " ".join(answer)
    page = town.sent_to(SAM)[0]
    assert "Amina or Ben" in page


def test_danger_with_a_picture_is_danger(town: Town) -> None:
    person = town.person()

    assert "999" in town.text(AMINA, "he hit me look at this im bleeding", pictures=1)[0]
    assert the_danger(town, person)


def test_danger_in_the_words_of_a_worker_is_answered_and_told_to_the_coordinator(town: Town) -> None:
    answer = town.text(SAM, "i want to die")

    assert "999" in answer[0]
    assert any("Sam" in text for text in town.sent_to(KAY))
    assert town.count("people") == 0


def test_danger_words_that_a_worker_sends_on_to_a_person_are_relayed(town: Town) -> None:
    town.person()
    town.text(AMINA, "nowhere to stay")
    town.send()
    town.text(SAM, "ok")

    town.text(SAM, "did he say he was going to kill you")

    assert any("going to kill you" in text for text in town.sent_to(AMINA))


def test_the_answer_to_danger_is_kept_as_danger(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "i want to die")

    row = town.outbox_of(person)[0]
    assert row.kind is Kind.DANGER
    assert row.via_twiml
    assert row.status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize("words", ["i have taken my tablets", "i have taken pills"])
def test_what_somebody_took_in_the_middle_of_danger_is_danger_and_no_talk_about_drugs(
    town: Town, clock: Clock, words: str
) -> None:
    person = town.person()
    town.text(AMINA, "i want to die")
    clock.forward(minutes=2)

    answer = town.text(AMINA, words)

    assert "999" in answer[0]
    assert "blame" not in " ".join(answer)
    assert town.outcome() == "danger:medical"
    assert words in the_danger(town, person).words


@pytest.mark.parametrize("words", ["hello??", "thanks", "wheres my appointment"])
def test_a_question_about_danger_is_not_left_for_small_talk(town: Town, words: str) -> None:
    person = town.person()
    town.text(AMINA, "i want to die")

    answer = town.text(AMINA, words)

    assert "safe" in answer[-1]
    question = town.question(person)
    assert question is not None
    assert question.flow_id == "danger_self_harm"


def test_the_answer_to_danger_counts_while_a_worker_has_something_else_of_theirs(
    town: Town, clock: Clock
) -> None:
    town.person()
    town.text(AMINA, "human")
    town.send()
    town.text(SAM, "ok")
    clock.forward(minutes=20)
    town.text(AMINA, "im going to end it all tonight")
    clock.forward(minutes=1)

    answer = town.text(AMINA, "no")

    assert "999" in " ".join(answer)
    assert any(
        text.endswith('Amina: no (we had asked: "Are you safe right now?")') for text in town.sent_to(SAM)
    )


def test_after_the_worker_has_written_an_answer_is_theirs(town: Town, clock: Clock) -> None:
    town.person()
    town.text(AMINA, "i want to die")
    town.send()
    town.text(SAM, "ok")
    clock.forward(minutes=1)
    town.text(SAM, "did you eat today?")
    clock.forward(minutes=1)

    assert town.text(AMINA, "no") == []
    assert town.outcome() == "relay"
    assert town.sent_to(SAM)[-1].endswith("Amina: no")


def test_more_danger_before_anybody_has_taken_it_reaches_whoever_was_paged(town: Town, clock: Clock) -> None:
    town.person()
    town.text(AMINA, "i want to die")
    clock.forward(minutes=4)
    town.send()

    town.text(AMINA, "im standing on the bridge now")

    for worker in (SAM, LEE):
        assert "im standing on the bridge now" in town.sent_to(worker)[-1]


def test_not_safe_raises_it_to_danger_although_a_worker_has_it(town: Town, clock: Clock) -> None:
    town.person()
    town.text(AMINA, "nowhere to stay tonight")
    town.send()
    town.text(SAM, "ok")
    clock.forward(minutes=1)

    answer = town.text(AMINA, "no")
    town.send()

    assert "999" in " ".join(answer)
    assert any(text.startswith("DANGER") for text in town.sent_to(SAM))


def test_who_has_somebody_hears_at_once_that_they_stopped_texts_and_gets_the_number(town: Town) -> None:
    town.person()
    town.text(AMINA, "human")
    town.send()
    town.text(SAM, "ok")

    town.text(AMINA, "stop texting me")
    town.send()

    assert "has asked for no more texts" in town.sent_to(SAM)[-1]
    assert town.sent_to(SAM)[-1].endswith(f"Ring them: {display(AMINA)}.")


def test_who_takes_somebody_that_stopped_texts_gets_the_number_and_nobody_else_does(town: Town) -> None:
    town.person()
    town.text(AMINA, "stop texting me")
    town.text(AMINA, "i have taken tablets")
    town.send()
    paged = list(town.sent_to(SAM))

    answer = town.text(SAM, "ok")

    assert display(AMINA) in answer[0]
    assert not any(display(AMINA) in text for text in paged)


def test_hurt_at_home_goes_before_whatever_was_asked(town: Town) -> None:
    town.person()
    town.text(AMINA, "HELP")

    answer = town.text(AMINA, "no not safe, he is outside")

    assert "OK to text here?" in " ".join(answer) or "999" in " ".join(answer)
