"""What stands around each page of an event: the pages that have something to show, and whether one may register."""

from __future__ import annotations

from dataclasses import dataclass

from eventsys.agenda.queries import has_people, has_sessions
from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.materials.queries import has_listed
from eventsys.registration import queries as registration
from eventsys.registration.rules import Phase, phase
from eventsys.streams.queries import has_streams


@dataclass(frozen=True)
class Around:
    """The keys of the tabs above an event's pages; the same on all of them, and for every reader."""

    tabs: tuple[str, ...]
    may_register: bool


def around(event: Event) -> Around:
    """For templates/events/page.html: agenda, streams and materials stand below this floor or beside each other, so
    their own pages cannot ask for it."""
    session = reading()
    settings, seats = registration.settings_of(session, event.id), registration.seats(session, event.id)
    now = clock.now()
    is_ahead = event.ends_at > now and event.status != EventStatus.CANCELLED
    found = {
        "overview": True,
        # A programme is awaited before the event; afterwards a missing one is no page.
        "agenda": is_ahead or has_sessions(session, event.id),
        "speakers": has_people(session, event.id),
        "materials": has_listed(session, event.id),
        # What was streamed and recorded stands with the materials.
        "live": is_ahead and has_streams(session, event.id),
    }
    is_open = phase(event, settings, now, seats) == Phase.OPEN
    return Around(tuple(key for key, is_there in found.items() if is_there), is_open)
