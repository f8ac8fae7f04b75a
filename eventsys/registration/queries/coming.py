"""Reads for "Are you still coming?": who is to be asked, who did not answer, what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event, EventStatus
from eventsys.registration.models import Coming, Mode, Registration, RegistrationSettings, State


def _on_site(event_id: int) -> Select[Registration]:
    return select(Registration).where(
        Registration.event_id == event_id, Registration.state == State.CONFIRMED, Registration.mode == Mode.ONSITE
    )


def unasked(event_id: int, before: datetime) -> Select[Registration]:
    """Those who are confirmed on site, registered before an instant, and were never asked."""
    return _on_site(event_id).where(
        Registration.coming == Coming.UNASKED, Registration.registered_at <= before, Registration.email.is_not(None)
    )


def silent(event_id: int, now: datetime) -> Select[Registration]:
    """Those whose time to answer is over."""
    return _on_site(event_id).where(Registration.coming == Coming.ASKED, Registration.coming_until <= now)


def events_that_ask(session: Session, now: datetime) -> Sequence[tuple[Event, RegistrationSettings]]:
    """Published events to come whose people are asked some days before."""
    rows = session.execute(
        select(Event, RegistrationSettings)
        .join(RegistrationSettings, RegistrationSettings.event_id == Event.id)
        .where(
            RegistrationSettings.asks_again_days.is_not(None),
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            # No setting asks earlier: most events of the years to come need no look.
            Event.starts_at < now + timedelta(days=366),
        )
        .order_by(Event.id)
    )
    return [(row[0], row[1]) for row in rows]


def events_with_silent(session: Session, now: datetime) -> Sequence[int]:
    """Events to come that free the seats of who does not answer, where somebody did not."""
    query = (
        select(Event.id)
        .join(RegistrationSettings, RegistrationSettings.event_id == Event.id)
        .join(Registration, Registration.event_id == Event.id)
        .where(
            RegistrationSettings.frees_silent.is_(True),
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            Registration.state == State.CONFIRMED,
            Registration.mode == Mode.ONSITE,
            Registration.coming == Coming.ASKED,
            Registration.coming_until <= now,
        )
    )
    return session.scalars(query.distinct().order_by(Event.id)).all()


def is_anybody_unasked(session: Session, event_id: int, before: datetime) -> bool:
    query = unasked(event_id, before).with_only_columns(Registration.id).limit(1)
    return session.scalar(query) is not None


def answers_counted(session: Session, event_id: int, now: datetime) -> dict[str, int]:
    """How many confirmed on site said yes, are asked, are silent past their time or were not asked; how many said no
    and gave their seat back."""
    mine: tuple[Any, ...] = (Registration.event_id == event_id, Registration.mode == Mode.ONSITE)
    rows = session.execute(
        select(Registration.coming, func.count())
        .where(*mine, Registration.state == State.CONFIRMED)
        .group_by(Registration.coming)
    )
    counts = {str(row[0]): int(row[1]) for row in rows}
    late = session.scalar(select(func.count()).select_from(silent(event_id, now).subquery())) or 0
    gone = session.scalar(select(func.count()).select_from(Registration).where(*mine, Registration.coming == Coming.NO))
    return {
        "yes": counts.get(Coming.YES, 0),
        "asked": counts.get(Coming.ASKED, 0) - late,
        "silent": late,
        "unasked": counts.get(Coming.UNASKED, 0),
        "no": gone or 0,
    }
