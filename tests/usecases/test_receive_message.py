"""One inbound text: a repeat, who it is from, and what is odd about it."""

from __future__ import annotations

import pytest

from bot.deps import Deps
from bot.domain.escalations import Urgency
from bot.domain.messages import Kind
from bot.domain.people import SafeToText
from bot.usecases.texting import text_person
from bot.usecases.work import Work
from tests.builders import AMINA, BEN, NIGHT_BEDS, SAM, Town
from tests.fakes import Clock

WHATSAPP_AMINA = f"whatsapp:{AMINA}"


@pytest.fixture
def town(deps: Deps) -> Town:
    town = Town(deps)
    town.worker()
    town.service_open()
    return town


# A repeat


def test_the_same_text_twice_gives_the_same_answer_and_changes_nothing(town: Town) -> None:
    town.person()
    first = town.text(AMINA, "nowhere to stay", sid="SM1")
    before = town.everything()

    again = town.text(AMINA, "nowhere to stay", sid="SM1")

    assert first
    assert again == first
    assert town.everything() == before


def test_a_repeat_days_later_and_after_other_texts_gives_the_old_answer(town: Town, clock: Clock) -> None:
    town.person()
    first = town.text(AMINA, "im hungry", sid="SM1")
    town.texts(AMINA, "1", "thanks")
    clock.forward(days=3)

    assert town.text(AMINA, "im hungry", sid="SM1") == first


def test_a_repeat_of_a_silent_text_is_silent(town: Town) -> None:
    person = town.person()
    assert town.text(AMINA, "STOP", sid="SM1") == []

    assert town.text(AMINA, "STOP", sid="SM1") == []
    assert town.events_of(person).count("opted_out") == 1


def test_two_texts_with_the_same_words_are_two_texts(town: Town) -> None:
    town.person()

    town.texts(AMINA, "nowhere to stay", "nowhere to stay")

    assert town.count("inbound") == 2
    assert len(town.outcomes()) == 2


# Who it is from


def test_an_unknown_number_gets_help_and_hears_nothing_about_anybody(town: Town) -> None:
    town.person(AMINA, "Amina")

    answer = " ".join(town.text(BEN, "nowhere to stay"))

    assert answer
    for word in ("Amina", "Example", AMINA[-6:], "record", "know you", "not known", "registered"):
        assert word not in answer
    assert not town.who(BEN).is_known


@pytest.mark.parametrize("body", ["hello", "what about amina", "is this amina", "who are you", "xyzzy", "1"])
def test_an_unknown_number_is_answered_and_offered_a_way_to_a_human(town: Town, body: str) -> None:
    town.person(AMINA, "Amina")

    answer = " ".join(town.text(BEN, body))

    assert answer
    assert "Amina" not in answer
    assert "person" in answer or "HUMAN" in answer


def test_a_known_number_and_an_unknown_one_learn_the_same_of_a_name(town: Town) -> None:
    town.person(AMINA, "Amina")

    known, unknown = town.text(BEN, "is Amina there"), town.text("+447700900109", "is Zoe there")

    assert known == unknown


def test_a_former_number_is_an_unknown_one(town: Town) -> None:
    amina = town.person(AMINA, "Amina")
    town.has_number_no_more(amina, AMINA)

    answer = " ".join(town.text(AMINA, "hello"))

    assert answer
    assert "Amina" not in answer
    assert town.who(AMINA).id != amina.id
    assert not town.who(AMINA).is_known
    assert town.outbox_of(amina) == []


def test_a_shared_number_is_asked_for_the_first_name_and_then_answered(town: Town) -> None:
    amina = town.person(AMINA, "Amina")
    ben = town.person(AMINA, "Ben")

    asked = town.text(AMINA, "nowhere to stay")
    assert len(asked) == 1
    assert "first name" in asked[0]
    assert "Amina" not in asked[0]
    assert "Ben" not in asked[0]
    assert town.outcome() == "which_person"

    answer = town.text(AMINA, "Ben")

    assert NIGHT_BEDS in " ".join(answer)
    assert [one.need for one in town.open_escalations(ben)] == ["housing"]
    assert town.open_escalations(ben)[0].words == "nowhere to stay"
    assert town.open_escalations(amina) == []


def test_whoever_spoke_from_a_shared_number_is_taken_to_speak_on_for_an_hour(
    town: Town, clock: Clock
) -> None:
    town.person(AMINA, "Amina")
    ben = town.person(AMINA, "Ben")
    town.texts(AMINA, "im hungry", "ben.")

    clock.forward(minutes=59)
    town.text(AMINA, "nowhere to stay")
    assert [one.need for one in town.open_escalations(ben)] == ["housing"]

    clock.forward(minutes=61)
    assert "first name" in " ".join(town.text(AMINA, "nowhere to stay"))


