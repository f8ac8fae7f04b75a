"""Issuing certificates of attendance: one a person, with the same code each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import tokens
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.models import Registration
from eventsys.reports import queries, rules
from eventsys.reports.errors import NotAttended
from eventsys.reports.models import Certificate


def issue(session: Session, registration: Registration, *, now: datetime) -> Certificate:
    """The certificate of one person, made when there is none. Raises NotAttended."""
    # The row alone: with its event beside it PostgreSQL would not lock it.
    session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update())
    session.refresh(registration)
    days = queries.days_of(session, [registration.id]).get(registration.id, [])
    if registration.erased_at is not None or not rules.may_certify(registration.event, len(days), now):
        raise NotAttended
    return _issued(session, registration, queries.certificate_of(session, registration.id), now=now)


def issue_all(session: Session, event: Event, registrations: Sequence[Registration], *, now: datetime) -> int:
    """The certificates of these people, who all came. Raises NotAttended while the event is not over."""
    if not rules.may_certify(event, len(registrations), now):
        raise NotAttended
    known = queries.certificates_among(session, [one.id for one in registrations])
    for registration in registrations:
        _issued(session, registration, known.get(registration.id), now=now)
    session.flush()
    return len(registrations)


def _issued(session: Session, registration: Registration, known: Certificate | None, *, now: datetime) -> Certificate:
    if known is not None:
        # A name that was put right: the new paper is the true one.
        known.name_hash = rules.name_hash(known.code, registration.name)
        return known
    code = tokens.readable(rules.CODE_LENGTH)
    certificate = Certificate(
        event_id=registration.event_id,
        registration_id=registration.id,
        code=code,
        name_hash=rules.name_hash(code, registration.name),
        issued_at=now,
    )
    session.add(certificate)
    note_fact(session, registration, "certificate_issued", now=now)
    return certificate
