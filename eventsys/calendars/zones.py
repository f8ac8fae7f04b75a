"""The VTIMEZONE of a zone for the years a calendar covers: right to the second, and as small as its rules allow.

icalendar's own generator lists every change since 1970 and writes the onset of summer in the new wall time, while
RFC 5545, section 3.6.5, wants the old one; so the changes are found here and given to it.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Change:
    """One change of a zone's clocks. `at` is the wall time that the old offset showed."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


@lru_cache(maxsize=128)
def timezone_of(key: str, first_year: int, last_year: int) -> Any:
    """An icalendar VTIMEZONE that is right for all instants of these years."""
    import icalendar

    zone = ZoneInfo(key)
    found = icalendar.Timezone()
    found.add("tzid", key)
    changes = _changes(zone, first_year - 1, last_year + 1)
    if not changes:
        found.add_component(_observance([_standing(zone, first_year)], yearly=None))
    elif changes[0].at.year >= first_year:
        found.add_component(_observance([_standing(zone, first_year - 1)], yearly=None))
    for alike in _by_kind(changes).values():
        found.add_component(_observance(alike, _yearly(alike, first_year - 1, last_year + 1)))
    return found


def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> list[Change]:
    """All changes from the start of one year to the end of another, found by looking at each day."""
    found = []
    day, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    state = _state(zone, day)
    while day < end:
        after = _state(zone, day + _DAY)
        if after != state:
            instant = _moment(zone, day, day + _DAY)
            found.append(
                Change(instant.replace(tzinfo=None) + state[0], state[0], after[0], after[1], is_summer=bool(after[2]))
            )
        day, state = day + _DAY, after
    return found


def _state(zone: ZoneInfo, instant: datetime) -> tuple[timedelta, str, timedelta]:
    local = instant.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or "", local.dst() or timedelta()


def _moment(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second of the new state, by halving the time between two instants that differ."""
    old = _state(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _state(zone, middle) == old else (low, middle)
    return high


def _standing(zone: ZoneInfo, year: int) -> Change:
    """What the clocks show at the start of a year, as a change that changes nothing."""
    offset, name, summer = _state(zone, datetime(year, 1, 1, tzinfo=UTC))
    return Change(datetime(year, 1, 1), offset, offset, name, is_summer=bool(summer))  # noqa: DTZ001  A wall time.


def _by_kind(changes: Iterable[Change]) -> dict[Any, list[Change]]:
    kinds = defaultdict(list)
    for change in changes:
        kinds[(change.before, change.after, change.name, change.is_summer)].append(change)
    return kinds


def _yearly(alike: list[Change], first_year: int, last_year: int) -> dict[str, Any] | None:
    """The yearly rule that gives exactly these changes, such as the last Sunday of March; None where there is none."""
    first = alike[0].at
    if [change.at.year for change in alike] != list(range(first_year, last_year + 1)):
        return None
    if {(change.at.month, change.at.weekday(), change.at.time()) for change in alike} != {
        (first.month, first.weekday(), first.time())
    }:
        return None
    for number in (-1, (first.day - 1) // 7 + 1):
        if all(_nth_weekday(change.at, number) == change.at.date() for change in alike):
            return {"freq": "yearly", "bymonth": first.month, "byday": f"{number}{_WEEKDAYS[first.weekday()]}"}
    return None


def _nth_weekday(like: datetime, number: int) -> date:
    """The first, second … or (-1) last day of the month with the weekday of `like`."""
    days = [
        day
        for day in calendar.Calendar().itermonthdates(like.year, like.month)
        if day.month == like.month and day.weekday() == like.weekday()
    ]
    return days[number if number < 0 else min(number, len(days)) - 1]


def _observance(alike: list[Change], yearly: dict[str, Any] | None) -> Any:
    import icalendar

    first = alike[0]
    found = icalendar.TimezoneDaylight() if first.is_summer else icalendar.TimezoneStandard()
    found.add("dtstart", first.at)
    found.add("tzoffsetfrom", first.before)
    found.add("tzoffsetto", first.after)
    found.add("tzname", first.name)
    if yearly:
        found.add("rrule", yearly)
    elif len(alike) > 1:
        found.add("rdate", [change.at for change in alike[1:]])
    return found
