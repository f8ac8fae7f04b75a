"""The devices of an event, as its organisers look after them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from eventsys.checkin.models import Device
from eventsys.checkin.models.devices import PAPER

_WHOLE = (selectinload(Device.points), selectinload(Device.printer))
# The paper list stands behind its scans alone: nobody can pair, change or revoke a sheet of paper.
_IS_ONE = Device.token_hash.not_like(f"{PAPER}%")


def devices_of(session: Session, event_id: int) -> Sequence[Device]:
    """All devices ever added, the revoked ones last, the newest first; each with its points and printer."""
    wanted = select(Device).options(*_WHOLE).where(Device.event_id == event_id, _IS_ONE)
    return session.scalars(wanted.order_by(Device.revoked_at.is_not(None), Device.id.desc())).all()


def find_device(session: Session, event_id: int, device_id: int) -> Device | None:
    """One device of this event, with its points and printer."""
    wanted = select(Device).options(*_WHOLE).where(Device.event_id == event_id, Device.id == device_id, _IS_ONE)
    return session.scalar(wanted)


def offered_devices(session: Session, event_id: int) -> Sequence[Device]:
    """The devices with a code to be paired by, also one that is over, in the order in which they were added."""
    wanted = select(Device).options(*_WHOLE).where(Device.event_id == event_id, Device.pairing_hash.is_not(None))
    return session.scalars(wanted.order_by(Device.id)).all()


def names_taken(session: Session, event_id: int) -> set[str]:
    """What the devices that were not revoked are called."""
    wanted = select(Device.name).where(Device.event_id == event_id, Device.revoked_at.is_(None))
    return set(session.scalars(wanted))
