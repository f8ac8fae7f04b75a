"""How people come: the curve of past events, what it says of the next hour, and how long the queue will be.

Shares of arrivals are counted by minute from three hours before an event's start until three hours after it. The queue
is a fluid: each minute the expected arrivals flow in and what the desks can take flows out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

FIRST, LAST = -180, 180
# An event of which fewer came tells more of chance than of habit.
LEAST_PAST = 20
# Where no past is known: six of ten come in the last half hour. (Minute, share that has come by its end.)
_USUAL = ((FIRST, 0.0), (-90, 0.04), (-60, 0.12), (-30, 0.30), (0, 0.90), (30, 0.96), (LAST, 1.0))
USUAL_SHOW = 0.85
# People a minute that one desk takes: what vendors and volunteers reach lies between 4 and 12.
USUAL_PACE, SLOWEST, FASTEST = 8.0, 4.0, 20.0
LONGEST_WAIT = 5.0
HORIZON = 90


@dataclass(frozen=True)
class Habit:
    """How people came before: `shares[m]` is the share that has come by the end of minute FIRST + m, `show` the share
    of those registered that came at all, `events` of how many events this was seen."""

    shares: tuple[float, ...]
    show: float
    events: int

    def by(self, minute: int) -> float:
        """The share that has come by the end of a minute relative to the start."""
        if minute < FIRST:
            return 0.0
        return self.shares[min(minute, LAST) - FIRST]


@dataclass(frozen=True)
class PastEvent:
    """One event of the past: how many came in each minute relative to its start, of how many registered."""

    registered: int
    came: Mapping[int, int]


def habit_of(past: Sequence[PastEvent]) -> Habit:
    """The mean of past events, each weighing the same; the usual curve where none is known."""
    known = [event for event in past if sum(event.came.values()) >= LEAST_PAST]
    if not known:
        return Habit(tuple(_usual(minute) for minute in range(FIRST, LAST + 1)), USUAL_SHOW, 0)
    curves = [_cumulated(event.came) for event in known]
    shares = tuple(sum(column) / len(known) for column in zip(*curves, strict=True))
    registered, came = sum(event.registered for event in known), sum(sum(event.came.values()) for event in known)
    return Habit(shares, min(1.0, came / registered) if registered else USUAL_SHOW, len(known))


def _usual(minute: int) -> float:
    for (begin, low), (end, high) in pairwise(_USUAL):
        if minute <= end:
            return low + (high - low) * (minute - begin) / (end - begin)
    return 1.0


def _cumulated(came: Mapping[int, int]) -> list[float]:
    total, so_far, curve = sum(came.values()), 0, []
    early = sum(number for minute, number in came.items() if minute < FIRST)
    for minute in range(FIRST, LAST + 1):
        so_far += came.get(minute, 0)
        curve.append((so_far + early) / total)
    curve[-1] = 1.0
    return curve


@dataclass(frozen=True)
class Queue:
    """What is expected: `arrivals` a minute from now on, the longest queue in people and minutes of waiting and in how
    many minutes it stands, the desks that scan and how many are needed so that nobody waits longer than LONGEST_WAIT
    minutes."""

    arrivals: tuple[float, ...]
    total: float
    people: int
    wait: float
    in_minutes: int
    desks: int
    pace: float
    needed: int


def queue_of(habit: Habit, *, minute: int, registered: int, came: int, desks: int, pace: float | None = None) -> Queue:
    """The queue of the next HORIZON minutes, `minute` being now relative to the start; `pace` is what one desk took a
    minute when it was busy."""
    total = _total(habit, minute, registered, came)
    arrivals = _arrivals(habit, minute, max(0.0, total - came))
    pace = min(max(pace or USUAL_PACE, SLOWEST), FASTEST)
    needed = _needed(arrivals, pace)
    people, at = _longest(arrivals, pace * desks)
    wait = people / (pace * desks) if desks else 0.0
    return Queue(tuple(arrivals), total, round(people), wait, at, desks, pace, needed)


def _total(habit: Habit, minute: int, registered: int, came: int) -> float:
    """How many will have come in the end: habit says it at first, those who came say it more and more."""
    by_habit, seen = registered * habit.show, habit.by(minute)
    by_count = came / seen if seen else by_habit
    return min(max(by_habit * (1 - seen) + by_count * seen, came), max(registered, came))


def _arrivals(habit: Habit, minute: int, rest: float) -> list[float]:
    left = 1 - habit.by(minute)
    if left <= 0:
        return [0.0] * HORIZON
    return [rest * (habit.by(m + 1) - habit.by(m)) / left for m in range(minute, minute + HORIZON)]


def _longest(arrivals: Sequence[float], capacity: float) -> tuple[float, int]:
    """The longest queue and after how many minutes it stands."""
    waiting, most, at = 0.0, 0.0, 0
    for number, coming in enumerate(arrivals, start=1):
        waiting = max(0.0, waiting + coming - capacity)
        if waiting > most:
            most, at = waiting, number
    return most, at


def _needed(arrivals: Sequence[float], pace: float) -> int:
    """The fewest desks with which nobody waits longer than LONGEST_WAIT; none where nobody is expected."""
    if sum(arrivals) < 1:
        return 0
    most = max(1, ceil(max(arrivals) / pace))
    for desks in range(1, most):
        if _longest(arrivals, pace * desks)[0] / (pace * desks) <= LONGEST_WAIT:
            return desks
    return most
