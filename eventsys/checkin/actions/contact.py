"""What a device tells of itself every half minute, so that organisers see from afar how it fares."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from eventsys.checkin.models import Device
from eventsys.kernel.text import clean_line

_device = cast(Table, Device.__table__)
_VERSION_LENGTH = 40
_MOST_UNSENT = 1_000_000


def told_of(values: dict[str, Any]) -> dict[str, Any]:
    """What a device tells of itself as columns: battery in percent, whether it charges, scans unsent, its version.

    What cannot be used is left out: a device must not fall silent because its browser knows no battery.
    """
    told: dict[str, Any] = {}
    battery, unsent = values.get("battery"), values.get("unsent")
    if isinstance(battery, int | float) and not isinstance(battery, bool) and 0 <= battery <= 100:
        told["battery"] = round(battery)
    if isinstance(values.get("is_charging"), bool):
        told["is_charging"] = values["is_charging"]
    if isinstance(unsent, int) and not isinstance(unsent, bool) and 0 <= unsent <= _MOST_UNSENT:
        told["unsent"] = unsent
    if isinstance(values.get("version"), str):
        told["version"] = clean_line(values["version"])[:_VERSION_LENGTH]
    return told


def note_contact(session: Session, device_id: int, values: dict[str, Any], *, now: datetime) -> None:
    """Keep when the device was heard and what it told of itself, in one statement."""
    told = told_of(values)
    session.connection().execute(update(_device).where(_device.c.id == device_id).values(last_seen_at=now, **told))
