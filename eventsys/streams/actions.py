"""How a stream is put on a room or a session, changed, and taken off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Room
from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.streams import rules
from eventsys.streams.errors import PlaceTaken
from eventsys.streams.models import Stream


def add_stream(
    session: Session,
    event: Event,
    place: Room | AgendaSession,
    *,
    url: str,
    audience: str,
    opens_minutes_before: int = 15,
    now: datetime,
) -> Stream:
    """Put a stream on a room or session that has none. Raises PlaceTaken or StreamAddressNotTaken."""
    column = Stream.room_id if isinstance(place, Room) else Stream.session_id
    if session.scalar(select(Stream.id).where(column == place.id)):
        raise PlaceTaken(field="place")
    stream = Stream(
        event_id=event.id,
        room_id=place.id if isinstance(place, Room) else None,
        session_id=place.id if isinstance(place, AgendaSession) else None,
        url=rules.checked_address(url),
        audience=audience,
        opens_minutes_before=opens_minutes_before,
        created_at=now,
        updated_at=now,
    )
    session.add(stream)
    session.flush()
    # The address is a secret: the fact says that there is one, not which.
    record(
        session, "stream.added", at=now, subject="stream", subject_id=stream.id, event_id=event.id, audience=audience
    )
    return stream


def change_stream(
    session: Session, stream: Stream, *, url: str, audience: str, opens_minutes_before: int, now: datetime
) -> None:
    """Change address, audience or opening. Raises StreamAddressNotTaken."""
    before = stream.audience
    stream.url = rules.checked_address(url)
    stream.audience, stream.opens_minutes_before, stream.updated_at = audience, opens_minutes_before, now
    session.flush()
    record(
        session, "stream.changed", at=now, subject="stream", subject_id=stream.id, event_id=stream.event_id,
        audience=[before, audience],
    )  # fmt: skip


def remove_stream(session: Session, stream: Stream, *, now: datetime) -> None:
    """Take a stream off."""
    record(session, "stream.removed", at=now, subject="stream", subject_id=stream.id, event_id=stream.event_id)
    session.delete(stream)
    session.flush()
