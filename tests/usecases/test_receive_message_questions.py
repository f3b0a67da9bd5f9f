"""What is open for somebody: a question, an escalation, a text we could not read, a turn that failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.deps import Deps
from bot.domain.appointments import Appointment
from bot.domain.escalations import EscalationStatus, Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.domain.reading import Reading, Understanding
from bot.engine.book import FlowBook
from bot.engine.definition import Flow
from bot.store import appointments, workers
from bot.usecases.run_flow import start_flow
from bot.usecases.work import Work
from tests.builders import AMINA, BEN, FOOD_DOOR, LEE, NIGHT_BEDS, SAM, Town
from tests.fakes import Clock

WENT_WRONG = "something went wrong at our end"


@pytest.fixture
def town(deps: Deps) -> Town:
    town = Town(deps)
    town.worker(SAM, "Sam Okoro")
    town.worker(LEE, "Lee Marsh", level=2)
    town.service_open()
    town.service_open("Food Door", FOOD_DOOR, "food")
    return town


# The question that is open


def test_a_number_answers_the_question_that_is_open(town: Town) -> None:
    town.person()
    town.text(AMINA, "im hungry")

    town.text(AMINA, "1")

    assert town.outcome() == "answer:food"


def test_an_answer_counts_only_for_the_question_that_was_asked_last(town: Town) -> None:
    person = town.person()
    town.texts(AMINA, "im hungry", "help")
    question = town.question(person)
    assert question is not None
    assert question.flow_id == "help"

    town.text(AMINA, "1")

    assert town.outcome() == "answer:help"
    assert [one.need for one in town.open_escalations(person)] == ["housing"]


def test_a_number_after_its_question_has_lapsed_gets_a_kind_re_ask(town: Town, clock: Clock) -> None:
    person = town.person()
    town.text(AMINA, "im hungry")
    clock.forward(hours=4)
    town.send()
    assert town.question(person) is None

    answer = town.text(AMINA, "1")

    assert town.outcome() == "dead_question"
    assert "not sure which question" in answer[0]
    assert "HUMAN" in answer[0]
    assert town.who().misses == 0


@pytest.mark.parametrize("word", ["1", "2.", "yes", "No", "yeah", "y", "12"])
def test_every_short_answer_to_a_dead_question_is_asked_again_and_never_guessed(
    town: Town, clock: Clock, word: str
) -> None:
    person = town.person()
    town.text(AMINA, "help")
    clock.forward(hours=7)
    town.send()

    assert town.text(AMINA, word)
    assert town.open_escalations(person) == []
    assert town.outcome() == "dead_question"


def test_a_need_said_after_a_question_has_lapsed_is_understood_on_its_own(town: Town, clock: Clock) -> None:
    town.person()
    town.text(AMINA, "im hungry")
    clock.forward(hours=4)
    town.send()

    assert NIGHT_BEDS in " ".join(town.text(AMINA, "nowhere to stay"))


def test_another_need_said_clearly_leaves_the_question_for_its_own(town: Town) -> None:
    town.person()
    town.text(AMINA, "im hungry")

    assert NIGHT_BEDS in " ".join(town.text(AMINA, "ive got nowhere to stay tonight"))


def test_gibberish_does_not_leave_the_question(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "im hungry")

    town.text(AMINA, "مرحبا كيف حالك")

    question = town.question(person)
    assert town.outcome() == "not_understood:food"
    assert question is not None
    assert question.flow_id == "food"


def test_a_question_not_answered_in_three_tries_fetches_a_human(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "im hungry")

    answers = [town.text(AMINA, body) for body in ("plugh", "frobozz", "the bus was purple")]

    assert all(answers)
    assert [one.need for one in town.open_escalations(person)] == ["food"]


def test_one_question_is_open_at_a_time(town: Town) -> None:
    person = town.person()
    for body in ("im hungry", "help", "nowhere to stay", "human", "i need my meds"):
        town.text(AMINA, body)

        question = town.question(person)
        assert question is not None


# Not understood


def test_what_is_not_understood_gets_the_menu_and_a_way_to_a_human(town: Town) -> None:
    person = town.person()

    answer = town.text(AMINA, "the bus was purple")

    assert town.outcome() == "not_understood"
    assert "Sorry" in answer[0]
    assert "a person" in answer[0]
    assert town.who().misses == 1
    assert town.open_escalations(person) == []


@pytest.mark.parametrize(
    "bodies",
    [("the bus was purple", "frobozz"), ("😀😀", "🤷"), ("asdf", "مرحبا كيف حالك"), ("hjkl", "hjkl")],
)
def test_the_second_in_a_row_fetches_a_human_unasked(town: Town, bodies: tuple[str, str]) -> None:
    person = town.person()

    answer = town.texts(AMINA, *bodies)

    assert "person" in answer[0]
    assert [one.need for one in town.open_escalations(person)] == ["not_understood"]
    assert town.sent_to(SAM)


def test_two_that_are_not_in_a_row_fetch_nobody(town: Town) -> None:
    person = town.person()

    town.texts(AMINA, "the bus was purple", "im hungry", "1", "frobozz")

    assert town.open_escalations(person) == []


# An escalation that is open


def test_what_a_person_writes_while_nobody_has_taken_it_is_added_to_it(town: Town, clock: Clock) -> None:
    person = town.person()
    town.text(AMINA, "human")
    clock.forward(hours=2)
    town.send()

    answer = town.text(AMINA, "its about my kids")

    assert answer
    talk = next(one for one in town.open_escalations(person) if one.need == "talk")
    assert "its about my kids" in talk.words


def test_what_a_person_writes_to_the_worker_who_has_it_goes_there_and_nowhere_else(town: Town) -> None:
    person = town.person()
    town.text(AMINA, "human")
    town.send()
    town.text(SAM, "ok")

    answer = town.text(AMINA, "im hungry")

    assert town.outcome() == "relay"
    assert FOOD_DOOR not in " ".join(answer)
    assert any("im hungry" in text for text in town.sent_to(SAM))
    assert [one.status for one in town.open_escalations(person)] == [EscalationStatus.TAKEN]


def test_the_worker_answers_through_our_number_and_neither_sees_the_other(town: Town) -> None:
    town.person()
    town.text(AMINA, "human")
    town.send()
    town.text(SAM, "ok")
    town.text(SAM, "I can meet you at 5")
    town.text(AMINA, "yes please")

    to_amina, to_sam = town.sent_to(AMINA), town.sent_to(SAM)
    assert any("I can meet you at 5" in text for text in to_amina)
    assert any("yes please" in text for text in to_sam)
    assert not any("900201" in text or "900 201" in text for text in to_amina)
    assert not any("900101" in text or "900 101" in text for text in to_sam)


# A turn that fails


class Broken:
    """Reads like the real one, but can't read some words."""

    def __init__(self, real: Understanding, *words: str) -> None:
        self.real = real
        self.words = words

    def read(self, text: str) -> Reading:
        if any(word in text for word in self.words):
            raise RuntimeError("the reader broke")
        return self.real.read(text)


