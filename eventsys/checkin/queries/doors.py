"""What pages about the door list: events to work at, points, devices, the latest scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Device, Point, Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import OPENS_BEFORE, Place, window
from eventsys.events.models import Event, EventStatus, Membership
from eventsys.registration.models import Registration

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
    return [(point, _place(point, event)) for point in points]


def _place(point: Point, event: Event) -> Place:
    opens_at, closes_at = window(point.opens_at, point.closes_at, starts_at=event.starts_at, ends_at=event.ends_at)
    return Place(key=point.key, name=point.name, opens_at=opens_at, closes_at=closes_at, may_repeat=point.may_repeat)


def devices_of(session: Session, event_id: int) -> list[Device]:
    """All devices ever added, those that may still scan first, each with its point."""
    found = session.scalars(
        select(Device).where(Device.event_id == event_id).order_by(Device.revoked_at.is_not(None), Device.id.desc())
    )
    return list(found)


def find_device(session: Session, event_id: int, device_id: int) -> Device | None:
    return session.scalar(select(Device).where(Device.event_id == event_id, Device.id == device_id))


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
        expires_at=event.ends_at,
        last_seen_at=None,
    )
