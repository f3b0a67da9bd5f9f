"""A text from a person, in the order that keeps them safe: danger, stop and start, human, question, free text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.domain.escalations import Urgency
from bot.domain.messages import Channel, InboundText, Kind
from bot.domain.opt_words import is_opt_in_word, is_opt_out_word
from bot.domain.people import Person
from bot.domain.reading import Danger, Intent, Reading
from bot.engine.conversation import Conversation
from bot.store import appointments, conversations, escalations, outbox
from bot.usecases import escalating, opting
from bot.usecases.read_freely import NOT_UNDERSTOOD, read_freely
from bot.usecases.run_flow import (
    answer_question,
    answers_question,
    note_understood,
    start_flow,
    takes_any_text,
)
from bot.usecases.senders import Sender
from bot.usecases.texting import phrase, text_person
from bot.usecases.work import Work

# Which kind speaks first when a text carries several: the one where minutes count most.
DANGER_ORDER: tuple[Danger, ...] = ("medical", "self_harm", "violence")
# How sure a reading must be to leave the question that is open for it.
SURE = 0.7
# How sure it must be that violence is at home, and the need by which its flow pages: one escalation, not two.
AT_HOME = 0.6
HOME_NEED = "safety"
# After its start somebody may still be on the way to an appointment for this long.
STILL_COMING = timedelta(hours=1)
ASKS_IF_COMING = frozenset({"appointment_reminder", "appointment_confirm", "appointment_running_late"})
# The step that asks whether they are safe, in whichever flow.
SAFE_STEP = "safe"
FEW_WORDS = 30
_QUESTION = re.compile(r"[^.!?\n]+\?")
# In the middle of danger these are about what somebody has taken or what is wrong with them: danger itself.
DANGER_IN_DANGER = frozenset({"drugs_alcohol", "health_meds_script"})
# What goes before a question that would take any words for its answer, and leaves one about danger.
NEEDS = frozenset(
    {"housing_tonight", "food", "health_meds_script", "drugs_alcohol", "domestic_abuse", "human_please"}
)


def answer_person(work: Work, text: InboundText, sender: Sender, reading: Reading) -> str:
    """Act on a person's text and give what was made of it, for the record."""
    person = sender.person
    assert person is not None
    outcome = ""
    reading = _read_in_danger(work, person, reading)
    if reading.danger:
        outcome = f"danger:{_danger(work, person, sender, reading)}"
        if reading.opt != "out":
            return outcome
    stops = is_opt_out_word(text.body) or text.opt_out_type == "STOP"
    if stops and text.opt_out_type != "STOP" and _means_the_appointment(work, person, text.body):
        start_flow(work, person, "cancel_what")
        return "cancel_what"
    if stops or reading.opt == "out":
        bare_stop = stops and text.channel is Channel.SMS
        for one in sender.sharing or (person,):
            opting.opt_out(work, one, source="provider" if bare_stop else "person",
                           confirm=not bare_stop and one.id == person.id)  # fmt: skip
        return outcome or "opt_out"
    body = sender.waiting or text.body
    if sender.waiting:
        work.words = sender.waiting
        reading = work.deps.understanding.read(sender.waiting)
    if person.is_opted_out:
        return _while_opted_out(work, text, person, body, reading)
    if sender.sharing:
        text_person(work, person, phrase(work, "answers.not_known_shared"), kind=Kind.ANSWER)
        return "which_person"
    return _answer(work, text, person, body, reading)


def _answer(work: Work, text: InboundText, person: Person, body: str, reading: Reading) -> str:
    if not body.strip():
        if text.media_count and escalating.relay_to_worker(work, person, "(sent a picture)"):
            return "relay"
        text_person(work, person, phrase(work, "answers.no_text", person), kind=Kind.ANSWER)
        return "no_text"
    question = _open_question(work, person)
    waits_for_human = False
    if escalations.open_of_person(work.conn, person.id):
        asked = _asked(work, person, question, body)
        if question is not None and _is_asked_since(work, person, question, body, reading):
            escalating.relay_to_worker(work, person, body, acknowledge=False, asked=asked)
            return _in_question(work, person, question, body, reading, waits_for_human=True)
        if escalating.relay_to_worker(work, person, body, asked=asked):
            return "relay"
        waits_for_human = escalating.add_words(work, person, body)
    if question is not None and not _is_second_miss(work, person, question, body, reading):
        return _in_question(work, person, question, body, reading, waits_for_human=waits_for_human)
    return read_freely(work, person, body, reading, waits_for_human=waits_for_human)


def _open_question(work: Work, person: Person) -> Conversation | None:
    """The question that is open; not whether they come to an appointment that began a while ago."""
    question = conversations.asking(work.conn, person.id)
    if question is None or question.flow_id not in ASKS_IF_COMING or "appointment" not in question.subject:
        return question
    appointment = appointments.get(work.conn, question.subject["appointment"])
    has_begun = appointment is not None and appointment.starts_at + STILL_COMING < work.now
    return None if has_begun else question


def _asked(work: Work, person: Person, question: Conversation | None, body: str) -> str:
    """What a few words to a worker answer: "NO" says nothing to somebody who does not know the question."""
    if question is None or len(body) > FEW_WORDS:
        return ""
    latest = conversations.latest(work.conn, person.id)
    # Once something else was said, by us or by the worker, it may as well answer that.
    if latest is None or latest[0].id != question.id:
        return ""
    if not escalating.is_silent_since(work, person, since=latest[1], taking_counts=False):
        return ""
    said = outbox.last_of_conversation(work.conn, person.id, question.id) or ""
    found = _QUESTION.findall(said)
    return found[-1].strip() if found else ""


