"""The check-in points of a document: matched by key, set where they differ, removed where nobody was scanned yet."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.checkin.actions import change_passing, remove_point
from eventsys.checkin.errors import PointUsed
from eventsys.checkin.models import Point
from eventsys.checkin.rules import ENTRANCE
from eventsys.events.models import Event
from eventsys.exchange.actions.parts import differing
from eventsys.exchange.document import Part
from eventsys.exchange.summary import Deed, Summary


def import_points(session: Session, event: Event, parts: list[Part] | None, *, now: datetime, summary: Summary) -> None:
    """The points are those of the document. The entrance stays, and so does a point where people were scanned."""
    if parts is None:
        return
    rows = {row.key: row for row in session.scalars(select(Point).where(Point.event_id == event.id))}
    # Every event has an entrance, which leads where the file does not say where it stands.
    begin = 0 if any(part.key == ENTRANCE for part in parts) else 1
    for position, part in enumerate(parts, start=begin):
        summary.points.count(_set(session, event, rows.pop(part.key, None), part, position, now))
    session.flush()
    for row in rows.values():
        _remove(session, row, summary)
    _tell_of_sessions(session, event, parts, summary)


def _set(session: Session, event: Event, row: Point | None, part: Part, position: int, now: datetime) -> Deed:
    if row is None:
        session.add(Point(event_id=event.id, key=part.key, position=position, **part.values))
        return Deed.ADDED
    # The order follows the file, but a newcomer at the top is no news about all the others.
    if row.position != position:
        row.position = position
    names = differing(row, part.values)
    if "repeats" in names:
        change_passing(session, event, row, repeats=part.values["repeats"], now=now)
    for name in names:
        setattr(row, name, part.values[name])
    return Deed.UPDATED if names else Deed.UNCHANGED


def _remove(session: Session, row: Point, summary: Summary) -> None:
    if row.key == ENTRANCE:
        return
    try:
        remove_point(session, row)
    except PointUsed:
        note = _("the check-in point “%(point)s” is not in the file, but people were scanned there: it stays",
                 point=row.name)  # fmt: skip
        summary.notes.append(note)
    else:
        summary.points.count(Deed.WITHDRAWN)


def _tell_of_sessions(session: Session, event: Event, parts: list[Part], summary: Summary) -> None:
    """Points of sessions that are not there: the agenda may have lost one since, so it is told and not refused."""
    known = set(session.scalars(select(AgendaSession.key).where(AgendaSession.event_id == event.id)))
    for part in parts:
        key = part.values["session_key"]
        if key is not None and key not in known:
            note = _("the check-in point “%(point)s” is for a session “%(key)s” that is not there",
                     point=part.values["name"], key=key)  # fmt: skip
            summary.notes.append(note)
