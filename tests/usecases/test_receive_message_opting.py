"""Stop and start: theirs to say, in any words, at once, and confirmed once."""

from __future__ import annotations

import pytest

from bot.deps import Deps
from bot.domain.escalations import Urgency
from bot.domain.messages import DeliveryStatus, Kind
from bot.domain.opt_words import OPT_OUT_WORDS
from bot.usecases.run_flow import start_flow
from bot.usecases.work import Work
from tests.builders import AMINA, KAY, LEE, NIGHT_BEDS, SAM, Town
from tests.fakes import Clock

WHATSAPP_AMINA = f"whatsapp:{AMINA}"
PLAIN_STOPS = ("stop texting me", "pls stop txting me", "leave me alone", "dont text me again")


@pytest.fixture
def town(deps: Deps) -> Town:
    town = Town(deps)
    town.worker(SAM, "Sam Okoro")
    town.worker(LEE, "Lee Marsh", level=2)
    town.worker(KAY, "Kay Idris", level=None, role="coordinator")
    town.service_open()
    return town


def a_reminder(town: Town) -> None:
    """Amina has an appointment and its reminder has just asked her."""
    person = town.who()
    appointment = town.appointment(person)
    with town.deps.store.begin() as conn:
        start_flow(
            Work(town.deps, conn, town.now), person, "appointment_reminder",
            subject={"appointment": appointment.id, "reminder_text": "Your appointment is on Monday."},
            kind=Kind.REMINDER,
        )  # fmt: skip


# Out


@pytest.mark.parametrize("word", [*sorted(OPT_OUT_WORDS), "Stop", " STOP ", "sToPaLl\n"])
def test_a_stop_word_by_sms_is_silent_since_the_provider_answers_it(town: Town, word: str) -> None:
    town.person()

    assert town.text(AMINA, word) == []

    assert town.who().is_opted_out
    assert town.who().opt_out_source == "provider"
    assert town.sent_to(AMINA) == []


@pytest.mark.parametrize("word", ["STOP", "unsubscribe", "End"])
def test_a_stop_word_by_whatsapp_is_confirmed_once(town: Town, word: str) -> None:
    town.person()

    answer = town.text(WHATSAPP_AMINA, word)

    assert len(answer) == 1
    assert "No more texts" in answer[0]
    assert town.who().is_opted_out
    assert town.text(WHATSAPP_AMINA, word) == []


def test_what_the_provider_takes_for_a_stop_is_one(town: Town) -> None:
    town.person()

    assert town.text(AMINA, "Stop all this now", opt_out_type="STOP") == []
    assert town.who().opt_out_source == "provider"


@pytest.mark.parametrize("words", PLAIN_STOPS)
def test_a_stop_in_plain_words_is_confirmed_once_and_only_once(town: Town, words: str) -> None:
    person = town.person()

    answer = town.text(AMINA, words)

    assert len(answer) == 1
    assert "START" in answer[0]
    assert town.who().opt_out_source == "person"
    assert town.text(AMINA, words) == []
    assert town.text(AMINA, "STOP") == []
    assert town.events_of(person).count("opted_out") == 1


def test_a_stop_works_in_the_middle_of_a_question(town: Town) -> None:
    town.person()
    town.text(AMINA, "nowhere to stay")

    assert town.text(AMINA, "STOP") == []
    assert town.who().is_opted_out


def test_a_stop_works_while_a_worker_has_it(town: Town) -> None:
    town.person()
    town.text(AMINA, "nowhere to stay")
    town.send()
    town.text(SAM, "ok")

    town.text(AMINA, "STOP")

    assert town.who().is_opted_out
    assert "no texts" in " ".join(town.text(SAM, "are you ok"))


def test_what_waits_for_somebody_who_stops_is_never_handed_over(town: Town, clock: Clock) -> None:
    person = town.person()
    clock.forward(hours=10)
    a_reminder(town)
    town.text(AMINA, "stop texting me")
    clock.forward(hours=8)

    assert town.sent_to(AMINA) == []
    reminder = next(row for row in town.outbox_of(person) if row.kind is Kind.REMINDER)
    assert (reminder.status, reminder.reason) == (DeliveryStatus.REFUSED, "opted_out")


def test_everybody_on_a_shared_phone_is_opted_out_and_one_word_confirms_it(town: Town) -> None:
    amina, ben = town.person(AMINA, "Amina"), town.person(AMINA, "Ben")

    answer = town.text(AMINA, "stop texting me")

    assert len(answer) == 1
    assert town.events_of(amina) == ["opted_out"]
    assert town.events_of(ben) == ["opted_out"]


def test_a_stranger_can_stop_us_too(town: Town) -> None:
    assert town.text(AMINA, "STOP") == []
    assert town.who().is_opted_out


