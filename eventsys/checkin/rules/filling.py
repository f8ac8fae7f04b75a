"""When a room is full: asked of who would come in, once everything else let them pass."""

from __future__ import annotations

from eventsys.checkin.models import Direction
from eventsys.checkin.rules.terms import Place


def is_full(place: Place, direction: str, *, inside: int, is_inside: bool) -> bool:
    """Whether one more would be too many. Who is inside already takes no further place, and who leaves none at all."""
    if place.seats is None or direction != Direction.IN or is_inside:
        return False
    return inside >= place.seats
