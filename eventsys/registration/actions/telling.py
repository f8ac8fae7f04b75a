"""What becomes known of a change: a fact for the timeline and a message in the outbox, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    key = told_by(registration, what, about)
    held_back: HeldBack | None = session.info.get(_HELD_BACK)
    if held_back is not None:
        held_back.keys.append((registration.id, key))
        due_at = due_at or now + held_back.pause
    return enqueue(
        session,
        key=key,
        maker=f"registration.{what}",
        arguments={"registration_id": registration.id, **arguments},
        due_at=due_at or now,
        event_id=registration.event_id,
    )


_HELD_BACK = "mails_held_back"


@dataclass
class HeldBack:
    """Messages that leave after a pause, in which they can be taken back: whom they are about, and their keys."""

    pause: timedelta
    keys: list[tuple[int, str]] = field(default_factory=list)


@contextmanager
def holding_back(session: Session, pause: timedelta) -> Iterator[HeldBack]:
    """What is told inside leaves after a pause."""
    session.info[_HELD_BACK] = found = HeldBack(pause)
    try:
        yield found
    finally:
        session.info.pop(_HELD_BACK, None)


def told_by(registration: Registration, what: str, about: str = "") -> str:
    """The key of the message that tells this of this very state."""
    return f"registration.{what}:{registration.id}:{registration.sequence}" + (f":{about}" if about else "")
