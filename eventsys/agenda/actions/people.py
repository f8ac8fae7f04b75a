"""People of the programme: written down once, corrected, two entries of one person made one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda import rules
from eventsys.agenda.actions.keys import key_for, set_values
from eventsys.agenda.errors import SamePerson
from eventsys.agenda.models import Person, SessionRole, TalkRole
from eventsys.events.models import Event
from eventsys.kernel.facts import record


def add_person(
    session: Session, event: Event, *, name: str, key: str | None = None, links: Iterable[str] = (), **values: Any
) -> Person:
    """Someone with `affiliation`, `biography`, `email`, `position`. Raises KeyTaken, LinkMalformed."""
    person = Person(event_id=event.id, key=key_for(session, Person, event.id, name, key))
    set_values(person, values | {"name": name, "links": rules.links_of(links)})
    session.add(person)
    session.flush()
    return person


def update_person(session: Session, person: Person, **values: Any) -> None:
    """Change what is written about someone. Raises LinkMalformed."""
    if "links" in values:
        values["links"] = rules.links_of(values["links"])
    set_values(person, values)
    session.flush()


def remove_person(session: Session, person: Person) -> None:
    """Take someone out of the programme, and of every session and talk."""
    # Through the ORM, so that the sessions' pages and LAST-MODIFIED follow.
    for model in (SessionRole, TalkRole):
        for role in session.scalars(select(model).where(model.person_id == person.id)):
            session.delete(role)
    session.flush()
    session.delete(person)
    session.flush()


def merge_people(session: Session, *, kept: Person, merged: Person, now: datetime) -> None:
    """One entry instead of two: `kept` takes over the roles of `merged`, and what it did not yet say of itself.

    Raises SamePerson.
    """
    if kept.id == merged.id or kept.event_id != merged.event_id:
        raise SamePerson(field="other")
    for name in ("affiliation", "biography", "email"):
        set_values(kept, {name: getattr(kept, name) or getattr(merged, name)})
    set_values(kept, {"links": list(dict.fromkeys([*kept.links, *merged.links]))})
    _take_over(session, SessionRole, "session_id", kept, merged)
    _take_over(session, TalkRole, "talk_id", kept, merged)
    data = {"kept": kept.key, "merged": merged.key}
    record(
        session, "agenda.people_merged", at=now, subject="person", subject_id=kept.id, event_id=kept.event_id, **data
    )
    session.flush()
    session.delete(merged)
    session.flush()


def _take_over(session: Session, model: Any, of: str, kept: Person, merged: Person) -> None:
    had = {(getattr(role, of), role.role) for role in session.scalars(select(model).where(model.person_id == kept.id))}
    for role in session.scalars(select(model).where(model.person_id == merged.id)):
        if (getattr(role, of), role.role) in had:
            session.delete(role)
        else:
            role.person = kept
    session.flush()
