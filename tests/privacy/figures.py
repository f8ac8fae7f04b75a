"""What is counted of an event, and everything a database holds: erasure changes nothing of the first and all of the
second that names somebody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission
from eventsys.checkin.queries.figures import came_by_day, refused
from eventsys.events.models import Event
from eventsys.kernel.database import db
from eventsys.registration import queries
from eventsys.registration.listing import counted
from eventsys.registration.models import Consent, Registration, Seat, SeatPool
from eventsys.site.desk import people


def figures(session: Session, event: Event) -> dict[str, Any]:
    """All that organisers read in numbers."""
    session.rollback()
    session.expire_all()
    days = came_by_day(session, event.id, zone=event.zone)
    pools = select(SeatPool.kind, SeatPool.key, SeatPool.taken, SeatPool.waiting).where(SeatPool.event_id == event.id)
    seats = select(Seat.pool_id, Seat.state, func.count()).join(SeatPool).where(SeatPool.event_id == event.id)
    types = select(Registration.type, func.count()).where(Registration.event_id == event.id)
    return {
        "states": counted(session, event.id),
        "origins": people.origins(session, event.id),
        "curve": people.curve(session, event, event.ends_at),
        "days": days,
        "refused": [refused(session, event.id, day=day, zone=event.zone) for day, _number in days],
        "arrivals": list(session.scalars(select(Admission.first_at).order_by(Admission.id))),
        "pools": sorted(map(tuple, session.execute(pools))),
        "seats": sorted(map(tuple, session.execute(seats.group_by(Seat.pool_id, Seat.state)))),
        "types": sorted(map(tuple, session.execute(types.group_by(Registration.type)))),
        "left": queries.seats(session, event.id),
        "consents": session.scalar(select(func.count()).select_from(Consent)),
    }


def everything() -> str:
    """All rows of all tables as one text."""
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return "\n".join(f"{name} {row}" for name in names for row in connection.execute(text(f"SELECT * FROM {name}")))
