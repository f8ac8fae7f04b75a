"""A list that was kept on paper while nothing else worked: entered afterwards as the scans it stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.checkin.actions.points import ensure_entrance
from eventsys.checkin.actions.scanning import record_scans
from eventsys.checkin.models import Device, DeviceRole, Direction
from eventsys.checkin.models.devices import PAPER
from eventsys.checkin.queries.doors import desk_without_device
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import Entry
from eventsys.events.models import Event

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@dataclass(frozen=True)
class PaperLine:
    """One person who was ticked off, by the code that is valid now, and when."""

    registration_id: int
    code: str
    at: datetime


def enter(
    session: Session, event: Event, lines: Sequence[PaperLine], *, point: str, now: datetime
) -> list[dict[str, Any]]:
    """Scan these people at the instants of the list; returns the answer of each, in their order.

    The same person at the same point and instant is the same scan: a list that is entered twice counts once.
    """
    desk = _desk(session, event, now=now)
    entries = [
        Entry(id=_id(line, point), code=line.code, point=point, direction=Direction.IN, at=line.at, is_offline=True)
        for line in lines
    ]
    return record_scans(session, desk, entries, now=now) if entries else []


def _id(line: PaperLine, point: str) -> str:
    made = f"{line.registration_id}\n{point}\n{line.at.isoformat()}"
    return "paper-" + hashlib.sha256(made.encode()).hexdigest()[:30]


def _desk(session: Session, event: Event, *, now: datetime) -> Desk:
    """The desk of the paper: scans need a device, and this one has no token that would open anything."""
    ensure_entrance(session, event.id)
    marked = f"{PAPER}{event.id}"
    values = {
        "event_id": event.id, "name": _("Paper list"), "role": DeviceRole.SCANNER.value, "token_hash": marked,
        "created_at": now, "expires_at": now, "revoked_at": now, "is_limited": False, "pin_tries": 0, "version": "",
    }  # fmt: skip
    insert = _INSERTS[session.get_bind().dialect.name]
    session.execute(insert(Device).values(values).on_conflict_do_nothing(index_elements=["token_hash"]))
    device = session.scalars(select(Device).where(Device.token_hash == marked)).one()
    return replace(desk_without_device(session, event, name=device.name), device_id=device.id, has_watches=True)
