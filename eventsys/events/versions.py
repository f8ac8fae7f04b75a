"""Version, SEQUENCE, LAST-MODIFIED and the facts of a change, kept right for every way in: form, import or command.

A flush listener looks at what changes, so that no action can forget. What a page of an event shows is marked with
`shows_on`, the path from a row to its event's id; `touch` says the same where rows are written without the ORM.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import event as orm_event
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.caching import grow_revision, next_second
from eventsys.kernel.facts import record

TOUCHED = "touched_events"
LISTS = "events"

_MOVES = ("starts_at", "ends_at", "timezone", "venue_name", "venue_address", "venue_city", "venue_country")


def touch(session: Session, event_id: int) -> None:
    """Say that pages of this event show something new; its version grows once when the transaction commits."""
    session.info.setdefault(TOUCHED, set()).add(event_id)


def changed(row: Any, *names: str) -> dict[str, tuple[Any, Any]]:
    """Which of the named columns this flush will change, each with its old and its new value."""
    found = {}
    for name in names:
        history = inspect(row).attrs[name].history
        if history.added and history.deleted and history.added[0] != history.deleted[0]:
            found[name] = (history.deleted[0], history.added[0])
    return found


@orm_event.listens_for(Session, "before_flush")
def _notice_changes(session: Session, _context: Any, _instances: Any) -> None:
    now = clock.now()
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, Event):
            if row in session.dirty and session.is_modified(row):
                _notice_event(session, row, now=now)
            session.info.setdefault(TOUCHED, set()).update({row.id} - {None})
        elif path := getattr(type(row), "shows_on", None):
            _notice_part(session, row, path)


def _notice_part(session: Session, row: Any, path: str) -> None:
    if row in session.dirty and not session.is_modified(row):
        return
    owner: Any = row
    for name in path.split("."):
        owner = _next(session, owner, name)
    if owner is not None:
        touch(session, owner)


def _next(session: Session, row: Any, name: str) -> Any:
    """What `name` leads to; a new row may know its parent by the key alone. A row taken out of its parent's list has
    no parent any more: the parent itself is seen as changed."""
    if row is None:
        return None
    found, key = getattr(row, name), getattr(row, f"{name}_id", None)
    if found is None and key is not None and row in session.new:
        found = session.get(inspect(type(row)).relationships[name].mapper.class_, key)
    return found


def _notice_event(session: Session, row: Event, *, now: datetime) -> None:
    row.updated_at = now
    moves = changed(row, *_MOVES)
    states = changed(row, "status")
    if moves or states:
        row.sequence += 1
    if states:
        before, after = states["status"]
        record(session, f"event.{after}", at=now, subject="event", subject_id=row.id, event_id=row.id, before=before)
    if moves and row.status == EventStatus.PUBLISHED and not states:
        said = {name: [_said(old), _said(new)] for name, (old, new) in moves.items()}
        record(session, "event.moved", at=now, subject="event", subject_id=row.id, event_id=row.id, changes=said)


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@orm_event.listens_for(Session, "before_commit")
def _grow_versions(session: Session) -> None:
    session.flush()
    touched = sorted(session.info.pop(TOUCHED, ()))
    for start in range(0, len(touched), 500):
        _grow(session, touched[start : start + 500])
    if touched:
        grow_revision(session, LISTS)


def _grow(session: Session, ids: list[int]) -> None:
    now = clock.now()
    known = session.execute(
        select(Event.id, Event.changed_at).where(Event.id.in_(ids)).order_by(Event.id).with_for_update()
    ).all()
    moments: dict[datetime, list[int]] = {}
    for event_id, changed_at in known:
        moments.setdefault(next_second(changed_at, now), []).append(event_id)
    for moment, some in moments.items():
        session.execute(
            update(Event).where(Event.id.in_(some)).values(version=Event.version + 1, changed_at=moment),
            execution_options={"synchronize_session": False},
        )
