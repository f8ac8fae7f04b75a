"""Who may pass a door, and what a scan means once all scans of that person are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventsys.checkin.models import Direction, Outcome
from eventsys.registration.models import Mode, State

ENTRANCE = "entrance"
OPENS_BEFORE = timedelta(hours=3)

# A device asks for changes since a cursor; what was being written while it last asked is told again.
OVERLAP = timedelta(seconds=30)

# The outcomes of scans that passed the door's conditions: only these decide about one another.
PASSED = frozenset({Outcome.ADMITTED, Outcome.LEFT, Outcome.ALREADY_IN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One scan as a device tells it. `at` is the device's instant and decides; ours is kept beside it."""

    id: str
    code: str
    point: str
    direction: str
    at: datetime
    is_offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A check-in point with its window worked out."""

    key: str
    name: str
    opens_at: datetime
    closes_at: datetime
    may_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a ticket belongs to, as far as a door asks."""

    registration_id: int
    event_id: int
    state: str
    mode: str
    is_replaced: bool


@dataclass(frozen=True, slots=True)
class Admittance:
    """When and where a person was first let in on a day."""

    at: datetime
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One scan that passed the door's conditions. `order` is its place in our books: it breaks a tie of instants, so
    that who was told first stays told."""

    scan_id: str
    at: datetime
    order: int
    direction: str
    device: str
    outcome: str = ""
    first: Admittance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """How a person stands at a point at the end of a day's scans. `first` None: never let in."""

    first: Passage | None
    is_inside: bool
    last_at: datetime | None


def window(
    opens_at: datetime | None, closes_at: datetime | None, *, starts_at: datetime, ends_at: datetime
) -> tuple[datetime, datetime]:
    """When a point lets people in: from 3 hours before the event until its end unless it says otherwise."""
    return opens_at or starts_at - OPENS_BEFORE, closes_at or ends_at


def judge(entry: Entry, holder: Holder | None, place: Place | None, *, event_id: int) -> Outcome | None:
    """What refuses this scan, or None where the person may pass and only their other scans decide.

    Who leaves is asked for a ticket of this event and nothing else: a door that closed must not keep people in.
    """
    if holder is None:
        return Outcome.UNKNOWN
    if holder.event_id != event_id:
        return Outcome.WRONG_EVENT
    if place is None:
        return Outcome.WRONG_POINT
    if holder.is_replaced:
        return Outcome.REPLACED
    return None if entry.direction == Direction.OUT else _may_not_enter(entry, holder, place)


def _may_not_enter(entry: Entry, holder: Holder, place: Place) -> Outcome | None:
    if holder.state == State.CANCELLED:
        return Outcome.CANCELLED
    if holder.state != State.CONFIRMED:
        return Outcome.NOT_CONFIRMED
    if holder.mode == Mode.ONLINE:
        return Outcome.WRONG_MODE
    if entry.at < place.opens_at:
        return Outcome.TOO_EARLY
    return Outcome.TOO_LATE if entry.at > place.closes_at else None


def told(passages: Iterable[Passage], *, may_repeat: bool = False) -> tuple[list[Passage], Presence]:
    """The passages of one person, point and local day with what each is to be told, and how the person stands.

    The instants alone decide, never the order of arrival: the first `in` admits, another one finds the person already
    in, `out` lets them leave, and after it `in` admits again.
    """
    first: Passage | None = None
    is_inside, last_at = False, None
    answered = []
    for passage in sorted(passages, key=lambda one: (one.at, one.order)):
        outcome = _step(passage.direction, is_inside=is_inside, may_repeat=may_repeat)
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


def _step(direction: str, *, is_inside: bool, may_repeat: bool) -> Outcome:
    if direction == Direction.OUT:
        return Outcome.LEFT
    return Outcome.ALREADY_IN if is_inside and not may_repeat else Outcome.ADMITTED


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day a scan belongs to: that of the event's zone, whatever the device's clock thinks."""
    return at.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and the next one does; 23 or 25 hours apart when clocks change."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    return start, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def door_day(now: datetime, *, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> date:
    """The day whose arrivals a door shows: today during the event, its first day before, its last day after."""
    first, last = local_day(starts_at, zone), local_day(ends_at - timedelta(microseconds=1), zone)
    return min(max(local_day(now, zone), first), last)


def device_ends_at(ends_at: datetime, now: datetime) -> datetime:
    """When a device ends of itself: a day after the event, and never before tomorrow."""
    return max(ends_at, now) + timedelta(days=1)
