"""What a scan means once all scans of that person at that point are known: the instants decide, not their arrival."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from eventsys.checkin.models import Direction, Outcome, Repeats
from eventsys.checkin.rules.terms import Admittance, Passage, Presence


def told(passages: Iterable[Passage], *, repeats: str = Repeats.DAILY) -> tuple[list[Passage], Presence]:
    """The passages of one person, point and local day with what each is to be told, and how the person stands.

    The instants alone decide, never the order of arrival: the first `in` admits, another one finds the person already
    in, `out` lets them leave, and after it `in` admits again.
    """
    first: Passage | None = None
    is_inside, last_at = False, None
    answered: list[Passage] = []
    for passage in sorted(passages, key=attrgetter("at", "order")):
        outcome = _step(passage.direction, is_inside=is_inside, repeats=repeats)
        if outcome == Outcome.ADMITTED and first is None:
            first = passage
        if outcome != Outcome.ALREADY_IN:
            is_inside, last_at = outcome == Outcome.ADMITTED, passage.at
        admittance = Admittance(first.at, first.device) if first else None
        answered.append(replace(passage, outcome=outcome, first=admittance))
    return answered, Presence(first=first, is_inside=is_inside, last_at=last_at)


def numbered(passage: Passage, order: int) -> Passage:
    """The same passage at its place in our books."""
    return replace(passage, order=order)


def _step(direction: str, *, is_inside: bool, repeats: str) -> Outcome:
    if direction == Direction.OUT:
        return Outcome.LEFT
    return Outcome.ALREADY_IN if is_inside and repeats != Repeats.ALWAYS else Outcome.ADMITTED
