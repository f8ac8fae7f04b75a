"""The best deal of one round, found as a flow of least cost (network simplex) in whole numbers.

"Best" is read strictly from left to right: fewest people without any wish, then fewest with the last rank, then fewest
with the rank before it, and so on (the literature calls it a generous maximum matching); among equally good deals, the
first to choose gets the best wish that such a deal can give, then the second, and so on. Exactly one deal is the best
in this sense, so that the result does not depend on the version of the library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

# What one person can get: the rank of a wish, from 0, and the session.
Choices = tuple[tuple[int, str], ...]

# How many people choose within one flow. The numbers grow with it, the flows get fewer: about the quickest.
_AT_ONCE = 300
_EXIT = ("exit", "")
_NOTHING = ("nothing", "")


def method() -> str:
    return f"networkx {version('networkx')}"


def best_deal(
    choosers: Sequence[Choices], seats: Mapping[str, int], noticed: Callable[[int, int], None] | None = None
) -> list[str | None]:
    """The session of each chooser, or None. `choosers` come in the order in which they choose, their wishes best first.

    `seats` are those to be dealt; a session it does not name has none. `noticed` hears how many of how many are done.
    """
    free = dict(seats)
    given: list[str | None] = []
    while len(given) < len(choosers):
        rest = choosers[len(given) :]
        for session in _flow(rest[:_AT_ONCE], Counter(rest[_AT_ONCE:]), free):
            given.append(session)
            if session is not None:
                free[session] -= 1
        if noticed is not None:
            noticed(len(given), len(choosers))
    return given


def _flow(choosers: Sequence[Choices], later: Mapping[Choices, int], free: Mapping[str, int]) -> list[str | None]:
    """What some get, in a best deal for them and all who choose later: these are counted by their wishes."""
    # Imported here, because it costs 28 MB of memory that a server without breakouts never needs.
    import networkx

    costs = _Costs(choosers, later)
    graph = networkx.DiGraph()
    graph.add_node(_EXIT, demand=len(choosers) + sum(later.values()))
    graph.add_edge(_NOTHING, _EXIT)
    for session, seats in free.items():
        graph.add_edge(("session", session), _EXIT, capacity=seats)
    wishing = [(number, choices, 1) for number, choices in enumerate(choosers)]
    wishing += [(number, choices, people) for number, (choices, people) in enumerate(later.items(), len(choosers))]
    for number, choices, people in wishing:
        graph.add_node(("people", number), demand=-people)
        for level, (rank, session) in enumerate(choices):
            if free.get(session):
                graph.add_edge(("people", number), ("session", session), weight=costs.of(number, rank, level))
        nothing = costs.of(number, costs.no_rank, len(choices))
        graph.add_edge(("people", number), _NOTHING, weight=nothing)
    _cost, flow = networkx.network_simplex(graph)
    return [_end(flow["people", number]) for number in range(len(choosers))]


def _end(arcs: Mapping[tuple[str, str], int]) -> str | None:
    """Where the one unit goes that leaves a person."""
    kind, session = next(node for node, units in arcs.items() if units)
    return session if kind == "session" else None


class _Costs:
    """Costs that order deals strictly: one step worse outweighs all that could be better further right.

    A cost is a number with two parts. The upper has a place of its own for each rank, wide enough to count all people;
    the lower one for each of those who choose, the first to choose leftmost, wide enough for any level of theirs.
    """

    def __init__(self, choosers: Sequence[Choices], later: Mapping[Choices, int]) -> None:
        everybody = [*choosers, *later]
        self.no_rank = 1 + max(rank for choices in everybody for rank, _session in choices)
        self._choosing = len(choosers)
        self._rank_bits = (len(choosers) + sum(later.values())).bit_length()
        self._level_bits = max(len(choices) for choices in everybody).bit_length()

    def of(self, number: int, rank: int, level: int) -> int:
        """What it costs that someone gets a wish of this rank, which is their wish number `level` in this run."""
        good = 1 << (self._rank_bits * rank + self._level_bits * self._choosing)
        if number >= self._choosing:
            return good
        return good + (level << (self._level_bits * (self._choosing - 1 - number)))
