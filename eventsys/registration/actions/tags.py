"""Words that organisers put on one registration, for their own order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.registration.actions.telling import note_fact
from eventsys.registration.errors import NameMissing
from eventsys.registration.models import Registration, RegistrationTag


def add_tag(session: Session, registration: Registration, tag: str, *, now: datetime) -> bool:
    """Put a tag on; False where it was there. Raises NameMissing."""
    if not tag:
        raise NameMissing(field="tag")
    if session.get(RegistrationTag, (registration.id, tag)) is not None:
        return False
    session.add(RegistrationTag(registration_id=registration.id, tag=tag, event_id=registration.event_id))
    note_fact(session, registration, "tagged", now=now, tag=tag)
    session.flush()
    return True


def remove_tag(session: Session, registration: Registration, tag: str, *, now: datetime) -> bool:
    """Take a tag off; False where there was none."""
    found = session.get(RegistrationTag, (registration.id, tag))
    if found is None:
        return False
    session.delete(found)
    note_fact(session, registration, "untagged", now=now, tag=tag)
    session.flush()
    return True
