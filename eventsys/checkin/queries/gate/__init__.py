"""What a scan is judged by, in few statements: the desk, whom the codes belong to, and their other scans of the day.

These run hundreds of times a second while people queue, so they are plain columns prepared once, never entities.
"""

from __future__ import annotations

from eventsys.checkin.queries.gate.desks import Desk, desk_at, desk_of, desks_of
from eventsys.checkin.queries.gate.holders import (
    Person,
    codes_of,
    lines_of,
    people_by_code,
    seats_in,
    seats_of,
    share_event,
)
from eventsys.checkin.queries.gate.passages import admittance_of, passed_before, stored_scans
from eventsys.checkin.queries.gate.places import place_of, places_of

__all__ = [
    "Desk",
    "Person",
    "admittance_of",
    "codes_of",
    "desk_at",
    "desk_of",
    "desks_of",
    "lines_of",
    "passed_before",
    "people_by_code",
    "place_of",
    "places_of",
    "seats_in",
    "seats_of",
    "share_event",
    "stored_scans",
]
