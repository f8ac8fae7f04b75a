"""The words that organisers put on registrations."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.registration.models import RegistrationTag


def tags_on(session: Session, registration_id: int) -> list[str]:
    """The tags of one registration, in their order."""
    query = select(RegistrationTag.tag).where(RegistrationTag.registration_id == registration_id)
    return list(session.scalars(query.order_by(RegistrationTag.tag)))
