"""What kept pages tell of streams and materials: the same to every reader, so no address that is not for all."""

from __future__ import annotations

from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.materials import queries
from eventsys.materials.cards import Card, card_of
from eventsys.materials.models import MaterialKind
from eventsys.materials.rules import is_listed
from eventsys.registration.models import Audience
from eventsys.registration.rules import Viewer
from eventsys.streams.models import Stream

ANYBODY = Viewer()
# What people come back for first.
_ORDER = (MaterialKind.RECORDING, MaterialKind.SLIDES, MaterialKind.REPORT, MaterialKind.DOCUMENT, MaterialKind.LINK)


def told(stream: Stream | None) -> Stream | None:
    """A stream, unless it is for the team alone."""
    return stream if stream is not None and stream.audience != Audience.STAFF else None


def materials_of_session(session: Session, event: Event, entry: AgendaSession) -> list[Card]:
    """What a session has, as anybody sees it: what is for the registered is named, without an address."""
    return [card_of(event, one) for one in queries.of_session(session, entry.id) if is_listed(one, ANYBODY)]


def materials_of_event(session: Session, event: Event) -> list[Card]:
    """What an event has: first what belongs to all of it, then recordings, slides and the rest in order of time."""
    listed = [one for one in queries.of_event(session, event.id) if is_listed(one, ANYBODY)]
    # Sorting keeps the order of time among equals.
    listed.sort(key=lambda one: (one.session_id is not None, _ORDER.index(MaterialKind(one.kind))))
    return [card_of(event, one) for one in listed]
