"""How the steps of all flows hang together: what leads where, and what within one turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.engine.definition import END, AnyStep, Ask, End, Flow, SubFlow, Wait
from bot.engine.exits import exits_of

Place = tuple[str, str]  # flow, step


def targets_of(step: AnyStep) -> list[str]:
    """The steps a step leads to, each once."""
    return list(dict.fromkeys(go for go in exits_of(step).values() if go is not None))


def reached(flow: Flow, start: str | None = None) -> set[str]:
    """The steps that can be reached from one (by default the flow's first)."""
    found: set[str] = set()
    waiting = [start or flow.start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in flow.steps:
            continue
        found.add(name)
        waiting += targets_of(flow.steps[name])
    return found


def can_end(flow: Flow) -> set[str]:
    """The steps from which the flow can come to an end."""
    good = {name for name, step in flow.steps.items() if isinstance(step, End) or END in targets_of(step)}
    while True:
        more = {
            name for name, step in flow.steps.items() if name not in good and good & set(targets_of(step))
        }
        if not more:
            return good
        good |= more


class FlowMap:
    """Several flows as one graph of what runs within a single turn."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._flows: Mapping[str, Flow] = {flow.id: flow for flow in flows}
        self._passable = self._find_passable()

    def _find_passable(self) -> set[str]:
        """Flows with a way from start to end without a question or a wait."""
        passable: set[str] = set()
        while True:
            more = {flow_id for flow_id in self._flows if flow_id not in passable} & {
                flow_id for flow_id in self._flows if self._runs_through(flow_id, passable)
            }
            if not more:
                return passable
            passable |= more

    def _runs_through(self, flow_id: str, passable: set[str]) -> bool:
        flow = self._flows[flow_id]
        seen: set[str] = set()
        waiting = [flow.start]
        while waiting:
            name = waiting.pop()
            if name == END and END not in flow.steps:
                return True
            step = flow.steps.get(name)
            if step is None or name in seen or isinstance(step, Ask | Wait):
                continue
            if isinstance(step, End):
                return True
            seen.add(name)
            if not isinstance(step, SubFlow) or step.flow in passable:
                waiting += targets_of(step)
        return False

    def at_once(self, place: Place) -> Iterator[Place]:
        """Where a turn goes on to from a step, sub-flows included."""
        flow = self._flows[place[0]]
        step = flow.steps.get(place[1])
        if step is None or isinstance(step, Ask | Wait | End):
            return
        if isinstance(step, SubFlow):
            if step.flow in self._flows:
                yield step.flow, self._flows[step.flow].start
            if step.flow not in self._passable:
                return
        for name in targets_of(step):
            if name in flow.steps:
                yield flow.id, name

    def endless(self) -> list[tuple[Place, ...]]:
        """Rounds of steps that would run for ever within a turn, each once."""
        rounds: dict[frozenset[Place], tuple[Place, ...]] = {}
        done: set[Place] = set()
        for start in [(flow.id, name) for flow in self._flows.values() for name in flow.steps]:
            path: list[Place] = []
            on_path: set[Place] = set()
            stack: list[tuple[Place, Iterator[Place]]] = []

            def enter(
                place: Place,
                path: list[Place] = path,
                on_path: set[Place] = on_path,
                stack: list[tuple[Place, Iterator[Place]]] = stack,
            ) -> None:
                path.append(place)
                on_path.add(place)
                stack.append((place, self.at_once(place)))

            if start in done:
                continue
            enter(start)
            while stack:
                place, ahead = stack[-1]
                following = next(ahead, None)
                if following is None:
                    stack.pop()
                    path.pop()
                    on_path.discard(place)
                    done.add(place)
                elif following in on_path:
                    found = tuple(path[path.index(following) :])
                    rounds.setdefault(frozenset(found), found)
                elif following not in done:
                    enter(following)
        return list(rounds.values())

    def longest_turn(self, flow_id: str) -> int:
        """The most steps one turn of this flow may take; meaningful only when nothing is endless."""
        lengths: dict[Place, int] = {}
        flow = self._flows[flow_id]
        return max((self._length((flow_id, name), lengths, frozenset()) for name in flow.steps), default=0)

    def _length(self, place: Place, lengths: dict[Place, int], above: frozenset[Place]) -> int:
        if place in above:
            return 0
        if place not in lengths:
            step = self._flows[place[0]].steps.get(place[1])
            ahead = [self._length(after, lengths, above | {place}) for after in self.at_once(place)]
            together = sum(ahead) if isinstance(step, SubFlow) else max(ahead, default=0)
            lengths[place] = 1 + together
        return lengths[place]
