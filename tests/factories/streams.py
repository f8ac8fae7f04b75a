"""Streams for tests."""

from __future__ import annotations

from eventsys.agenda.models import AgendaSession, Room
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.streams import actions
from eventsys.streams.models import Stream

SECRET = "s3cr3t-stream-address"


def make_stream(
    event: Event,
    place: Room | AgendaSession,
    *,
    url: str = f"https://meet.example.org/{SECRET}",
    audience: str = "registered",
    opens_minutes_before: int = 15,
) -> Stream:
    """A meeting for everyone registered, unless said otherwise."""
    with transaction() as session:
        return actions.add_stream(
            session,
            event,
            place,
            url=url,
            audience=audience,
            opens_minutes_before=opens_minutes_before,
            now=clock.now(),
        )