def test_one_who_stopped_our_texts_leaves_the_other_on_a_shared_phone_their_answers(
    town: Town, clock: Clock
) -> None:
    town.person(AMINA, "Amina")
    ben = town.person(AMINA, "Ben")
    town.texts(AMINA, "im hungry", "ben", "stop texting me")
    assert town.reload(ben).is_opted_out
    clock.forward(hours=3)

    assert "first name" in " ".join(town.text(AMINA, "nowhere to stay"))
    assert NIGHT_BEDS in " ".join(town.text(AMINA, "amina"))
    clock.forward(hours=3)
    assert "999" in town.text(AMINA, "i want to die")[0]


def test_start_on_a_shared_phone_is_for_whoever_says_their_name(town: Town, clock: Clock) -> None:
    town.person(AMINA, "Amina")
    ben = town.person(AMINA, "Ben")
    town.texts(AMINA, "im hungry", "ben", "stop texting me")
    clock.forward(hours=3)

    town.texts(AMINA, "START", "Ben")

    assert not town.reload(ben).is_opted_out


def test_a_whatsapp_address_of_a_known_person_is_that_person(town: Town) -> None:
    amina = town.person(AMINA, "Amina")

    answer = town.text(WHATSAPP_AMINA, "nowhere to stay")

    assert NIGHT_BEDS in " ".join(answer)
    assert [one.need for one in town.open_escalations(amina)] == ["housing"]
    assert town.count("people") == 1
    assert {row.address for row in town.outbox_of(amina) if row.via_twiml} == {WHATSAPP_AMINA}


def test_a_worker_is_never_taken_for_a_person(town: Town) -> None:
    answer = town.text(SAM, "nowhere to stay")

    assert len(answer) == 1
    assert "code" in answer[0]
    assert town.count("people") == 0


def test_a_worker_on_whatsapp_is_that_worker(town: Town) -> None:
    assert "On call now" in " ".join(town.text(f"whatsapp:{SAM}", "who"))


@pytest.mark.parametrize(
    "sender", ["85258", "116123", "GatePost", "HMRC", "", "+266696687", "anonymous", "whatsapp:"]
)
def test_a_sender_without_a_way_back_makes_no_person_and_is_told_once_a_day(
    town: Town, clock: Clock, sender: str
) -> None:
    answer = town.text(sender, "nowhere to stay")

    assert len(answer) == 1
    assert "999" in answer[0]
    assert "116 123" in answer[0]
    assert town.text(sender, "nowhere to stay") == []
    assert town.outcomes() == ["no_way_back", "no_way_back"]
    assert town.count("people") == 0
    clock.forward(days=1)
    assert town.text(sender, "are you there") == answer


# What is odd about it


def test_a_picture_without_words_is_answered_kindly(town: Town) -> None:
    person = town.person()

    answer = town.text(AMINA, "", pictures=1)

    assert len(answer) == 1
    assert "I can only read words" in answer[0]
    assert "HUMAN" in answer[0]
    assert town.who().misses == person.misses


def test_a_picture_goes_on_to_the_worker_who_has_taken_it(town: Town) -> None:
    town.person()
    town.text(AMINA, "nowhere to stay")
    town.text(SAM, "ok")
    town.send()

    answer = town.text(AMINA, "", pictures=2)

    assert answer
    assert "picture" in town.sent_to(SAM)[-1]


@pytest.mark.parametrize("body", ["", " ", "\n\n", "\t \u00a0"])
def test_an_empty_text_gets_an_answer(town: Town, body: str) -> None:
    town.person()

    assert "words" in " ".join(town.text(AMINA, body))


@pytest.mark.parametrize(
    "body",
    [
        "😀", "😭😭😭", "👩‍👩‍👧‍👦", "مرحبا كيف حالك", "שלום", "\u200b\u200d\ufeff", "\u202eolleh",
        "a\x00b", "\x00",
        "\u0301", "e\u0301\u0301\u0301", "\ud7ff", "ｈｅｌｐ", "&<>\"'", "]]>", "%s {0} ((first_name))",
        "'; DROP TABLE people;--",
        "\r\n", "0", "-1", "١", "²", "?", "...", "🛏️?", "\x1b[31m", "\u2028", "A" * 1600, "é" * 1600,
        "stop " * 320,
        "a " * 800, "((" * 800, "1" * 1600,
    ],
)  # fmt: skip
def test_odd_text_gets_an_answer_and_breaks_nothing(town: Town, body: str) -> None:
    town.person()

    answer = town.text(AMINA, body)

    assert answer
    assert all(text.strip() for text in answer)
    assert town.outcome() != "failed"
    assert town.count("inbound") == 1


