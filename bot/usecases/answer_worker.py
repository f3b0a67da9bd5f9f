"""A text from a worker: stop and start, danger, commands, relay."""

from __future__ import annotations

from bot.domain.calendar import NATIONAL
from bot.domain.escalations import Event
from bot.domain.messages import Channel, InboundText, Kind
from bot.domain.opt_words import is_opt_in_word, is_opt_out_word
from bot.domain.people import Worker
from bot.domain.reading import Reading
from bot.store import events
from bot.usecases import escalating, opting
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work


def answer_worker(work: Work, text: InboundText, worker: Worker, reading: Reading) -> str:
    """Act on a worker's text and give what was made of it.

    A worker who passes danger on to a person is relayed like any other text; danger words that go to nobody
    are taken as the worker's own, answered with numbers, and told to the coordinators.
    """
    if is_opt_out_word(text.body) or text.opt_out_type == "STOP":
        opting.worker_opts(work, worker, out=True)
        if text.channel is Channel.WHATSAPP:
            text_worker(work, worker, phrase(work, "opting.opted_out_confirm"), kind=Kind.ANSWER)
        return "worker_opt_out"
    if is_opt_in_word(text.body) or text.opt_out_type == "START":
        opting.worker_opts(work, worker, out=False)
        return "worker_opt_in"
    if reading.danger and not escalating.is_command(work, worker, text.body):
        events.add(work.conn, Event(at=work.now, kind="worker_danger", worker_id=worker.id))
        text_worker(work, worker, phrase(work, "answers.worker_danger"), kind=Kind.ANSWER)
        escalating.warn_coordinators(
            work,
            worker.areas[0] if worker.areas else NATIONAL,
            phrase(work, "turn.worker_in_danger", worker_name=worker.first_name),
            key=f"worker_danger:{work.answering.inbound_id if work.answering else ''}",
        )
        return "worker_danger"
    if escalating.handle_worker_text(work, worker, text.body, reading):
        return "worker"
    text_worker(work, worker, phrase(work, "answers.worker_unknown_command"), kind=Kind.ANSWER)
    return "worker_not_understood"
