"""How a phone becomes a device: by a code that an organiser shows and a PIN beside it, soon and within few tries."""

from __future__ import annotations

from datetime import datetime, timedelta

from eventsys.checkin.models import Device

PAIRING_FOR = timedelta(minutes=15)
PIN_TRIES = 5

# A device calls every 30 seconds; one that has missed this much may be asleep, away or out of the network.
SILENT_AFTER = timedelta(minutes=5)
# Below it a device does not last another hour.
LOW_BATTERY = 15


def is_waiting(device: Device, now: datetime) -> bool:
    """Whether the code of this device can still be used."""
    return (
        device.pairing_hash is not None
        and device.pairing_until is not None
        and device.pairing_until > now
        and device.pin_tries < PIN_TRIES
        and device.expires_at > now
    )


def standing(device: Device, now: datetime) -> str:
    """`revoked`, `ended`, `waiting` (for its first pairing), `unpaired` (nobody came in time) or `working`."""
    if device.revoked_at is not None:
        return "revoked"
    if device.expires_at <= now:
        return "ended"
    if device.pairing_hash is not None and device.paired_at is None and device.last_seen_at is None:
        return "waiting" if is_waiting(device, now) else "unpaired"
    return "working"


def is_silent(device: Device, now: datetime) -> bool:
    """Whether a device that was heard before has said nothing for a while."""
    return device.last_seen_at is not None and now - device.last_seen_at > SILENT_AFTER


def holds_scans(device: Device, now: datetime) -> bool:
    """Whether somebody must look for this device: it is silent, and had scans that nobody else has."""
    return is_silent(device, now) and bool(device.unsent)