@pytest.mark.parametrize(
    "words", ["please stop the bus", "the bus stop is far", "stopped raining", "the end of my tether"]
)
def test_a_stop_word_among_others_is_not_an_opt_out(town: Town, words: str) -> None:
    town.person()

    assert town.text(AMINA, words)
    assert not town.who().is_opted_out


# A bare cancel


@pytest.mark.parametrize("word", ["cancel", "CANCEL", " Cancel "])
def test_a_bare_cancel_after_a_reminder_is_a_question(town: Town, word: str) -> None:
    town.person()
    a_reminder(town)

    answer = town.text(AMINA, word)

    assert "cancel the appointment" in " ".join(answer)
    assert not town.who().is_opted_out


def test_the_question_about_cancel_takes_the_appointment_or_the_texts(town: Town) -> None:
    town.person()
    a_reminder(town)
    town.text(AMINA, "cancel")

    assert "text first" in " ".join(town.text(AMINA, "2"))
    assert not town.who().consent


def test_a_bare_cancel_without_an_appointment_in_the_thread_is_an_opt_out(town: Town) -> None:
    town.person()
    town.text(AMINA, "im hungry")

    assert town.text(AMINA, "cancel") == []
    assert town.who().is_opted_out


def test_a_bare_cancel_that_the_provider_took_for_a_stop_is_one(town: Town) -> None:
    town.person()
    a_reminder(town)

    assert town.text(AMINA, "cancel", opt_out_type="STOP") == []
    assert town.who().is_opted_out


def test_a_stop_after_a_reminder_is_a_stop(town: Town) -> None:
    town.person()
    a_reminder(town)

    assert town.text(AMINA, "stop") == []
    assert town.who().is_opted_out


# In again


@pytest.mark.parametrize("word", ["START", "unstop", "Yes", " yes "])
def test_a_start_word_by_sms_opts_in_silently_while_opted_out(town: Town, word: str) -> None:
    town.person()
    town.text(AMINA, "STOP")

    assert town.text(AMINA, word) == []
    assert not town.who().is_opted_out
    assert town.who().consent
    assert NIGHT_BEDS in " ".join(town.text(AMINA, "nowhere to stay"))


@pytest.mark.parametrize("words", ["start texting me again", "can you text me again"])
def test_a_start_in_plain_words_is_answered(town: Town, words: str) -> None:
    town.person()
    town.text(AMINA, "stop texting me")

    assert "Welcome back" in " ".join(town.text(AMINA, words))
    assert not town.who().is_opted_out


def test_a_start_by_whatsapp_is_answered(town: Town) -> None:
    town.person()
    town.text(WHATSAPP_AMINA, "STOP")

    assert "Welcome back" in " ".join(town.text(WHATSAPP_AMINA, "START"))


def test_yes_is_an_answer_while_somebody_is_not_opted_out(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "nowhere to stay")

    assert town.text(AMINA, "yes")
    assert town.outcome() == "answer:place_to_stay"
    assert "opted_in" not in town.events_of(person)


def test_start_from_somebody_who_never_stopped_is_answered(town: Town) -> None:
    town.person()

    assert town.text(AMINA, "start texting me again")


@pytest.mark.parametrize(
    "words", ["nowhere to stay", "1", "thanks", "hello", "help", "human", "ok", "no", "", "😀"]
)
def test_no_other_text_undoes_an_opt_out(town: Town, words: str) -> None:
    person = town.person()
    town.text(AMINA, "STOP")

    assert town.text(AMINA, words) == []

    assert town.who().is_opted_out
    waiting = town.open_escalations(person)
    assert len(waiting) == 1
    assert waiting[0].urgency is Urgency.TODAY
    assert "RING" in waiting[0].reason
    assert town.sent_to(AMINA) == []


def test_an_opt_out_at_the_provider_by_its_answer_is_undone_by_a_start(town: Town) -> None:
    town.person(opted_out_at=town.now, opt_out_source="provider", consent=False)

    assert town.text(AMINA, "START") == []
    assert not town.who().is_opted_out


# Workers


def test_a_worker_who_stops_is_told_to_the_coordinator_and_gets_no_pages(town: Town) -> None:
    town.person()

    assert town.text(SAM, "STOP") == []
    town.text(AMINA, "nowhere to stay")

    assert any("Sam" in text for text in town.sent_to(KAY))
    assert town.transport.texts_to(SAM) == []
    assert town.transport.texts_to(LEE)


def test_a_worker_who_starts_again_is_paged_again(town: Town) -> None:
    town.person()
    town.text(SAM, "STOP")
    town.text(SAM, "START")

    town.text(AMINA, "nowhere to stay")

    assert town.sent_to(SAM)