class BrokenBook(FlowBook):
    """A book in which one flow can't be opened."""

    def __init__(self, real: FlowBook, flow_id: str) -> None:
        super().__init__(real.flows(), real.placeholders, human_asked=real.human_asked)
        self.broken = flow_id

    def current(self, flow_id: str) -> Flow:
        if flow_id == self.broken:
            raise RuntimeError("the page is torn")
        return super().current(flow_id)


def with_torn_flow(town: Town, flow_id: str) -> None:
    town.deps.flows = BrokenBook(town.deps.flows, flow_id)


def test_a_turn_that_fails_is_undone_a_human_is_fetched_and_the_person_told(town: Town) -> None:
    person = town.person()
    with_torn_flow(town, "food")

    answer = town.text(AMINA, "im hungry")

    assert len(answer) == 1
    assert WENT_WRONG in answer[0]
    assert town.outcome() == "failed"
    assert town.count("conversations") == 0
    found = town.open_escalations(person)
    assert [(one.urgency, one.words) for one in found] == [(Urgency.TODAY, "im hungry")]
    assert town.sent_to(SAM)


def test_a_turn_that_fails_half_way_leaves_nothing_of_itself(town: Town) -> None:
    person = town.person()
    with_torn_flow(town, "danger_self_harm")

    town.text(AMINA, "i want to die")

    found = town.open_escalations(person)
    assert [(one.urgency, one.need) for one in found] == [(Urgency.DANGER, "failed")]
    assert [row.kind for row in town.outbox_of(person) if row.worker_id is None] == [Kind.ANSWER]
    assert town.sent_to(SAM)[0].startswith("DANGER")


def test_a_failed_turn_that_is_repeated_gives_the_same_answer(town: Town) -> None:
    town.person()
    with_torn_flow(town, "food")
    first = town.text(AMINA, "im hungry", sid="SM1")
    before = town.everything()

    assert town.text(AMINA, "im hungry", sid="SM1") == first
    assert town.everything() == before


