"""Pairing: an organiser shows a code and a PIN, a phone sends both and becomes the device; the code then opens nothing.

The database keeps hashes alone. The code and its PIN are derived from the installation's key, the device and the end of
the offer, so that the organiser's page can show them again until then and no table ever holds them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from eventsys.checkin.errors import PairingRefused, PinWrong
from eventsys.checkin.models import Device
from eventsys.checkin.rules import pairing as rules
from eventsys.kernel import facts, tokens
from eventsys.kernel.errors import Refusal
from eventsys.kernel.text import clean_line

_device = cast(Table, Device.__table__)
_VERSION_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """What a device is paired by: the secret inside the QR, the six figures beside it, until when."""

    secret: str
    pin: str
    until: datetime


def offer_pairing(session: Session, device: Device, *, now: datetime) -> Offer:
    """Let a phone become this device within a quarter of an hour; an earlier offer is void.

    A device that is paired already goes on until then. One that was revoked stays so unless it is paired anew.
    """
    device.pairing_until, device.pin_tries = now + rules.PAIRING_FOR, 0
    offer = _offer(device)
    device.pairing_hash, device.pin_hash = tokens.hashed(offer.secret), _hashed_pin(offer.secret, offer.pin)
    session.flush()
    return offer


def standing_offer(device: Device, *, now: datetime) -> Offer | None:
    """The offer that a phone can still take, as it was made; None where there is none any more."""
    if not rules.is_waiting(device, now):
        return None
    offer = _offer(device)
    # With another key of the installation the code on the page would open nothing.
    return offer if device.pairing_hash == tokens.hashed(offer.secret) else None


def _offer(device: Device) -> Offer:
    assert device.pairing_until is not None
    nonce = f"{device.id} {device.pairing_until.isoformat()}"
    number = int.from_bytes(hashlib.sha256(tokens.derived("checkin PIN", nonce).encode()).digest())
    return Offer(tokens.derived("checkin pairing", nonce), f"{number % 1_000_000:06}", device.pairing_until)


def _hashed_pin(secret: str, pin: str) -> str:
    """A PIN alone is guessed from its hash at once; together with the secret it is not."""
    return tokens.hashed(f"{secret} {pin}")


_COUNT_A_TRY = (
    update(_device)
    .where(
        _device.c.pairing_hash == bindparam("sought"),
        _device.c.pin_tries < rules.PIN_TRIES,
        _device.c.pairing_until > bindparam("now"),
        _device.c.expires_at > bindparam("now"),
    )
    .values(pin_tries=_device.c.pin_tries + 1)
    .returning(_device.c.id, _device.c.pin_hash, _device.c.pin_tries)
)


def try_pairing(
    session: Session, secret: str, pin: str, *, version: str, now: datetime
) -> tuple[Device, str] | Refusal:
    """The device with its new token, or why not: the caller commits in both cases, since a wrong PIN must count.

    Counting comes first, in one statement that locks the row: of two phones with the right PIN one gets the token, and
    nobody gets a sixth try by sending many at once.
    """
    row = session.connection().execute(_COUNT_A_TRY, {"sought": tokens.hashed(secret), "now": now}).first()
    # Who guesses codes learns nothing from the time that the answer takes.
    is_right = hmac.compare_digest(row.pin_hash if row else "-" * 64, _hashed_pin(secret, pin))
    if row is None:
        return PairingRefused()
    if not is_right:
        left = rules.PIN_TRIES - row.pin_tries
        return PinWrong(left=left) if left else PairingRefused()
    device = session.scalars(select(Device).where(Device.id == row.id).execution_options(populate_existing=True)).one()
    return device, _paired(session, device, version, now)


def _paired(session: Session, device: Device, version: str, now: datetime) -> str:
    token = tokens.new_secret()
    device.token_hash, device.paired_at, device.last_seen_at = tokens.hashed(token), now, now
    device.revoked_at = None
    device.version = clean_line(version)[:_VERSION_LENGTH]
    device.battery = device.is_charging = device.unsent = None
    withdraw_offer(device)
    session.flush()
    facts.record(
        session, "checkin.device_paired", at=now, subject="device", subject_id=device.id, event_id=device.event_id,
        actor=f"device:{device.id}", name=device.name,
    )  # fmt: skip
    return token


def withdraw_offer(device: Device) -> None:
    """The code on the page opens nothing any more."""
    device.pairing_hash = device.pin_hash = device.pairing_until = None
    device.pin_tries = 0


def names_for(name: str, count: int, taken: set[str]) -> list[str]:
    """The name, or for several `Desk 1`, `Desk 2` … from the first number on that no device of the event has."""
    if count == 1:
        return [name]
    stem, numbers = name.rstrip("0123456789").rstrip() or name, range(1, count + len(taken) + 1)
    return [numbered for number in numbers if (numbered := f"{stem} {number}") not in taken][:count]
