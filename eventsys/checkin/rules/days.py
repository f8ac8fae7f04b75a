"""When a point is open, which day a scan belongs to, how long a device lasts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventsys.checkin.models import PointKind, Repeats
from eventsys.checkin.rules.terms import Place

OPENS_BEFORE = timedelta(hours=3)
SESSION_OPENS_BEFORE = timedelta(minutes=30)

# A clock further off than this is said to organisers: the contract lets the device's instant decide.
CLOCK_TOLERANCE = timedelta(minutes=2)

# A device asks for changes since a cursor; what was being written while it last asked is told again.
OVERLAP = timedelta(seconds=30)

# The day of the books that have none. An event's first day may be moved, so it would not do; no scan is of this one.
EVER = date(1, 1, 1)

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def window(
    opens_at: datetime | None,
    closes_at: datetime | None,
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    kind: str = PointKind.DOOR,
    day: date | None = None,
    session: tuple[datetime, datetime] | None = None,
) -> tuple[datetime, datetime]:
    """When a point lets people in, unless it says otherwise: from 3 hours before the event until its end; on its day;
    from half an hour before its session until the end of that."""
    usual = starts_at - OPENS_BEFORE, ends_at
    if kind == PointKind.DAY and day is not None:
        usual = day_bounds(day, zone)
    elif kind == PointKind.SESSION and session is not None:
        usual = session[0] - SESSION_OPENS_BEFORE, session[1]
    return opens_at or usual[0], closes_at or usual[1]


def book_day(place: Place | None, at: datetime, *, zone: ZoneInfo) -> date:
    """The day in whose books a scan is entered: its local day, or EVER where one passes once in all."""
    return EVER if place is not None and place.repeats == Repeats.ONCE else local_day(at, zone)


def came_on(book: date, first_at: datetime, zone: ZoneInfo) -> date:
    """The day on which somebody was let in who stands in these books since `first_at`."""
    return local_day(first_at, zone) if book == EVER else book


def book_bounds(place: Place | None, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Between which instants the scans lie that one day's books of a point hold."""
    return _ALWAYS if place is not None and place.repeats == Repeats.ONCE else day_bounds(day, zone)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day a scan belongs to: that of the event's zone, whatever the device's clock thinks."""
    return at.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and the next one does; 23 or 25 hours apart when clocks change."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    return start, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def clock_is_off(at: datetime, received_at: datetime, *, is_offline: bool) -> timedelta | None:
    """How much a device's clock was ahead (else behind, negative) where that is plain to see, or None.

    A scan that was sent later may be of any time before; none is of a time to come.
    """
    ahead = at - received_at
    is_off = ahead > CLOCK_TOLERANCE or (ahead < -CLOCK_TOLERANCE and not is_offline)
    return ahead if is_off else None


def door_day(now: datetime, *, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> date:
    """The day whose arrivals a door shows: today during the event, its first day before, its last day after."""
    first, last = local_day(starts_at, zone), local_day(ends_at - timedelta(microseconds=1), zone)
    return min(max(local_day(now, zone), first), last)


def device_ends_at(ends_at: datetime, now: datetime) -> datetime:
    """When a device ends of itself: a day after the event, and never before tomorrow."""
    return max(ends_at, now) + timedelta(days=1)
