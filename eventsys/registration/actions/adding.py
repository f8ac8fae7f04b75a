"""Organisers bring people in: those of a list, everybody of the programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.agenda.models import Person
from eventsys.events.models import Event
from eventsys.registration import queries
from eventsys.registration.actions import pools
from eventsys.registration.actions.entering import register
from eventsys.registration.entries import NewEntry, split_name
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.models import Mode, Registration, RegistrationType


def add_people(
    session: Session, event: Event, entries: Iterable[NewEntry], *, now: datetime, overbook: bool = False
) -> tuple[list[Registration], int]:
    """Register people an organiser lists; those who are registered already are counted, not touched.

    Returns the new registrations and how many were here before. Raises SeatsGone and adds nobody when seats run out.
    """
    pools.have_alone(session, event.id)
    pools.hold_all(session, event)
    added: list[Registration] = []
    known = 0
    for entry in entries:
        try:
            added.append(register(session, event, entry, now=now, overbook=overbook, by_organiser=True))
        except AlreadyRegistered:
            known += 1
    return added, known


def register_programme_people(
    session: Session,
    event: Event,
    *,
    type: RegistrationType = RegistrationType.SPEAKER,
    now: datetime,
    overbook: bool = False,
    is_mailed: bool = False,
) -> list[Registration]:
    """Register everyone of the programme who is not registered yet, on site, in one act."""
    entries = programme_entries(session, event, type=type, is_mailed=is_mailed)
    return add_people(session, event, entries, now=now, overbook=overbook)[0]


def programme_entries(
    session: Session, event: Event, *, type: RegistrationType = RegistrationType.SPEAKER, is_mailed: bool = True
) -> list[NewEntry]:
    """Everyone of the programme who is not registered yet, as they would come in."""
    people = queries.programme_people_missing(session, event.id)
    return [_entry_of(person, event, type=type, is_mailed=is_mailed) for person in people]


def _entry_of(person: Person, event: Event, *, type: RegistrationType, is_mailed: bool) -> NewEntry:
    first_name, last_name = split_name(person.name)
    return NewEntry(
        first_name=first_name[:120],
        last_name=last_name[:120],
        email=person.email or None,
        organisation=person.affiliation,
        mode=Mode.ONSITE,
        type=type,
        language=event.language,
        person_key=person.key,
        is_mailed=is_mailed,
    )
