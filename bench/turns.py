"""Whole inbound turns over HTTP: against the bare ceiling, and at a steady rate with a full database."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from sqlalchemy import func, select, update
from tqdm import tqdm

from bench.client import Outcome, closed_loop, open_loop, webhook
from bench.dialogues import in_turn
from bench.figures import Figure
from bench.postgresql import durable_postgresql
from bench.processes import Server, bare, gatepost, stand_in
from bench.seeds import address_of
from bench.town import Towns
from bot.deps import real_now
from bot.domain.messages import DeliveryStatus
from bot.store import rates
from bot.store.database import Store
from bot.store.schema import inbound, outbox

CONNECTIONS = 8
AT_ONCE = 50
ROUNDS = 9
PEOPLE_A_ROUND = 250
PER_SECOND = 200
SECONDS = 30
_PATH = "/twilio/sms"


def against_bare(towns: Towns, *, rounds: int = ROUNDS, people: int = PEOPLE_A_ROUND) -> list[Figure]:
    """(a) The same texts to both servers in turns, from fifty people at once; the median of the ratios.

    What turns cause to be sent (pages to workers) goes out meanwhile, as it does in life: that figure is held
    against the goal: the bare server saves each text by itself, as the goal says. Beside it, without a goal: a bare
    server that commits texts together as turns are, the same with sending put off, and on PostgreSQL.
    """
    what = "turns"
    found = [_against_bare(towns, what, towns.empty(what), towns.empty("bare"), rounds, people)]
    what = "turns, bare server shares commits"
    found.append(
        _against_bare(towns, what, towns.empty("shared"), towns.empty("bare"), rounds, people, shares=True)
    )
    what = "turns, sending put off"
    found.append(
        _against_bare(towns, what, towns.empty("unsent"), towns.empty("bare"), rounds, people, sends=False)
    )
    with durable_postgresql() as server:
        if server is not None:
            what = "turns, PostgreSQL"
            databases = server.new_database(), server.new_database()
            found.append(_against_bare(towns, what, *databases, rounds, people))
    for beside in found[1:]:
        beside.goal = None
    return found


def at_a_steady_rate(
    towns: Towns,
    *,
    url: str | None = None,
    per_second: int = PER_SECOND,
    seconds: int = SECONDS,
    on: str = "",
) -> list[Figure]:
    """(b) Texts that come at their instants whatever the answers take, to 100,000 people with a past."""
    url = url or towns.large
    with stand_in() as provider, gatepost(url, provider=provider) as server:
        steady_load(towns, url, server, per_second=per_second, seconds=max(seconds // 5, 1))
        outcome = steady_load(towns, url, server, per_second=per_second, seconds=seconds)
    conclude(url)
    held = len(outcome.taken) / outcome.seconds
    return [
        Figure("b", f"p99 of a turn at {per_second}/s{on}", outcome.quantile(0.99) * 1000, "ms", 50,
               beside=f"p50 {outcome.quantile(0.5) * 1000:.1f} ms, {held:.0f}/s held, at most "
                      f"{outcome.most_waiting} waiting, {outcome.failed} failed")
    ]  # fmt: skip


def steady_load(towns: Towns, url: str, server: Server, *, per_second: int, seconds: int) -> Outcome:
    """Texts at that rate for so long; each person waits some seconds between theirs."""
    wanted = per_second * seconds
    people = towns.people(url, wanted // 3)
    texts = list(in_turn(people, at_once=max(len(people) // 4, 1)))[:wanted]
    requests = [
        webhook(f"{server.url}{_PATH}", sid=_sid(people, number), sender=address_of(person), body=text)
        for number, (person, text) in enumerate(texts)
    ]
    return open_loop(server.url, requests, per_second=per_second, connections=4 * CONNECTIONS)


def _against_bare(
    towns: Towns, what: str, url: str, bare_url: str, rounds: int, people: int, *, sends: bool = True,
    shares: bool = False,
) -> Figure:  # fmt: skip
    towns.fill(url, (rounds + 1) * people, (rounds + 1) * people * 10)
    if not sends:
        _put_off_sending(url)
    with stand_in() as provider, gatepost(url, provider=provider) as whole, bare(
        bare_url, shares=shares
    ) as ceiling:
        ratio, whole_rate, bare_rate = _compare(towns, url, whole, ceiling, rounds, people)
    conclude(url)
    return Figure(
        "a", f"whole {what}, against the bare ceiling", ratio, "", 0.5, at_most=False,
        beside=f"{whole_rate:.0f} turns/s whole, {bare_rate:.0f}/s bare, {CONNECTIONS} connections",
    )  # fmt: skip


def _put_off_sending(url: str) -> None:
    store = Store(url)
    with store.begin() as conn:
        rates.stop_until(conn, real_now() + timedelta(hours=1))
    store.close()


def _compare(
    towns: Towns, url: str, whole: Server, ceiling: Server, rounds: int, people: int
) -> tuple[float, float, float]:
    found: list[tuple[float, float]] = []
    # The first round warms both up.
    for _ in tqdm(range(rounds + 1), desc="turns", unit=" rounds", leave=False, disable=towns.quiet or None):
        group = towns.people(url, people)
        rates = []
        for server in (ceiling, whole):
            outcome = closed_loop(server.url, _lanes(server, group))
            if outcome.failed:
                raise RuntimeError(f"{outcome.failed} turns failed")
            rates.append(outcome.per_second)
        found.append((rates[1], rates[0]))
    found = found[1:]
    ratio = median(one / other for one, other in found)
    return ratio, median(one for one, _ in found), median(other for _, other in found)


def _lanes(server: Server, people: range) -> list[list[bytes]]:
    """Every person's texts on one connection, so that they come in order."""
    lanes: list[list[bytes]] = [[] for _ in range(min(CONNECTIONS, len(people)))]
    for number, (person, text) in enumerate(in_turn(people, at_once=AT_ONCE)):
        request = webhook(
            f"{server.url}{_PATH}", sid=_sid(people, number), sender=address_of(person), body=text
        )
        lanes[person % len(lanes)].append(request)
    return lanes


def _sid(people: range, number: int) -> str:
    return f"SMB{people.start}x{number}"


def conclude(url: str) -> None:
    """Make sure that no turn failed inside, and report the answers as delivered, as a provider would.

    A turn that fails is answered too, and must not pass for one that went well.

    Raises:
        RuntimeError: some failed.
    """
    store = Store(url)
    with store.begin() as conn:
        failed = conn.execute(
            select(func.count()).select_from(inbound).where(inbound.c.outcome == "failed")
        ).scalar_one()
        conn.execute(
            update(outbox)
            .where(outbox.c.status == DeliveryStatus.HANDED_OVER.value)
            .values(status=DeliveryStatus.DELIVERED.value, claimed_at=None)
        )
    store.close()
    if failed:
        raise RuntimeError(f"{failed} turns failed inside")
