"""What pages about the door list: events to work at, points, devices, the latest scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.checkin.models import Device, DeviceRole, Point, Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import ENTRANCE, OPENS_BEFORE, Place
from eventsys.events.models import Event, EventStatus, Membership
from eventsys.registration.models import PoolKind, Registration, SeatPool

# A door is still of interest in the evening after its event.
_AFTERWARDS = timedelta(hours=12)


def events_to_work_at(now: datetime, *, user_id: int, is_administrator: bool) -> Select[Any]:
    """Events at whose door this user may stand and that are not over, the soonest first: what goes on now leads."""
    ours = select(Event).where(Event.status != EventStatus.CANCELLED, Event.ends_at >= now - _AFTERWARDS)
    if not is_administrator:
        ours = ours.join(Membership, Membership.event_id == Event.id).where(Membership.user_id == user_id)
    return ours.order_by(Event.starts_at, Event.id)


def is_open(event: Event, now: datetime) -> bool:
    """Whether people are let in by the usual window of an entrance."""
    return event.starts_at - OPENS_BEFORE <= now <= event.ends_at


def points_of(session: Session, event: Event) -> list[tuple[Point, Place]]:
    """The points of an event in their order, each with its window worked out."""
    points = session.scalars(select(Point).where(Point.event_id == event.id).order_by(Point.position, Point.id))
    places = gate.places_of(session, event.id)
    return [(point, places[point.key]) for point in points]


def may_remove(session: Session, point: Point) -> bool:
    """Whether a point may be taken away: nobody was scanned there, and it is not the entrance."""
    was_used = select(Scan.id).where(Scan.event_id == point.event_id, Scan.point_key == point.key).limit(1)
    return point.key != ENTRANCE and session.scalar(was_used) is None


def sessions_of(session: Session, event_id: int) -> list[AgendaSession]:
    """The sessions of the agenda that take place, in order of time, without their texts."""
    query = select(AgendaSession).options(defer(AgendaSession.abstract, raiseload=True))
    ours = query.where(AgendaSession.event_id == event_id, AgendaSession.status != SessionStatus.CANCELLED)
    return list(session.scalars(ours.order_by(AgendaSession.starts_at, AgendaSession.id)))


def sessions_to_sign_up_for(session: Session, event_id: int) -> list[AgendaSession]:
    """Those of them whose seats people sign up for."""
    keys = select(SeatPool.key).where(SeatPool.event_id == event_id, SeatPool.kind == PoolKind.SESSION)
    offered = set(session.scalars(keys))
    return [entry for entry in sessions_of(session, event_id) if entry.key in offered]


@dataclass(frozen=True)
class ScanLine:
    """One scan as a table shows it: what its device was told, what is true since, whether it was undone."""

    scan: Scan
    name: str
    device: str

    @property
    def outcome(self) -> str:
        return self.scan.corrected_outcome or self.scan.outcome


def latest_scans(session: Session, event_id: int, *, most: int = 25) -> list[ScanLine]:
    """The scans that arrived last, the newest first."""
    rows = session.execute(
        select(Scan, Registration.first_name, Registration.last_name, Device.name)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .where(Scan.event_id == event_id)
        .order_by(Scan.received_at.desc(), Scan.id.desc())
        .limit(most)
    )
    return [ScanLine(scan, f"{first or ''} {last or ''}".strip(), device) for scan, first, last, device in rows]


def has_days(session: Session, event_id: int) -> bool:
    """Whether people choose the days of this event on which they come."""
    of_day = select(SeatPool.id).where(SeatPool.event_id == event_id, SeatPool.kind == PoolKind.DAY).limit(1)
    return session.scalar(of_day) is not None


def desk_without_device(session: Session, event: Event, *, name: str) -> Desk:
    """The desk of an organiser who looks after the door from a page: all points, no device."""
    places = {point.key: place for point, place in points_of(session, event)}
    return gate.Desk(
        device_id=0,
        device_name=name,
        event_id=event.id,
        slug=event.slug,
        title=event.title,
        zone=event.zone,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        places=places,
        only_at=None,
        role=DeviceRole.DESK,
        printer_id=None,
        has_days=has_days(session, event.id),
        expires_at=event.ends_at,
        last_seen_at=None,
    )
