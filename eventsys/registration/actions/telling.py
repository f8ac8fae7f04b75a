"""What becomes known of a change: a fact for the timeline and a message in the outbox, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.kernel.facts import record
from eventsys.mailing.actions import enqueue
from eventsys.registration.models import Registration


def note_fact(
    session: Session, registration: Registration, what: str, *, now: datetime, actor: str | None = None, **data: Any
) -> None:
    """One line of the person's timeline."""
    record(
        session,
        f"registration.{what}",
        at=now,
        subject="registration",
        subject_id=registration.id,
        event_id=registration.event_id,
        actor=actor,
        **data,
    )


def tell(
    session: Session,
    registration: Registration,
    what: str,
    *,
    now: datetime,
    about: str = "",
    due_at: datetime | None = None,
    **arguments: Any,
) -> bool:
    """Put a message about this very state into the outbox; False where there is no address or it was told before.

    `about` names what else the message is about, where one state has several; `due_at` when it may leave, where it can
    still be taken back until then.
    """
    if not registration.email:
        return False
    return enqueue(
        session,
        key=told_by(registration, what, about),
        maker=f"registration.{what}",
        arguments={"registration_id": registration.id, **arguments},
        due_at=due_at or now,
        event_id=registration.event_id,
    )


def told_by(registration: Registration, what: str, about: str = "") -> str:
    """The key of the message that tells this of this very state."""
    return f"registration.{what}:{registration.id}:{registration.sequence}" + (f":{about}" if about else "")
