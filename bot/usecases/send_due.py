"""Hand over what is due: claim, commit, call the provider, record. No transaction is open during a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.deps import Deps
from bot.domain.delivery import Remedy, remedy_for
from bot.domain.messages import DeliveryStatus, OutboxMessage, OutgoingMessage
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.errors import SendFailed
from bot.store import claims, outbox, rates
from bot.store.claims import Claimed
from bot.store.database import UNAVAILABLE
from bot.transports.base import Reporting
from bot.usecases import failed_texts, outcomes
from bot.usecases.calls_under_way import Call, CallsUnderWay, Ended, Settle
from bot.usecases.record_status import record_status
from bot.usecases.still_wanted import is_stale, why_refused
from bot.usecases.texting import STARTED_BY_US
from bot.usecases.work import Work

log = structlog.get_logger()

BATCH = 200
# A tick takes its last claim after this, and begins no call later than that, both in seconds: with the longest
# call there is, every claim is settled before its lease ends and another host looks at it.
CLAIM_FOR = 10.0
CALL_FOR = 30.0
# How long calls are waited for before what fell due meanwhile is claimed beside them; and once all that was due
# is claimed, the time until the next look: turns wait for each look, and no text minds that.
LOOK_AGAIN = 0.2
PAUSE = 0.05


def send_due(deps: Deps, *, now: datetime) -> int:
    """Hand over every text that is due and may go; gives how many the provider took.

    Safe on several hosts and threads at once. What falls due while calls are under way is claimed beside
    them, danger and pages even when every other call hangs; so the instant goes on with the time that the tick
    takes, unless the clock is one that is moved. Ends early when the sender's rate is used up, when sending
    is stopped, or after some seconds; the rest stays due, and calls that hang still are recorded when they end.
    First it looks after what earlier ticks left behind.
    """
    tick = _Tick(deps, now)
    if tick.is_stopped():
        return 0
    try:
        tick.look_after_what_was_left()
        while not tick.is_over and (tick.hand_over_a_batch() or tick.calls):
            tick.settle(within=LOOK_AGAIN)
    finally:
        tick.end()
    return tick.accepted


class _Tick:
    def __init__(self, deps: Deps, now: datetime) -> None:
        self.deps = deps
        self.now = now
        self.accepted = 0
        # Only how long this tick has taken, never what time it is.
        self._began = time.monotonic()
        self._halt = threading.Event()
        self.calls = CallsUnderWay(deps.transport.threads, queue=BATCH)
        self._slow_down = False
        self._all_claimed = False
        settings = deps.settings
        limited = not settings.uses_simulator and settings.held_clock is None
        self._per_second = settings.twilio_sends_per_second if limited else None
        self._sender = settings.twilio_messaging_service_sid or settings.twilio_from or "simulator"

    @property
    def is_over(self) -> bool:
        return self._halt.is_set() or self._slow_down or self._elapsed() > CLAIM_FOR

    @property
    def _instant(self) -> datetime:
        """`now`, gone on by the time this tick has taken."""
        stands = self.deps.is_clock_movable or self.deps.transport.threads == 1
        return self.now if stands else self.now + timedelta(seconds=self._elapsed())

    def is_stopped(self) -> bool:
        with self.deps.store.read() as conn:
            until = rates.stopped_until(conn)
        return until is not None and until > self.now

    def look_after_what_was_left(self) -> None:
        """Claims of a host that died are due again; hand-overs without an answer are looked up."""
        token = self.deps.new_id()
        with self.deps.store.begin(shares=True) as conn:
            back = claims.recover(conn, now=self.now)
            lost = claims.unanswered(conn, token=token, most=BATCH, now=self.now)
            taken = {m.id: outbox.provider_ids_of(conn, m.address, m.body) for m in lost}
        if back or lost:
            log.info("left_behind", claimed=back, unanswered=len(lost))
        self._carry_out(lost, partial(self._look_up, taken))

    def hand_over_a_batch(self) -> bool:
        """Claim and send what there is room for; False when nothing was there, or the rate is used up."""
        token = self.deps.new_id()
        claimed, ready, slots = self._claim(token)
        self._carry_out(ready, partial(self._send, token), slots)
        self._fetch_reports()
        return claimed > 0

    def settle(self, *, within: float) -> None:
        """Record what has ended, after waiting that many seconds at most while much is under way."""
        if self._all_claimed and self.deps.transport.threads > 1:
            self._halt.wait(PAUSE)
        ended = self.calls.ended(within=within)
        if ended:
            self._record(ended)

    def end(self) -> None:
        """Wait for what is under way if it ends soon, or if a clock that is moved must know; leave the rest."""
        while self.calls and (self.deps.is_clock_movable or self._elapsed() < CLAIM_FOR):
            self.settle(within=LOOK_AGAIN)
        self.calls.leave(self._record)
        self._fetch_reports()

    def _claim(self, token: str) -> tuple[int, list[OutboxMessage], Sequence[datetime]]:
        """How many were claimed, which of them may go still, and when each.

        With the claim it is recorded that the provider is about to be called for these.
        """
        most = min(BATCH, self.calls.room)
        only_urgent = most == 0
        if only_urgent:
            most = self.calls.urgent_room
        if most == 0:
            return 0, [], ()
        slots: Sequence[datetime] = ()
        with self.deps.store.begin(shares=True) as conn:
            work = Work(self.deps, conn, self._instant)
            allowed = self._allowance(work)
            if allowed is not None:
                most = min(most, allowed.count)
            claimed = (
                claims.claim(conn, token=token, most=most, now=work.now, only_urgent=only_urgent) if most else []
            )
            if allowed is not None:
                slots = rates.use(conn, allowed, len(claimed))
            ready = [one.message for one in claimed if self._may_go(work, one, token)]
            ours = claims.hand_over(conn, [m.id for m in ready], token=token, now=work.now)
        self._all_claimed = len(claimed) < most
        return len(claimed), [message for message in ready if message.id in ours], slots

    def _allowance(self, work: Work) -> rates.Allowance | None:
        if self._per_second is None:
            return None
        return rates.allowance(work.conn, self._sender, per_second=self._per_second, now=work.now)

    def _may_go(self, work: Work, one: Claimed, token: str) -> bool:
        """Whether a claimed text may go still; if not it waits, or ends with its reason."""
        message = one.message
        if (reason := why_refused(one)) is not None:
            self._refuse(work, message, reason)
        elif is_stale(one, work.now):
            late = DeliveryStatus.SKIPPED
            outbox.advance(work.conn, message.id, late, now=work.now, reason="too_late")
        elif (until := self._quiet_until(one)) is not None:
            claims.wait(work.conn, message.id, token=token, until=until)
        else:
            return True
        return False

    def _refuse(self, work: Work, message: OutboxMessage, reason: str) -> None:
        try:
            with work.conn.begin_nested():
                failed_texts.refuse(work, message, reason)
        except UNAVAILABLE:
            raise
        except Exception:
            # It stays claimed, unsent, and comes round again when its lease ends.
            log.exception("refusal_not_recorded", outbox_id=message.id)

    def _quiet_until(self, one: Claimed) -> datetime | None:
        if one.message.kind not in STARTED_BY_US or one.person is None:
            return None
        allowed = next_allowed(quiet_hours_of(one.person, self.deps.calendar.zone), self.now)
        return allowed if allowed > self.now else None

    def _carry_out(
        self, messages: Sequence[OutboxMessage], call: Call, slots: Sequence[datetime] = ()
    ) -> None:
        """Begin the calls, each in its slot.

        A claim holds at most one text an address, so calls at the same time keep the order of each.
        """
        for number, message in enumerate(messages):
            self._await_slot(slots, number)
            try:
                self.calls.begin(message, call)
            except RuntimeError:
                # This process is ending: what was handed over and not called is looked up by another host.
                self._halt.set()
                return

    def _await_slot(self, slots: Sequence[datetime], number: int) -> None:
        if number < len(slots):
            early = (slots[number] - self.now).total_seconds() - self._elapsed()
            if early > 0:
                self._halt.wait(early)

    def _send(self, token: str, message: OutboxMessage) -> Settle:
        if self._halt.is_set() or self._elapsed() > CALL_FOR:
            return lambda work: outcomes.give_back(work, message, token)
        try:
            accepted = self.deps.transport.send(self._outgoing(message))
        except Exception as error:
            failure = self._understood(error, message)
            return lambda work: outcomes.failed(work, message, failure, token)
        return lambda work: outcomes.accepted(work, message, accepted)

    def _look_up(self, taken: Mapping[int, frozenset[str]], message: OutboxMessage) -> Settle:
        if self._halt.is_set() or self._elapsed() > CALL_FOR:
            return lambda work: False
        since = message.handed_at or message.created_at
        try:
            found = self.deps.transport.find(self._outgoing(message), since=since, taken=taken[message.id])
        except Exception as error:
            failure = self._understood(error, message)
            return lambda work: outcomes.not_known(work, failure)
        if found is None:
            return lambda work: outcomes.not_there(work, message)
        return lambda work: outcomes.accepted(work, message, found)

    def _understood(self, error: Exception, message: OutboxMessage) -> SendFailed:
        """What a call raised. Anything but `SendFailed` is a fault of ours: the text may have gone."""
        if not isinstance(error, SendFailed):
            log.error("call_broke", outbox_id=message.id, exc_info=error)
            return SendFailed(f"the call broke ({type(error).__name__})", retry=True, ambiguous=True)
        match remedy_for(error):
            case Remedy.STOP:
                self._halt.set()
            case Remedy.WAIT:
                self._slow_down = True
        return error

    def _outgoing(self, message: OutboxMessage) -> OutgoingMessage:
        callback = f"{self.deps.settings.public_url.rstrip('/')}/twilio/status?m={message.id}"
        return OutgoingMessage(message.id, message.address, message.body, message.channel, callback)

    def _record(self, settled: Sequence[Ended]) -> None:
        """Record in one transaction; when that fails one by one, so that one text holds up no other."""
        took = 0
        try:
            with self.deps.store.begin(shares=True) as conn:
                work = Work(self.deps, conn, self._instant)
                took = sum(settle(work) for _, settle in settled)
                if took:
                    rates.go_on(conn)
        except Exception:
            log.exception("outcome_not_recorded", outbox_ids=[message.id for message, _ in settled])
            if len(settled) > 1:
                for one in settled:
                    self._record([one])
            return
        self.accepted += took

    def _fetch_reports(self) -> None:
        if isinstance(self.deps.transport, Reporting):
            for report in self.deps.transport.take_reports():
                record_status(
                    self.deps,
                    provider_id=report.provider_id,
                    status=report.status,
                    error_code=report.error_code,
                    outbox_id=report.outbox_id,
                    now=self.now,
                )

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
