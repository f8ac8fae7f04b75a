"""Reads of reports: who attended on which days, and the certificates about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from eventsys.checkin.models import Admission
from eventsys.checkin.rules import came_on
from eventsys.events.models import Event
from eventsys.registration.models import Registration
from eventsys.reports.models import Certificate


def days_of(session: Session, registration_ids: Iterable[int]) -> dict[int, list[date]]:
    """The local days on which each of these people was let in, earliest first; who never was is left out."""
    rows = session.execute(
        select(Admission.registration_id, Admission.day, Admission.first_at, Event.timezone)
        .join(Event, Event.id == Admission.event_id)
        .where(Admission.registration_id.in_(list(registration_ids)))
    )
    found: dict[int, set[date]] = {}
    for number, book, first_at, zone in rows:
        found.setdefault(number, set()).add(came_on(book, first_at, ZoneInfo(zone)))
    return {number: sorted(days) for number, days in found.items()}


def attended(session: Session, event_id: int) -> Sequence[int]:
    """Everybody who was let in and is still known by name, by family name."""
    came = select(Admission.registration_id).where(Admission.event_id == event_id)
    return session.scalars(
        select(Registration.id)
        .where(Registration.id.in_(came), Registration.erased_at.is_(None))
        .order_by(Registration.last_name, Registration.first_name, Registration.id)
    ).all()


def certificate_of(session: Session, registration_id: int) -> Certificate | None:
    return session.scalar(select(Certificate).where(Certificate.registration_id == registration_id))


def find_certificate(session: Session, code: str) -> Certificate | None:
    """The certificate of a code as it was issued, with its event."""
    return session.scalar(select(Certificate).where(Certificate.code == code).options(joinedload(Certificate.event)))


def certificates_among(session: Session, registration_ids: Sequence[int]) -> dict[int, Certificate]:
    """The certificates of these people, by registration, each with the person."""
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.registration_id.in_(registration_ids))
        .options(joinedload(Certificate.registration))
    )
    return {one.registration_id: one for one in rows}


def number_of_certificates(session: Session, event_id: int) -> int:
    query = select(func.count()).select_from(Certificate).where(Certificate.event_id == event_id)
    return session.scalar(query) or 0
