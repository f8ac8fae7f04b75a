"""Who came to events like this one: counted by the database, of the latest events that had a door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission
from eventsys.checkin.rules import ENTRANCE
from eventsys.events.models import Event, EventStatus, event_theme
from eventsys.registration.models import Mode, Registration, State
from eventsys.reports.forecasting import Past

# What was long ago says little of today, and the latest are counted quickly however many events there are.
_LATEST = 40


def events_like(session: Session, event: Event, now: datetime) -> Sequence[Event]:
    """The latest events that are over, of the same kind or with a theme in common, at whose entrance people were
    let in."""
    mine = select(event_theme.c.theme_id).where(event_theme.c.event_id == event.id)
    shares_theme = select(event_theme.c.event_id).where(event_theme.c.theme_id.in_(mine))
    had_door = select(Admission.id).where(Admission.event_id == Event.id, Admission.point_key == ENTRANCE).exists()
    return session.scalars(
        select(Event)
        .where(
            Event.id != event.id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now,
            or_(Event.kind == event.kind, Event.id.in_(shares_theme)),
            had_door,
        )
        .order_by(Event.ends_at.desc(), Event.id.desc())
        .limit(_LATEST)
    ).all()


def past_arrivals(session: Session, event_ids: Sequence[int]) -> dict[str, Past]:
    """By sector, how many were confirmed on site in these events and how many of them came, on any day."""
    came = (
        select(Admission.registration_id)
        .where(Admission.event_id.in_(event_ids), Admission.point_key == ENTRANCE)
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(Registration.sector, func.count(), func.count(came.c.registration_id))
        .outerjoin(came, came.c.registration_id == Registration.id)
        .where(
            Registration.event_id.in_(event_ids),
            Registration.state == State.CONFIRMED,
            Registration.mode == Mode.ONSITE,
        )
        .group_by(Registration.sector)
    )
    return {row[0]: Past(row[1], row[2]) for row in rows}


def confirmed_by_sector(session: Session, event_id: int) -> dict[str, int]:
    """Who has a seat on site now."""
    rows = session.execute(
        select(Registration.sector, func.count())
        .where(
            Registration.event_id == event_id,
            Registration.state == State.CONFIRMED,
            Registration.mode == Mode.ONSITE,
        )
        .group_by(Registration.sector)
    )
    return {row[0]: row[1] for row in rows}
