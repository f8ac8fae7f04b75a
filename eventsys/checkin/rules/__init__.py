"""The judgments of the door: who may pass, what a scan means beside others, which day it belongs to."""

from __future__ import annotations

from eventsys.checkin.rules.days import (
    EVER,
    OPENS_BEFORE,
    OVERLAP,
    book_bounds,
    book_day,
    came_on,
    clock_is_off,
    day_bounds,
    device_ends_at,
    door_day,
    local_day,
    window,
)
from eventsys.checkin.rules.filling import is_full
from eventsys.checkin.rules.judging import CONDITIONS, judge, said_conditions
from eventsys.checkin.rules.telling import numbered, told
from eventsys.checkin.rules.terms import (
    ENTRANCE,
    MAY,
    PASSED,
    USUAL,
    Admittance,
    Entry,
    Holder,
    Passage,
    Place,
    Presence,
)

__all__ = [
    "CONDITIONS",
    "ENTRANCE",
    "EVER",
    "MAY",
    "OPENS_BEFORE",
    "OVERLAP",
    "PASSED",
    "USUAL",
    "Admittance",
    "Entry",
    "Holder",
    "Passage",
    "Place",
    "Presence",
    "book_bounds",
    "book_day",
    "came_on",
    "clock_is_off",
    "day_bounds",
    "device_ends_at",
    "door_day",
    "is_full",
    "judge",
    "local_day",
    "numbered",
    "said_conditions",
    "told",
    "window",
]
