"""Who looked at sensitive answers: one line a look, written before anything is shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.registration.models import SensitiveLook


def note_look(
    session: Session, event_id: int, what: str, *, people: int, now: datetime, registration_id: int | None = None
) -> None:
    """Write down that the actor of this transaction sees sensitive answers of so many `people`.

    `what` is where: `person`, `table`, `export` or `needs`. A door that only reads opens a small transaction for it,
    and shows nothing before that is committed.
    """
    session.add(
        SensitiveLook(
            event_id=event_id,
            registration_id=registration_id,
            what=what,
            people=people,
            at=now,
            by=session.info.get("actor") or "system",
        )
    )
    session.flush()
