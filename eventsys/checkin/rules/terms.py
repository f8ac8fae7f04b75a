"""What a door judges by: a scan, the point, whose ticket it is, and how they passed before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventsys.checkin.models import DeviceRole, Outcome, PointKind, Repeats
from eventsys.registration.models import Mode, State

ENTRANCE = "entrance"

# The outcomes of scans that passed the door's conditions: only these decide about one another.
PASSED = frozenset({Outcome.ADMITTED, Outcome.LEFT, Outcome.ALREADY_IN})

# How often one passes a point of each kind, and whether people leave there too, unless it says otherwise.
USUAL = {
    PointKind.DOOR: (Repeats.DAILY, True),
    PointKind.DAY: (Repeats.DAILY, True),
    PointKind.SESSION: (Repeats.DAILY, True),
    PointKind.ITEM: (Repeats.ONCE, False),
}

# What a device may do, by its role: scan; read who is expected; help people at a desk; ask for one badge; serve people
# who stand alone before it; read figures without names.
MAY = {
    DeviceRole.SCANNER: frozenset({"scan", "people", "figures"}),
    DeviceRole.DESK: frozenset({"scan", "people", "figures", "help", "print"}),
    DeviceRole.KIOSK: frozenset({"serve"}),
    DeviceRole.WALL: frozenset({"figures"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One scan as a device tells it. `at` is the device's instant and decides; ours is kept beside it.

    `told` is what the device had said by itself, without network. A device that found somebody by name knows no code,
    only whom: `registration_id`, whose valid ticket is meant.
    """

    id: str
    code: str
    point: str
    direction: str
    at: datetime
    is_offline: bool = False
    told: str | None = None
    registration_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A check-in point with its window worked out. `session` is the key of the session one must have a seat in; `day`
    (2026-12-03) the day that people must have chosen, whenever they are scanned; without one it is that of the scan."""

    key: str
    name: str
    opens_at: datetime
    closes_at: datetime
    kind: str = PointKind.DOOR
    states: frozenset[str] = frozenset({State.CONFIRMED.value})
    modes: frozenset[str] = frozenset({Mode.ONSITE.value})
    types: frozenset[str] = frozenset()
    session: str | None = None
    day: str | None = None
    asks_day: bool = True
    repeats: str = Repeats.DAILY
    is_two_way: bool = True
    seats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a ticket belongs to, as far as a door asks. `days` (2026-12-03) and `sessions` are those of their seats;
    no days means that none were chosen."""

    registration_id: int
    event_id: int
    state: str
    mode: str
    type: str = "participant"
    is_replaced: bool = False
    days: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()


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
