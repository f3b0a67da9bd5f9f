"""Whether a turn takes longer with a thousand times the people."""

from __future__ import annotations

import time
from statistics import median

from tqdm import tqdm

from bench.dialogues import in_turn
from bench.figures import Figure
from bench.seeds import address_of
from bench.town import Towns, open_deps
from bot.deps import Deps
from bot.domain.messages import Channel, InboundText
from bot.usecases.receive_message import receive
from tests.standin.provider import OURS

FEW, MANY = 1_000, 1_000_000
MESSAGES_EACH = 2
PEOPLE_ASKED = 300


def thousandfold(
    towns: Towns, *, few: int = FEW, many: int = MANY, asked: int = PEOPLE_ASKED
) -> list[Figure]:
    """(g) The same texts, one here and one there, in this process; the ratio of the medians."""
    deps = {
        count: open_deps(towns.new(f"people{count}", count, count * MESSAGES_EACH)) for count in (few, many)
    }
    taken: dict[int, list[float]] = {few: [], many: []}
    texts = list(in_turn(range(asked), at_once=asked))
    for number, (person, text) in enumerate(
        tqdm(texts, desc="turns", unit=" turns", leave=False, disable=towns.quiet or None)
    ):
        for count in (few, many):
            # Spread over all there are, so that the large one reads what it has not read before.
            somebody = person * (count // asked)
            taken[count].append(_turn(deps[count], somebody, text, number))
    for one in deps.values():
        one.store.close()
    small, large = median(taken[few]), median(taken[many])
    return [
        Figure("g", f"a turn at {many:,} people against {few:,}", large / small, "", 1.3,
               beside=f"{large * 1000:.2f} ms against {small * 1000:.2f} ms, {len(texts)} turns each")
    ]  # fmt: skip


def _turn(deps: Deps, person: int, text: str, number: int) -> float:
    inbound = InboundText(
        provider_id=f"SMG{number}", address=address_of(person), to_address=OURS, body=text,
        channel=Channel.SMS, media_count=0, opt_out_type=None,
    )  # fmt: skip
    began = time.perf_counter()
    receive(deps, inbound, now=deps.clock())
    return time.perf_counter() - began
