"""What the paper lists have boxes for: the points of one day or of all, on as many lists as can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from zoneinfo import ZoneInfo

from eventsys.checkin.models import Repeats
from eventsys.checkin.rules.days import day_bounds
from eventsys.checkin.rules.terms import Place

# More boxes leave no room for the names beside them.
MOST_BOXES = 8


@dataclass(frozen=True, slots=True)
class Box:
    """One column of boxes: who passed this point, on this day (None: it is ticked on one day alone)."""

    place: Place
    day: date | None = None


def is_open_on(place: Place, day: date, zone: ZoneInfo) -> bool:
    """Whether anybody may pass there on this local day."""
    if place.day is not None and place.day != day.isoformat():
        return False
    since, until = day_bounds(day, zone)
    return place.opens_at < until and place.closes_at > since


def boxes_of(places: Sequence[Place], days: Sequence[date], zone: ZoneInfo) -> list[Box]:
    """A box for each of these points on each of these days on which it is open, day by day. What is passed once in all
    has one box; the day is named where a point has several."""
    ticked: dict[str, list[date]] = {}
    for place in places:
        found = [day for day in days if is_open_on(place, day, zone)]
        ticked[place.key] = found[:1] if place.repeats == Repeats.ONCE else found
    return [
        Box(place, day if len(ticked[place.key]) > 1 else None)
        for day in days
        for place in places
        if day in ticked[place.key]
    ]


def lists_of(boxes: Sequence[Box]) -> list[list[Box]]:
    """The boxes in their order on as few lists as hold them, about as many on each."""
    number = max(1, ceil(len(boxes) / MOST_BOXES))
    each, more = divmod(len(boxes), number)
    ends = [(n + 1) * each + min(n + 1, more) for n in range(number)]
    return [list(boxes[begin:end]) for begin, end in zip([0, *ends[:-1]], ends, strict=True)]
