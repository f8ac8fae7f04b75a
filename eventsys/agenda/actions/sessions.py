"""Sessions are added, moved, cancelled; who does what in them, and which talks they hold."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.agenda import rules
from eventsys.agenda.actions.keys import free_key, key_for, set_values, stem_of
from eventsys.agenda.errors import KeyTaken, RoleTwice
from eventsys.agenda.models import (
    AgendaSession,
    Person,
    ProgrammeRole,
    Room,
    SessionKind,
    SessionRole,
    SessionStatus,
    Talk,
    TalkRole,
    Track,
)
from eventsys.events.models import Event

Roles = Sequence[tuple[Person, str]]


@dataclass(frozen=True)
class TalkEntry:
    """One talk as it shall be; `key` names a talk that is there, none means: the one of this title, or a new one."""

    title: str
    key: str | None = None
    minutes: int | None = None
    project: str = ""
    abstract: str = ""
    people: Roles = field(default_factory=tuple)


def add_session(
    session: Session,
    event: Event,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    key: str | None = None,
    room: Room | None = None,
    track: Track | None = None,
    **values: Any,
) -> AgendaSession:
    """A session; `values` are further columns (`kind`, `status`, `abstract`, `seats` …).

    Raises KeyTaken, KeyMalformed, EndsBeforeStart, ValueUnknown. Clashes and times outside the event are allowed.
    """
    entry = AgendaSession(
        event_id=event.id, event=event, key=key_for(session, AgendaSession, event.id, title, key), uid=uuid.uuid4().hex,
        kind=SessionKind.TALKS, status=SessionStatus.CONFIRMED, created_at=now, updated_at=now,
    )  # fmt: skip
    given = {"title": title, "starts_at": starts_at, "ends_at": ends_at, "room": room, "track": track}
    _fill(entry, given | values)
    session.add(entry)
    session.flush()
    return entry


def update_session(session: Session, entry: AgendaSession, **values: Any) -> None:
    """Change columns, `room` or `track`; SEQUENCE, LAST-MODIFIED and facts follow. Refuses as `add_session` does."""
    _fill(entry, values)
    session.flush()


def cancel_session(session: Session, entry: AgendaSession) -> None:
    """It does not take place; it stays in the programme and says so."""
    update_session(session, entry, status=SessionStatus.CANCELLED)


def restore_session(session: Session, entry: AgendaSession) -> None:
    """It takes place after all."""
    update_session(session, entry, status=SessionStatus.CONFIRMED)


def remove_session(session: Session, event: Event, entry: AgendaSession) -> None:
    """Delete a session that nobody outside has seen. Raises SessionNotRemovable once the event was public."""
    rules.refuse_unless_removable(event)
    session.delete(entry)
    session.flush()


def duplicate_session(session: Session, entry: AgendaSession, *, title: str, now: datetime) -> AgendaSession:
    """The same session once more, tentative, at the same time and place, with its people and talks."""
    names = ("kind", "subtitle", "abstract", "language", "seats", "room", "track", "position")
    values: dict[str, Any] = {name: getattr(entry, name) for name in (*names, "starts_at", "ends_at")}
    copy = add_session(session, entry.event, title=title, now=now, status=SessionStatus.TENTATIVE, **values)
    set_session_people(session, copy, [(role.person, role.role) for role in entry.roles])
    talks = [
        TalkEntry(talk.title, talk.key, talk.minutes, talk.project, talk.abstract,
                  [(role.person, role.role) for role in talk.roles])
        for talk in entry.talks
    ]  # fmt: skip
    set_talks(session, copy, talks)
    return copy


def set_session_people(session: Session, entry: AgendaSession, people: Roles) -> None:
    """Exactly these people have these roles, in this order; rows that stay keep their ids. Raises RoleTwice."""
    _set_roles(entry.roles, people, SessionRole)
    session.flush()


def set_talks(session: Session, entry: AgendaSession, talks: Iterable[TalkEntry]) -> None:
    """Exactly these talks, in this order; a talk that stays keeps its key and id. Raises KeyTaken, RoleTwice."""
    known = {talk.key: talk for talk in entry.talks}
    wanted: dict[str, TalkEntry] = {}
    for given in talks:
        key = given.key or free_key(stem_of(given.title, "talk"), wanted)
        rules.refuse_unless_key(key)
        if key in wanted:
            raise KeyTaken(key=key, field="talks")
        wanted[key] = given
    for key, talk in known.items():
        if key not in wanted:
            entry.talks.remove(talk)
    for position, (key, given) in enumerate(wanted.items()):
        kept = known.get(key)
        if kept is None:
            kept = Talk(key=key)
            entry.talks.append(kept)
        _fill_talk(kept, given, position)
    session.flush()


def _fill_talk(talk: Talk, given: TalkEntry, position: int) -> None:
    names = ("title", "minutes", "project", "abstract")
    set_values(talk, {name: getattr(given, name) for name in names} | {"position": position})
    _set_roles(talk.roles, given.people, TalkRole)


def _set_roles(rows: list[Any], people: Roles, model: type[SessionRole] | type[TalkRole]) -> None:
    known = {(row.person_id, row.role): row for row in rows}
    wanted: dict[tuple[int, str], Person] = {}
    for person, role in people:
        rules.refuse_unless_known(role, ProgrammeRole, field="people")
        if (person.id, role) in wanted:
            raise RoleTwice(name=person.name, field="people")
        wanted[person.id, str(role)] = person
    for place, row in known.items():
        if place not in wanted:
            rows.remove(row)
    for position, ((person_id, role), person) in enumerate(wanted.items()):
        row = known.get((person_id, role))
        if row is None:
            rows.append(model(person=person, person_id=person_id, role=role, position=position))
        else:
            set_values(row, {"position": position})


def _fill(entry: AgendaSession, values: dict[str, Any]) -> None:
    if "kind" in values:
        rules.refuse_unless_known(values["kind"], SessionKind, field="kind")
    if "status" in values:
        rules.refuse_unless_known(values["status"], SessionStatus, field="status")
    set_values(entry, values)
    rules.refuse_unless_in_order(entry.starts_at, entry.ends_at)
