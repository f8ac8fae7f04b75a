"""SEQUENCE, LAST-MODIFIED and the facts of a changed session, whoever changes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import event as orm_event
from sqlalchemy import inspect, update
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Room, SessionRole, Talk
from eventsys.events.versions import changed
from eventsys.kernel import clock
from eventsys.kernel.facts import record

_MOVES = ("starts_at", "ends_at", "room_id")


@orm_event.listens_for(Session, "before_flush")
def _notice_changes(session: Session, _context: Any, _instances: Any) -> None:
    now = clock.now()
    for row in list(session.dirty):
        if isinstance(row, AgendaSession) and session.is_modified(row):
            _notice_session(session, row, now=now)
        elif isinstance(row, Talk) and session.is_modified(row) and row.session is not None:
            row.session.updated_at = now
        elif isinstance(row, Room) and changed(row, "name"):
            _notice_renamed_room(session, row, now=now)
    for row in [*session.new, *session.deleted]:
        # Calendars name the people of a session: who joins or leaves changes its entry.
        if isinstance(row, SessionRole):
            _notice_role(session, row, now=now)


def _notice_role(session: Session, row: SessionRole, *, now: datetime) -> None:
    # A role written by its foreign key alone has no session at hand yet.
    owner: AgendaSession | None = row.session
    if owner is not None and owner not in session.new:
        owner.updated_at = now


def _notice_session(session: Session, row: AgendaSession, *, now: datetime) -> None:
    row.updated_at = now
    moves = changed(row, *_MOVES) | _room_given_or_taken(row)
    states = changed(row, "status")
    if not (moves or states):
        return
    row.sequence += 1
    said = {name: [_said(old), _said(new)] for name, (old, new) in (moves | states).items()}
    kind = f"agenda.session_{row.status}" if states else "agenda.session_moved"
    record(session, kind, at=now, subject="session", subject_id=row.id, event_id=row.event_id, changes=said)


def _room_given_or_taken(row: AgendaSession) -> dict[str, tuple[Any, Any]]:
    """A room set through the relationship shows in its history before the foreign key does."""
    history = inspect(row).attrs["room"].history
    if not history.added and not history.deleted:
        return {}
    old, new = (rooms[0].id if rooms and rooms[0] else None for rooms in (history.deleted, history.added))
    return {"room_id": (old, new)} if old != new or (history.added and history.added[0]) else {}


def _notice_renamed_room(session: Session, room: Room, *, now: datetime) -> None:
    # The place that calendars show has another name now: every entry in it says so.
    session.execute(
        update(AgendaSession)
        .where(AgendaSession.room_id == room.id)
        .values(sequence=AgendaSession.sequence + 1, updated_at=now),
        execution_options={"synchronize_session": "fetch"},
    )


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