def _is_about_danger(question: Conversation) -> bool:
    """Whether a question asks if they are safe, or if it is safe to text them."""
    is_its_flow = question.flow_id.startswith("danger_") or question.flow_id == "domestic_abuse"
    return is_its_flow or question.step == SAFE_STEP


def _read_in_danger(work: Work, person: Person, reading: Reading) -> Reading:
    """The reading as it counts in the middle of danger: "i took pills" is no question about pills then."""
    if "medical" in reading.danger or reading.opt or not DANGER_IN_DANGER & {i.name for i in reading.intents}:
        return reading
    question = conversations.asking(work.conn, person.id)
    if question is None or not _is_about_danger(question):
        return reading
    return replace(reading, danger=(*reading.danger, "medical"))


def _is_asked_since(work: Work, person: Person, question: Conversation, body: str, reading: Reading) -> bool:
    """Whether a text answers a question that we asked since a worker who has them took that, or wrote: then
    it is not meant for the worker alone. One about danger stands until the worker writes."""
    if not answers_question(work, person, question, body, reading):
        return False
    latest = conversations.latest(work.conn, person.id)
    if latest is None or latest[0].id != question.id:
        return False
    return escalating.is_silent_since(
        work, person, since=latest[1], taking_counts=not _is_about_danger(question)
    )


def _is_second_miss(work: Work, person: Person, question: Conversation, body: str, reading: Reading) -> bool:
    """Whether the menu for a text we could not read is answered by one it has no answer for: that one is then
    read on its own, so that the second in a row fetches a human."""
    return question.flow_id == NOT_UNDERSTOOD and not answers_question(work, person, question, body, reading)


def _in_question(
    work: Work, person: Person, question: Conversation, body: str, reading: Reading, *, waits_for_human: bool
) -> str:
    """An answer counts for the question that is open; a need that is clear and another leaves it for its own.

    A question about danger is left for a need only, and nobody who waits for a human is greeted anew.
    """
    best = reading.best
    flow = work.deps.flows.for_intent(best.name) if best and best.confidence >= SURE else None
    is_other = flow is not None and flow.id not in (question.flow_id, NOT_UNDERSTOOD)
    if best is not None and flow is not None and is_other and not _stays(question, best, waits_for_human):
        # Whatever was asked, somebody who is hurt at home is not answered with the next question of it.
        leaves = best.name == "domestic_abuse" or not answers_question(work, person, question, body, reading)
        if leaves or (best.name in NEEDS and takes_any_text(work, question)):
            start_flow(work, note_understood(work, person), flow.id, intent=best.name)
            return f"flow:{flow.id}"
    understood = answer_question(work, person, question, body, reading)
    if understood:
        note_understood(work, person)
    return f"answer:{question.flow_id}" if understood else f"not_understood:{question.flow_id}"


def _stays(question: Conversation, best: Intent, waits_for_human: bool) -> bool:
    """Whether a question is kept open although the text is about something else."""
    if _is_about_danger(question):
        return best.name not in NEEDS
    return waits_for_human and best.name == "greeting"


def _danger(work: Work, person: Person, sender: Sender, reading: Reading) -> Danger:
    """Numbers at once, and an urgent escalation, whatever else is going on."""
    kind = next(one for one in DANGER_ORDER if one in reading.danger)
    reason = f"danger: {kind.replace('_', ' ')}"
    if sender.sharing:
        names = " or ".join(sorted(one.first_name or "somebody" for one in sender.sharing))
        reason += f" (shared phone: {names})"
    if person.is_opted_out:
        reason += ". They opted out of texts: RING them"
    is_careful = "violence" in reading.danger and _is_at_home(reading)
    # Where minutes count for the body, what helps goes out plainly.
    at_home = is_careful and kind == "violence"
    if is_careful:
        reason += ", may be at home; be careful what you text and ask first"
    escalating.relay_to_worker(work, person, work.words, acknowledge=False)
    escalating.open_escalation(
        work, person, urgency=Urgency.DANGER, reason=reason, need=HOME_NEED if at_home else "danger",
        words=work.words,
    )  # fmt: skip
    if not person.is_opted_out:
        start_flow(work, person, "domestic_abuse" if at_home else f"danger_{kind}", kind=Kind.DANGER)
    return kind


def _is_at_home(reading: Reading) -> bool:
    """Who is hurt at home may not be the only one to read what we text: that is coded, and asks first."""
    return any(one.name == "domestic_abuse" and one.confidence >= AT_HOME for one in reading.intents)


def _means_the_appointment(work: Work, person: Person, body: str) -> bool:
    """Whether a bare "cancel" comes in a thread about an appointment: then it is a question, not a stop."""
    if body.strip().casefold() != "cancel":
        return False
    latest = conversations.latest(work.conn, person.id)
    return latest is not None and "appointment" in latest[0].subject and not latest[0].finished


def _while_opted_out(work: Work, text: InboundText, person: Person, body: str, reading: Reading) -> str:
    """We may not text them: an opt-in opens that again, anything else goes to a human who rings."""
    provider_answers = text.channel is Channel.SMS and (
        is_opt_in_word(text.body, opted_out=True) or text.opt_out_type == "START"
    )
    if provider_answers or reading.opt == "in" or is_opt_in_word(body, opted_out=True):
        back = opting.opt_in(work, person, source="provider" if provider_answers else "person")
        if not provider_answers:
            start_flow(work, back, "opted_in")
        return "opt_in"
    escalating.open_escalation(
        work, person, urgency=Urgency.TODAY, reason="opted out of texts, and wrote: RING them",
        need="opted_out_wrote", words=work.words,
    )  # fmt: skip
    return "opted_out_wrote"
