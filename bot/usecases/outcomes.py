"""What came of a call to the provider, and what is recorded of it; each gives whether the provider took the text."""

from __future__ import annotations

from bot.domain.delivery import Remedy, remedy_for
from bot.domain.messages import OutboxMessage
from bot.errors import SendFailed
from bot.store import claims
from bot.transports.base import Accepted
from bot.usecases import failed_texts
from bot.usecases.record_status import record_accepted
from bot.usecases.work import Work


def accepted(work: Work, message: OutboxMessage, accepted: Accepted) -> bool:
    """The provider has it."""
    record_accepted(work, message, accepted)
    return True


def failed(work: Work, message: OutboxMessage, failure: SendFailed, token: str) -> bool:
    """It was refused, or it is not known whether it was taken."""
    failed_texts.not_accepted(work, message, failure, token=token)
    return False


def give_back(work: Work, message: OutboxMessage, token: str) -> bool:
    """It was not tried after all."""
    claims.give_back(work.conn, [message.id], token=token)
    return False


def not_there(work: Work, message: OutboxMessage) -> bool:
    """A look-up did not find it at the provider."""
    failed_texts.never_made(work, message)
    return False


def not_known(work: Work, failure: SendFailed) -> bool:
    """The provider could not be asked: the look-up comes round again when its lease ends."""
    if remedy_for(failure) is Remedy.STOP:
        failed_texts.stop_sending(work, failure.code)
    return False
