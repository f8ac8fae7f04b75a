"""Reads for who plans a programme: lists filtered and paged in the database, and slots that show what clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from eventsys.agenda.models import AgendaSession, Person, Room, SessionRole, Talk, TalkRole, Track
from eventsys.agenda.rules import Slot


def slots(session: Session, event_id: int) -> list[Slot]:
    """All sessions of an event as slots, in order of time: three queries and no rows of the ORM."""
    subjects: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
    in_session = select(SessionRole.session_id, Person.id, Person.name).join(Person, Person.id == SessionRole.person_id)
    in_talk = (
        select(Talk.session_id, Person.id, Person.name)
        .join(TalkRole, TalkRole.talk_id == Talk.id)
        .join(Person, Person.id == TalkRole.person_id)
    )
    for query in (in_session, in_talk):
        for session_id, person_id, name in session.execute(query.where(Person.event_id == event_id)):
            subjects[session_id]["person", person_id] = name
    columns = (AgendaSession.id, AgendaSession.key, AgendaSession.title, AgendaSession.status)
    times = (AgendaSession.starts_at, AgendaSession.ends_at, Room.id, Room.name)
    rows = session.execute(
        select(*columns, *times)
        .outerjoin(Room, Room.id == AgendaSession.room_id)
        .where(AgendaSession.event_id == event_id)
        .order_by(AgendaSession.starts_at, AgendaSession.id)
    )
    found = []
    for number, key, title, status, starts_at, ends_at, room_id, room_name in rows:
        if room_id is not None:
            subjects[number]["room", room_id] = room_name
        named = tuple((kind, subject, name) for (kind, subject), name in subjects[number].items())
        found.append(Slot(number, key, title, status, starts_at, ends_at, named))
    return found


def listed_sessions(
    event_id: int,
    *,
    q: str = "",
    room: str = "",
    track: str = "",
    status: str = "",
    within: tuple[datetime, datetime] | None = None,
) -> Select[AgendaSession]:
    """Sessions in order of time with what a line of the list shows; `room` and `track` are keys, "-" means none."""
    people = selectinload(AgendaSession.roles).joinedload(SessionRole.person)
    query = (
        select(AgendaSession)
        .where(AgendaSession.event_id == event_id)
        .options(
            selectinload(AgendaSession.room), selectinload(AgendaSession.track), people,
            selectinload(AgendaSession.talks),
        )
    )  # fmt: skip
    for word in q.split()[:8]:
        query = query.where(_mentions(event_id, word))
    if room:
        in_room = AgendaSession.room.has(Room.key == room)
        query = query.where(AgendaSession.room_id.is_(None) if room == "-" else in_room)
    if track:
        in_track = AgendaSession.track.has(Track.key == track)
        query = query.where(AgendaSession.track_id.is_(None) if track == "-" else in_track)
    if status:
        query = query.where(AgendaSession.status == status)
    if within:
        query = query.where(AgendaSession.starts_at >= within[0], AgendaSession.starts_at < within[1])
    return query.order_by(AgendaSession.starts_at, AgendaSession.position, AgendaSession.id)


def _mentions(event_id: int, word: str) -> ColumnElement[bool]:
    """Sessions whose title, talks or people hold a word. Each list of ids is made once, not once a session."""
    in_person = (Person.event_id == event_id, Person.name.icontains(word, autoescape=True))
    in_talk = or_(Talk.title.icontains(word, autoescape=True), Talk.project.icontains(word, autoescape=True))
    ids = (
        select(SessionRole.session_id).join(Person, Person.id == SessionRole.person_id).where(*in_person),
        select(Talk.session_id).join(TalkRole).join(Person, Person.id == TalkRole.person_id).where(*in_person),
        select(Talk.session_id).join(AgendaSession).where(AgendaSession.event_id == event_id, in_talk),
    )
    found = (AgendaSession.id.in_(query) for query in ids)
    return or_(AgendaSession.title.icontains(word, autoescape=True), *found)


def rooms(session: Session, event_id: int) -> list[Room]:
    """In the organiser's order."""
    return list(session.scalars(select(Room).where(Room.event_id == event_id).order_by(Room.position, Room.id)))


def tracks(session: Session, event_id: int) -> list[Track]:
    """In the organiser's order."""
    return list(session.scalars(select(Track).where(Track.event_id == event_id).order_by(Track.position, Track.id)))


def people(session: Session, event_id: int) -> list[Person]:
    """Everyone written down for an event, by name."""
    return list(session.scalars(listed_people(event_id)))


def listed_people(event_id: int, *, q: str = "") -> Select[Person]:
    """People by name; every word of `q` stands in their name or affiliation."""
    query = select(Person).where(Person.event_id == event_id)
    for word in q.split()[:8]:
        query = query.where(
            or_(Person.name.icontains(word, autoescape=True), Person.affiliation.icontains(word, autoescape=True))
        )
    return query.order_by(func.lower(Person.name), Person.id)


def find_person(session: Session, event_id: int, key: str) -> Person | None:
    return session.scalar(select(Person).where(Person.event_id == event_id, Person.key == key))


def find_room(session: Session, event_id: int, key: str) -> Room | None:
    return session.scalar(select(Room).where(Room.event_id == event_id, Room.key == key))


def find_track(session: Session, event_id: int, key: str) -> Track | None:
    return session.scalar(select(Track).where(Track.event_id == event_id, Track.key == key))


def appearances(session: Session, person_ids: Iterable[int]) -> dict[int, list[AgendaSession]]:
    """The sessions each of these people has a part in, in order of time."""
    ids = list(person_ids)
    in_session = select(SessionRole.person_id, SessionRole.session_id).where(SessionRole.person_id.in_(ids))
    in_talk = select(TalkRole.person_id, Talk.session_id).join(Talk).where(TalkRole.person_id.in_(ids))
    pairs = {tuple(row) for query in (in_session, in_talk) for row in session.execute(query)}
    query = select(AgendaSession).where(AgendaSession.id.in_({number for _person, number in pairs}))
    entries = {entry.id: entry for entry in session.scalars(query.order_by(AgendaSession.starts_at, AgendaSession.id))}
    found: dict[int, list[AgendaSession]] = defaultdict(list)
    for number, entry in entries.items():
        for person_id, session_id in sorted(pairs):
            if session_id == number:
                found[person_id].append(entry)
    return found


def sessions_by_place(session: Session, event_id: int) -> tuple[dict[int, int], dict[int, int]]:
    """How many sessions each room and each track has."""
    counts: list[dict[int, int]] = []
    for column in (AgendaSession.room_id, AgendaSession.track_id):
        query = select(column, func.count()).where(AgendaSession.event_id == event_id, column.is_not(None))
        counts.append({row[0] or 0: row[1] for row in session.execute(query.group_by(column))})
    return counts[0], counts[1]