def test_a_need_at_the_end_of_1600_characters_is_found(town: Town) -> None:
    town.person()
    words = "it rained and then we walked to town and saw a dog by the shop. "
    body = (words * 30)[:1580] + ". nowhere to stay"
    assert len(body) <= 1600

    assert NIGHT_BEDS in " ".join(town.text(AMINA, body))


def test_danger_at_the_end_of_1600_characters_is_found(town: Town) -> None:
    person = town.person()
    words = "it rained and then we walked to town and saw a dog by the shop. "
    body = (words * 30)[:1570] + ". i want to die"

    assert "999" in " ".join(town.text(AMINA, body))
    assert town.open_escalations(person)[0].urgency is Urgency.DANGER


def test_what_they_write_never_fills_a_placeholder(town: Town) -> None:
    town.person(name="((area))")

    answer = town.text(AMINA, "hello")

    assert "Bolton" not in " ".join(answer)


def test_a_stranger_on_the_number_we_send_from_is_a_stranger(town: Town) -> None:
    """Our own number as a sender must not make us talk to ourselves."""
    answer = town.text("+447700900000", "nowhere to stay")

    assert town.outcome() != "failed"
    assert isinstance(answer, list)


def test_words_in_a_language_we_do_not_have_reach_a_human_by_the_second_text(town: Town) -> None:
    person = town.person()

    town.text(AMINA, "مرحبا كيف حالك")
    town.text(AMINA, "لا أفهم ما تقوله")

    assert town.open_escalations(person)


def test_somebody_without_consent_is_still_answered(town: Town) -> None:
    town.person(consent=False)

    assert NIGHT_BEDS in " ".join(town.text(AMINA, "nowhere to stay"))


def test_somebody_who_is_not_safe_to_text_is_still_answered(town: Town) -> None:
    town.person(safe_to_text=SafeToText.NO)

    assert town.text(AMINA, "nowhere to stay")


@pytest.mark.parametrize(("said", "hears"), [("no", 0), ("yes", 1)])
def test_who_may_not_be_safe_at_home_gets_nothing_unasked_until_they_say_it_is_ok(
    town: Town, said: str, hears: int
) -> None:
    town.person()
    town.text(AMINA, "my partner is controlling")
    town.send()
    town.text(AMINA, said)

    answer = town.text(SAM, "ok")

    assert len([text for text in town.sent_to(AMINA) if "Sam has your message" in text]) == hears
    assert ("only write back" in answer[0]) is (hears == 0)


def test_not_ok_to_text_here_counts_when_a_worker_has_it_already(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "my partner is controlling")
    town.send()
    town.text(SAM, "ok")

    town.text(AMINA, "2")

    assert town.reload(person).safe_to_text is SafeToText.NO
    assert town.sent_to(AMINA) == []
    assert any("not OK to text them there" in text for text in town.sent_to(SAM))


def test_what_we_start_goes_to_whatsapp_for_a_day_and_then_as_a_text(town: Town, clock: Clock) -> None:
    person = town.person()
    town.text(WHATSAPP_AMINA, "hello")

    def address_of_a_reminder() -> str:
        with town.deps.store.begin() as conn:
            return text_person(Work(town.deps, conn, town.now), person, "Hi", kind=Kind.REMINDER).address

    assert address_of_a_reminder() == WHATSAPP_AMINA
    clock.forward(hours=25)
    assert address_of_a_reminder() == AMINA


def test_somebody_who_only_wrote_by_whatsapp_is_texted_on_the_same_number(town: Town, clock: Clock) -> None:
    town.text(WHATSAPP_AMINA, "hello")
    person = town.who(WHATSAPP_AMINA)
    clock.forward(hours=25)

    with town.deps.store.begin() as conn:
        sent = text_person(Work(town.deps, conn, town.now), person, "Hi", kind=Kind.RELAY)

    assert sent.address == AMINA
    town.text(AMINA, "hello")
    assert town.who(AMINA).id == person.id


def test_a_number_that_was_given_up_is_a_stranger_although_its_whatsapp_is_not(town: Town) -> None:
    amina = town.person()
    town.text(WHATSAPP_AMINA, "hello")
    town.has_number_no_more(amina, AMINA)

    town.text(AMINA, "hello")

    assert town.who(AMINA).id != amina.id
