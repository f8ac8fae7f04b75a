"""Who may pass a door: one list of conditions, read by the server here and by the scanner's page in the browser.

The list is data, so that a door without network judges by the very same: the snapshot carries it, and
`static/js/checkin/judging.js` reads it. Both are held to `tests/checkin/vectors.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from eventsys.checkin.models import Direction, Outcome
from eventsys.checkin.rules.terms import Entry, Holder, Place

# (operation, fact, operand): the operand is a fact too, but for `is`, which compares with the word itself.
Test = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Who meets all `tests` is refused with `outcome`. `direction` None asks it of both ways.

    Who leaves is asked for a ticket of this event and for a point where one may leave, and nothing else: a door that
    closed must not keep people in. Where one passes one way, nobody leaves: they would be handed a second lunch.
    """

    outcome: Outcome
    tests: tuple[Test, ...]
    direction: Direction | None = Direction.IN


CONDITIONS: Final = (
    Condition(Outcome.UNKNOWN, (("missing", "holder"),), None),
    Condition(Outcome.WRONG_EVENT, (("differs", "holder.event_id", "event_id"),), None),
    Condition(Outcome.WRONG_POINT, (("missing", "place"),), None),
    Condition(Outcome.WRONG_POINT, (("absent", "place.is_two_way"),), Direction.OUT),
    Condition(Outcome.REPLACED, (("present", "holder.is_replaced"),), None),
    Condition(Outcome.CANCELLED, (("is", "holder.state", "cancelled"),)),
    Condition(Outcome.NOT_CONFIRMED, (("lacks", "place.states", "holder.state"),)),
    Condition(Outcome.WRONG_MODE, (("lacks", "place.modes", "holder.mode"),)),
    Condition(Outcome.WRONG_TYPE, (("present", "place.types"), ("lacks", "place.types", "holder.type"))),
    Condition(
        Outcome.WRONG_DAY, (("present", "place.asks_day"), ("present", "holder.days"), ("lacks", "holder.days", "day"))
    ),
    Condition(Outcome.NOT_SIGNED_UP, (("present", "place.session"), ("lacks", "holder.sessions", "place.session"))),
    Condition(Outcome.TOO_EARLY, (("before", "at", "place.opens_at"),)),
    Condition(Outcome.TOO_LATE, (("before", "place.closes_at", "at"),)),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the conditions ask about, by the names they use. `day` (2026-12-03) is that of the point, else the local
    day of the scan."""

    holder: Holder | None
    place: Place | None
    event_id: int
    at: Any
    day: str


_Asked = Callable[[Facts], bool]
_ALONE: dict[str, Callable[[Any], bool]] = {
    "missing": lambda fact: fact is None,
    "present": bool,
    "absent": lambda fact: not fact,
}
_PAIRED: dict[str, Callable[[Any, Any], Any]] = {
    "is": lambda fact, word: fact == word,
    "differs": lambda fact, operand: fact != operand,
    "lacks": lambda facts, operand: operand not in facts,
    "before": lambda fact, operand: fact < operand,
}


def _ready(test: Test) -> _Asked:
    """A test as a function of the facts: prepared once, asked hundreds of times a second."""
    operation, name, *operand = test
    fact = attrgetter(name)
    if operation in _ALONE:
        alone = _ALONE[operation]
        return lambda facts: alone(fact(facts))
    paired = _PAIRED[operation]
    if operation == "is":
        word = operand[0]
        return lambda facts: bool(paired(fact(facts), word))
    other = attrgetter(operand[0])
    return lambda facts: bool(paired(fact(facts), other(facts)))


_READY: Final = {
    direction: [
        (condition.outcome, [_ready(test) for test in condition.tests])
        for condition in CONDITIONS
        if condition.direction in (None, direction)
    ]
    for direction in Direction
}


def judge(entry: Entry, holder: Holder | None, place: Place | None, *, event_id: int, day: str) -> Outcome | None:
    """What refuses this scan, or None where the person may pass and only their other scans decide.

    `day` (2026-12-03) is the local day of the scan; a point of a day asks for its own.
    """
    facts = Facts(holder, place, event_id, entry.at, (place and place.day) or day)
    for outcome, tests in _READY[Direction(entry.direction)]:
        for holds in tests:
            if not holds(facts):
                break
        else:
            return outcome
    return None


def said_conditions() -> list[list[Any]]:
    """The conditions as a device gets them: `[outcome, direction or null, [[operation, fact, operand], …]]`, in the
    order in which they are asked."""
    return [
        [condition.outcome.value, condition.direction, [list(test) for test in condition.tests]]
        for condition in CONDITIONS
    ]
