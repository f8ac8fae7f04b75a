"""Sessions that are given seats, other seats or none: the pools that count them follow in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event as orm_event
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.registration.actions import follow_programme

_TOUCHED = "events_whose_sessions_changed"


@orm_event.listens_for(Session, "after_flush")
def _notice_seats(session: Session, _context: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, AgendaSession) and _matters(session, row):
            session.info.setdefault(_TOUCHED, set()).add(row.event_id)


def _matters(session: Session, row: AgendaSession) -> bool:
    if row in session.new or row in session.deleted:
        return row.seats is not None
    return any(inspect(row).attrs[name].history.has_changes() for name in ("seats", "status"))


@orm_event.listens_for(Session, "before_commit")
def _follow(session: Session) -> None:
    """Once a transaction, at its end: the rows of the programme are locked before the pools."""
    for event_id in sorted(session.info.pop(_TOUCHED, ())):
        event = session.get(Event, event_id)
        if event is not None and not inspect(event).deleted:
            follow_programme(session, event, now=clock.now())
