"""The sessions of a document: added, updated where they differ, cancelled when they are gone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.agenda.actions import TalkEntry, set_session_people, set_talks
from eventsys.agenda.models import (
    AgendaSession,
    Person,
    Room,
    SessionKind,
    SessionRole,
    SessionStatus,
    Talk,
    TalkRole,
    Track,
)
from eventsys.events.models import Event
from eventsys.exchange.actions.parts import differing
from eventsys.exchange.document import Document, RolePart, SessionPart, TalkPart, Unspoken, Values
from eventsys.exchange.queries import sessions_of
from eventsys.exchange.summary import Change, Deed, Summary

People = dict[str, Person]


def import_sessions(
    session: Session,
    event: Event,
    document: Document,
    rooms: dict[str, Room],
    tracks: dict[str, Track],
    people: People,
    *,
    now: datetime,
    summary: Summary,
) -> None:
    """Make the programme what the document says. Rooms, tracks and people are flushed already."""
    if document.sessions is None:
        return
    known = {entry.key: entry for entry in sessions_of(session, event.id)}
    for position, part in enumerate(document.sessions):
        places = _places(part, rooms, tracks)
        entry = known.pop(part.key, None)
        if entry is None:
            _add(session, event, part, places, people, position=position, now=now)
            _tell(summary, Deed.ADDED, part.key, part.values["title"], [])
        else:
            names = _update(session, entry, part, places, people, now=now)
            _tell(summary, Deed.UPDATED if names else Deed.UNCHANGED, part.key, part.values["title"], names)
    for entry in known.values():
        if entry.status != SessionStatus.CANCELLED:
            entry.status = SessionStatus.CANCELLED
            _tell(summary, Deed.WITHDRAWN, entry.key, entry.title, [])


def _tell(summary: Summary, deed: Deed, key: str, title: str, columns: list[str]) -> None:
    summary.sessions.count(deed)
    if deed != Deed.UNCHANGED:
        summary.changes.append(Change(deed, key, title, tuple(columns)))


def _places(part: SessionPart, rooms: dict[str, Room], tracks: dict[str, Track]) -> Values:
    places: Values = {}
    if not isinstance(part.room, Unspoken):
        places["room_id"] = rooms[part.room].id if part.room else None
    if not isinstance(part.track, Unspoken):
        places["track_id"] = tracks[part.track].id if part.track else None
    return places


def _add(
    session: Session, event: Event, part: SessionPart, places: Values, people: People, *, position: int, now: datetime
) -> None:
    standard: Values = {"kind": SessionKind.TALKS, "status": SessionStatus.CONFIRMED}
    entry = AgendaSession(
        event_id=event.id, key=part.key, uid=uuid.uuid4().hex, position=position, created_at=now, updated_at=now,
        **(standard | part.values | places),
    )  # fmt: skip
    if not isinstance(part.people, Unspoken):
        entry.roles = [
            SessionRole(person=people[one.person], role=one.role, position=number)
            for number, one in enumerate(part.people)
        ]
    if not isinstance(part.talks, Unspoken):
        entry.talks = [_new_talk(talk, number, people) for number, talk in enumerate(part.talks)]
    session.add(entry)


def _new_talk(part: TalkPart, position: int, people: People) -> Talk:
    roles = [TalkRole(person=people[one.person], role=one.role, position=n) for n, one in enumerate(part.people)]
    return Talk(key=part.key, position=position, roles=roles, **part.values)


def _update(
    session: Session, entry: AgendaSession, part: SessionPart, places: Values, people: People, *, now: datetime
) -> list[str]:
    """Set what differs; gives the names of it."""
    values = part.values | places
    if entry.status == SessionStatus.CANCELLED and "status" not in values:
        # It was withdrawn once, and the programme has it again.
        values = values | {"status": SessionStatus.CONFIRMED}
    names = differing(entry, values)
    for name in names:
        setattr(entry, name, values[name])
    if not isinstance(part.people, Unspoken) and _said(entry.roles) != _wanted(part.people):
        set_session_people(session, entry, [(people[one.person], one.role) for one in part.people])
        names.append("people")
    if not isinstance(part.talks, Unspoken) and _talks_said(entry) != _talks_wanted(part.talks):
        set_talks(session, entry, [_entry(talk, people) for talk in part.talks])
        names.append("talks")
    if names:
        # People and talks are rows of their own: that they changed shows on the session.
        entry.updated_at = now
    return [name.removesuffix("_id") for name in names]


def _entry(part: TalkPart, people: People) -> TalkEntry:
    return TalkEntry(key=part.key, people=[(people[one.person], one.role) for one in part.people], **part.values)


def _said(roles: Sequence[SessionRole] | Sequence[TalkRole]) -> list[tuple[str, str]]:
    return [(role.person.key, str(role.role)) for role in roles]


def _wanted(parts: tuple[RolePart, ...]) -> list[tuple[str, str]]:
    return [(part.person, str(part.role)) for part in parts]


_TALK = ("title", "abstract", "minutes", "project")
_TALK_STANDARD: dict[str, Any] = {"abstract": "", "minutes": None, "project": ""}


def _talks_said(entry: AgendaSession) -> list[Any]:
    return [(talk.key, *(getattr(talk, name) for name in _TALK), _said(talk.roles)) for talk in entry.talks]


def _talks_wanted(parts: tuple[TalkPart, ...]) -> list[Any]:
    wanted = []
    for part in parts:
        values = _TALK_STANDARD | part.values
        wanted.append((part.key, *(values[name] for name in _TALK), _wanted(part.people)))
    return wanted
