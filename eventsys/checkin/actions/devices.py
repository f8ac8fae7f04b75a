"""Points and the devices that scan there: added, limited, revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin import rules
from eventsys.checkin.errors import EndsInThePast, PointTaken, PointUnknown
from eventsys.checkin.models import Device, Point
from eventsys.events.models import Event
from eventsys.kernel import facts, tokens
from eventsys.kernel.text import clean_line, slugified

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def ensure_entrance(session: Session, event_id: int) -> None:
    """Every event has the point `entrance`; whoever needs it first makes it, and two who come at once make one."""
    has_it = select(Point.id).where(Point.event_id == event_id, Point.key == rules.ENTRANCE)
    if session.scalar(has_it) is not None:
        return
    insert = _INSERTS[session.get_bind().dialect.name]
    values = {
        "event_id": event_id, "key": rules.ENTRANCE, "name": _("Entrance"), "may_repeat": False, "position": 0,
    }  # fmt: skip
    session.execute(insert(Point).values(values).on_conflict_do_nothing(index_elements=["event_id", "key"]))


def add_point(
    session: Session,
    event: Event,
    name: str,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    may_repeat: bool = False,
) -> Point:
    """A further door, room or item; its key comes from its name and stays. Raises PointTaken."""
    name = clean_line(name)
    key = slugified(name, most=60) or "point"
    taken = set(session.scalars(select(Point.key).where(Point.event_id == event.id)))
    if key in taken:
        raise PointTaken(field="name")
    point = Point(
        event_id=event.id,
        key=key,
        name=name,
        opens_at=opens_at,
        closes_at=closes_at,
        may_repeat=may_repeat,
        position=len(taken),
    )
    session.add(point)
    session.flush()
    return point


def change_point(
    session: Session,
    point: Point,
    *,
    name: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    may_repeat: bool,
) -> None:
    """Another name or window, from now on: scans made so far keep their answers."""
    point.name, point.opens_at, point.closes_at, point.may_repeat = clean_line(name), opens_at, closes_at, may_repeat
    session.flush()


def find_point(session: Session, event_id: int, key: str) -> Point:
    """A point of an event by its key; raises PointUnknown."""
    point = session.scalar(select(Point).where(Point.event_id == event_id, Point.key == key))
    if point is None:
        raise PointUnknown(point=key)
    return point


def add_device(
    session: Session,
    event: Event,
    name: str,
    *,
    now: datetime,
    point: str | None = None,
    until: datetime | None = None,
    user: User | None = None,
) -> tuple[Device, str]:
    """Let one more phone or program scan at this event; returns it with its token, which is shown this once.

    Limited to one `point` when given, until a day after the event unless `until` says otherwise. Raises PointUnknown
    and EndsInThePast.
    """
    ensure_entrance(session, event.id)
    if until is not None and until <= now:
        raise EndsInThePast(field="until")
    token = tokens.new_secret()
    device = Device(
        event_id=event.id,
        name=clean_line(name)[:100] or _("Desk"),
        token_hash=tokens.hashed(token),
        point_id=find_point(session, event.id, point).id if point else None,
        user_id=user.id if user else None,
        created_at=now,
        expires_at=until or rules.device_ends_at(event.ends_at, now),
    )
    session.add(device)
    session.flush()
    facts.record(
        session, "checkin.device_added", at=now, subject="device", subject_id=device.id, event_id=event.id,
        name=device.name,
    )  # fmt: skip
    return device, token


def revoke(session: Session, device: Device, *, now: datetime) -> None:
    """End a device at once; revoking it again changes nothing."""
    if device.revoked_at is None:
        device.revoked_at = now
        facts.record(
            session, "checkin.device_revoked", at=now, subject="device", subject_id=device.id,
            event_id=device.event_id, name=device.name,
        )  # fmt: skip
        session.flush()
