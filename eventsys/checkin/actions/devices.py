"""Devices that scan at points: added, limited, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin import rules
from eventsys.checkin.actions.pairing import withdraw_offer
from eventsys.checkin.actions.points import ensure_entrance
from eventsys.checkin.errors import EndsInThePast, PointUnknown
from eventsys.checkin.models import Device, DevicePoint, DeviceRole, Point
from eventsys.events.models import Event
from eventsys.kernel import facts, tokens
from eventsys.kernel.text import clean_line


def add_device(
    session: Session,
    event: Event,
    name: str,
    *,
    now: datetime,
    points: Sequence[str] = (),
    until: datetime | None = None,
    user: User | None = None,
    role: str = DeviceRole.SCANNER,
    printer_id: int | None = None,
) -> tuple[Device, str]:
    """Let one more phone or program scan at this event; returns it with its token, which is shown this once.

    Limited to `points` when any are given, until a day after the event unless `until` says otherwise. Raises
    PointUnknown and EndsInThePast.
    """
    ensure_entrance(session, event.id)
    if until is not None and until <= now:
        raise EndsInThePast(field="until")
    token = tokens.new_secret()
    device = Device(
        event_id=event.id,
        name=clean_line(name)[:100] or _("Desk"),
        token_hash=tokens.hashed(token),
        is_limited=bool(points),
        role=role,
        printer_id=printer_id,
        user_id=user.id if user else None,
        created_at=now,
        expires_at=until or rules.device_ends_at(event.ends_at, now),
    )
    session.add(device)
    session.flush()
    _limit(session, device, points)
    facts.record(
        session, "checkin.device_added", at=now, subject="device", subject_id=device.id, event_id=event.id,
        name=device.name,
    )  # fmt: skip
    return device, token


def revoke(session: Session, device: Device, *, now: datetime) -> None:
    """End a device at once, and what offers to pair it; revoking it again changes nothing."""
    withdraw_offer(device)
    if device.revoked_at is None:
        device.revoked_at = now
        facts.record(
            session, "checkin.device_revoked", at=now, subject="device", subject_id=device.id,
            event_id=device.event_id, name=device.name,
        )  # fmt: skip
    session.flush()


def revoke_all(session: Session, event_id: int, *, now: datetime) -> int:
    """End every device of an event that has not ended; returns how many."""
    working = select(Device).where(Device.event_id == event_id, Device.revoked_at.is_(None), Device.expires_at > now)
    devices = session.scalars(working.order_by(Device.id)).all()
    for device in devices:
        revoke(session, device, now=now)
    return len(devices)


def change_device(
    session: Session,
    device: Device,
    *,
    name: str,
    points: Sequence[str],
    until: datetime | None,
    printer_id: int | None,
    now: datetime,
) -> None:
    """Another name, other points, printer or end, from its next call on; None keeps the end.

    Raises PointUnknown and EndsInThePast.
    """
    if until is not None and until != device.expires_at and until <= now:
        raise EndsInThePast(field="until")
    device.name, device.printer_id = clean_line(name)[:100] or device.name, printer_id
    device.expires_at = until or device.expires_at
    session.execute(delete(DevicePoint).where(DevicePoint.device_id == device.id))
    _limit(session, device, points)


def _limit(session: Session, device: Device, points: Sequence[str]) -> None:
    """Confine a device to these points; without any it may scan everywhere."""
    device.is_limited = bool(points)
    rows = session.execute(select(Point.key, Point.id).where(Point.event_id == device.event_id))
    known = {row.key: row.id for row in rows}
    for key in dict.fromkeys(points):
        if key not in known:
            raise PointUnknown(point=key)
        session.add(DevicePoint(device_id=device.id, point_id=known[key]))
    session.flush()
