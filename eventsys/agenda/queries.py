"""Reads of a programme: all of it in six queries however long it is, one session, the people in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from eventsys.agenda.models import (
    PAUSES,
    AgendaSession,
    Person,
    Room,
    SessionRole,
    SessionStatus,
    Talk,
    TalkRole,
    Track,
)


@dataclass(frozen=True)
class Programme:
    """All sessions of an event in order of time, then room; rooms and tracks in the organiser's order."""

    sessions: list[AgendaSession]
    rooms: list[Room]
    tracks: list[Track]


@dataclass(frozen=True)
class Appearance:
    """One person with the sessions they have a role in: pairs of a role and a session, in order of time."""

    person: Person
    roles: list[tuple[str, AgendaSession]]


def programme(session: Session, event_id: int, *, with_texts: bool = True) -> Programme:
    """The whole programme with rooms, tracks, roles, people and talks.

    Without texts the abstracts and biographies stay behind, which is most of what a big programme weighs; reading one
    then raises.
    """
    rooms = list(session.scalars(select(Room).where(Room.event_id == event_id).order_by(Room.position, Room.id)))
    tracks = list(session.scalars(select(Track).where(Track.event_id == event_id).order_by(Track.position, Track.id)))
    query = select(AgendaSession).where(AgendaSession.event_id == event_id)
    if not with_texts:
        query = query.options(defer(AgendaSession.abstract, raiseload=True))
    place = {room.id: number for number, room in enumerate(rooms)}
    entries = sorted(session.scalars(query), key=lambda entry: _order(entry, place))
    _attach(session, entries, event_id, with_texts=with_texts)
    return Programme(entries, rooms, tracks)


def find_session(session: Session, event_id: int, key: str) -> AgendaSession | None:
    """One session with all that its page shows."""
    person = joinedload(SessionRole.person)
    return session.scalar(
        select(AgendaSession)
        .where(AgendaSession.event_id == event_id, AgendaSession.key == key)
        .options(
            joinedload(AgendaSession.room),
            joinedload(AgendaSession.track),
            selectinload(AgendaSession.roles).options(person),
            selectinload(AgendaSession.talks).options(
                selectinload(Talk.roles).options(joinedload(TalkRole.person)),
            ),
        )
    )


def speakers(session: Session, event_id: int, *, known: Programme | None = None) -> list[Appearance]:
    """Everyone with a role in a session or talk, in the organiser's order, with what they do.

    `known` is the programme where the caller has read it already.
    """
    found = known or programme(session, event_id, with_texts=False)
    query = select(Person).where(Person.event_id == event_id)
    people = list(session.scalars(query.order_by(Person.position, Person.id)))
    roles: dict[int, dict[tuple[str, int], tuple[str, AgendaSession]]] = defaultdict(dict)
    for entry in found.sessions:
        held: list[Any] = [*entry.roles, *(role for talk in entry.talks for role in talk.roles)]
        for role in held:
            roles[role.person_id].setdefault((role.role, entry.id), (role.role, entry))
    return [Appearance(person, list(roles[person.id].values())) for person in people if person.id in roles]


def has_sessions(session: Session, event_id: int) -> bool:
    return session.scalar(select(AgendaSession.id).where(AgendaSession.event_id == event_id).limit(1)) is not None


def has_people(session: Session, event_id: int) -> bool:
    """Whether anybody has a role in the programme."""
    query = select(Person.id).where(Person.event_id == event_id, has_role())
    return session.scalar(query.limit(1)) is not None


def count_without_room(session: Session, event_id: int) -> int:
    """How many sessions that are no break have no room, in an event that has rooms."""
    has_rooms = select(Room.id).where(Room.event_id == event_id).exists()
    query = select(func.count(AgendaSession.id)).where(
        AgendaSession.event_id == event_id,
        AgendaSession.room_id.is_(None),
        AgendaSession.kind.not_in(PAUSES),
        AgendaSession.status != SessionStatus.CANCELLED,
        has_rooms,
    )
    return session.scalar(query) or 0


def has_role() -> ColumnElement[bool]:
    """Of a Person in a query: whether they do anything in the programme."""
    in_session = select(SessionRole.person_id).where(SessionRole.person_id == Person.id).exists()
    in_talk = select(TalkRole.person_id).where(TalkRole.person_id == Person.id).exists()
    return or_(in_session, in_talk)


def _order(entry: AgendaSession, place: dict[int, int]) -> tuple[Any, ...]:
    return (entry.starts_at, place.get(entry.room_id or 0, -1), entry.position, entry.id)


def _attach(session: Session, entries: list[AgendaSession], event_id: int, *, with_texts: bool) -> None:
    """Hang roles and talks on their sessions. Loader options would ask once for every 500 sessions."""
    roles: Select[Any] = select(SessionRole).join(SessionRole.session).where(AgendaSession.event_id == event_id)
    talks: Select[Any] = select(Talk).join(Talk.session).where(AgendaSession.event_id == event_id)
    talk_roles: Select[Any] = (
        select(TalkRole).join(TalkRole.talk).join(Talk.session).where(AgendaSession.event_id == event_id)
    )
    in_role, in_talk = joinedload(SessionRole.person), joinedload(TalkRole.person)
    if not with_texts:
        talks = talks.options(defer(Talk.abstract, raiseload=True))
        in_role, in_talk = (
            in_role.defer(Person.biography, raiseload=True),
            in_talk.defer(Person.biography, raiseload=True),
        )
    found_talks = list(session.scalars(talks.order_by(Talk.position, Talk.id)))
    of_talks = _grouped(
        session.scalars(talk_roles.options(in_talk).order_by(TalkRole.position, TalkRole.id)), "talk_id"
    )
    for talk in found_talks:
        set_committed_value(talk, "roles", of_talks[talk.id])
    of_roles = _grouped(
        session.scalars(roles.options(in_role).order_by(SessionRole.position, SessionRole.id)), "session_id"
    )
    of_sessions = _grouped(found_talks, "session_id")
    for entry in entries:
        set_committed_value(entry, "roles", of_roles[entry.id])
        set_committed_value(entry, "talks", of_sessions[entry.id])


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