def test_a_text_we_can_not_even_read_is_kept_and_reaches_a_human(town: Town) -> None:
    person = town.person()
    town.deps.understanding = Broken(town.deps.understanding, "hungry")

    answer = town.text(AMINA, "im hungry")

    assert WENT_WRONG in answer[0]
    assert town.outcome() == "failed"
    assert town.open_escalations(person)[0].words == "im hungry"
    assert town.text(AMINA, "nowhere to stay")
    assert town.outcome() != "failed"


def test_a_stop_is_a_stop_even_when_the_turn_fails(town: Town) -> None:
    town.person()
    town.deps.understanding = Broken(town.deps.understanding, "STOP")

    assert town.text(AMINA, "STOP") == []
    assert town.who().is_opted_out


def test_a_worker_whose_turn_fails_is_told(town: Town) -> None:
    town.deps.understanding = Broken(town.deps.understanding, "K7")

    assert WENT_WRONG in " ".join(town.text(SAM, "K7"))


def test_a_failed_turn_of_one_person_is_nothing_to_another(town: Town) -> None:
    town.person()
    town.person(BEN, "Ben")
    with_torn_flow(town, "food")
    town.text(AMINA, "im hungry")

    assert NIGHT_BEDS in " ".join(town.text(BEN, "nowhere to stay"))


class Contested:
    """A database that undoes the first tries, as it does when two turns wait for one another."""

    def __init__(self, real: Any, times: int) -> None:
        self._real = real
        self.left = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def serialise(self, conn: Any, key: str) -> None:
        if self.left:
            self.left -= 1
            raise OperationalError("deadlock detected", None, Exception("undone"))
        self._real.serialise(conn, key)


def test_a_turn_that_the_database_undid_is_taken_again(town: Town) -> None:
    person = town.person()
    deps = replace(town.deps, store=Contested(town.deps.store, times=3))

    answer = Town(deps).text(AMINA, "im hungry")

    assert FOOD_DOOR in " ".join(answer)
    assert town.outcomes() == ["flow:food"]
    assert town.open_escalations(person) == []


def test_the_answer_to_a_reminder_counts_while_a_worker_has_something_of_theirs(
    town: Town, clock: Clock
) -> None:
    person = town.person()
    appointment = town.appointment(person)
    town.text(AMINA, "human")
    town.send()
    town.text(SAM, "ok")
    clock.forward(hours=1)
    with town.deps.store.begin() as conn:
        work = Work(town.deps, conn, town.now)
        subject = {"appointment": appointment.id, "reminder_text": "Reply 1 if you can come."}
        start_flow(work, person, "appointment_reminder", subject=subject, kind=Kind.REMINDER)
    clock.forward(minutes=1)

    answer = town.text(AMINA, "1")

    assert town.outcome() == "answer:appointment_reminder"
    assert "Good, thanks" in answer[0]
    assert "appointment_coming" in town.events_of(person)


def test_nobody_who_waits_for_a_human_is_greeted_anew(town: Town, clock: Clock) -> None:
    town.person()
    town.text(AMINA, "human")
    clock.forward(minutes=20)

    assert "Good to hear" not in " ".join(town.text(AMINA, "hello??"))


def _reminded_of(town: Town, person: Person, *about: Appointment) -> None:
    with town.deps.store.begin() as conn:
        subject = {"appointment": about[0].id, "reminder_text": "Reply 1, 2 or 3."}
        if len(about) > 1:
            subject["appointments"] = ",".join(one.id for one in about)
        start_flow(
            Work(town.deps, conn, town.now),
            person,
            "appointment_reminder",
            subject=subject,
            kind=Kind.REMINDER,
        )


def test_a_worker_hears_of_every_appointment_that_may_be_meant(town: Town) -> None:
    person = town.person()
    first = town.appointment(person)
    second = replace(first, id="A2", external_id="A2", starts_at=first.starts_at + timedelta(hours=3))
    with town.deps.store.begin() as conn:
        appointments.add(conn, second, now=town.now)
        appointments.change(conn, first.id, with_whom="Sam Okoro")
    _reminded_of(town, person, first, second)

    town.text(AMINA, "2")

    [told] = [text for text in town.sent_to(SAM) if text.startswith("Amina can't make it")]
    assert "Monday 8 June 4:05pm or Monday 8 June 7:05pm" in told


def test_running_late_reaches_a_human_when_the_worker_can_not_be_texted(town: Town) -> None:
    person = town.person()
    appointment = town.appointment(person)
    with town.deps.store.begin() as conn:
        appointments.change(conn, appointment.id, with_whom="Sam Okoro")
        workers.change(conn, "worker-201", phone_is_bad=True)
    _reminded_of(town, person, appointment)

    town.text(AMINA, "5")

    assert any("is running late for" in one.reason for one in town.open_escalations(person))
