"""How a phone becomes a device, and what it tells of itself while it is one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask_babel import lazy_gettext as _l

from eventsys.api.bearing import bearer, body, name_the_scheme, said
from eventsys.checkin.actions.contact import note_contact
from eventsys.checkin.actions.pairing import try_pairing
from eventsys.checkin.errors import PairingMisread
from eventsys.checkin.queries import gate, snapshot
from eventsys.kernel import clock, limits
from eventsys.kernel.clock import said_instant
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal

bp = Blueprint("devices_api", __name__, url_prefix="/api/v1")
bp.after_request(name_the_scheme)

# A hall is one address: all its phones are paired in an hour, and volunteers mistype. Codes are 128 random bits, and a
# PIN has five tries of its own, so what this holds up is somebody who keeps the server busy.
_MOST_TRIES, _WITHIN = 60, 600
_LONGEST_SECRET = 60
_PIN_LENGTH = 6


@bp.post("/checkin/pairing")
def pairing() -> Response:
    """The token of a device, for the code that an organiser shows and the PIN beside it; both are used up by it."""
    secret, pin, version = _read_pairing(body())
    limits.take("pairing", most=_MOST_TRIES, seconds=_WITHIN)
    now = clock.now()
    with transaction(actor="visitor") as session:
        answer = try_pairing(session, secret, pin, version=version, now=now)
        # A wrong PIN has been counted: that must stay, so the refusal is raised when all is written.
        told = (
            None
            if isinstance(answer, Refusal)
            else snapshot.told_to(gate.desk_of(session, answer[1], slug=None, now=now))
        )
    if isinstance(answer, Refusal):
        raise answer
    limits.give_back("pairing", seconds=_WITHIN)
    device, token = answer
    return said({"token": token, "expires_at": said_instant(device.expires_at), **(told or {})})


def _read_pairing(sent: Any) -> tuple[str, str, str]:
    """Secret, PIN and version. Raises PairingMisread."""
    if not isinstance(sent, dict):
        raise PairingMisread
    secret, pin, version = sent.get("pairing"), sent.get("pin"), sent.get("version", "")
    if not isinstance(secret, str) or not isinstance(pin, str) or not 0 < len(secret) <= _LONGEST_SECRET:
        raise PairingMisread
    # Ours is letters of an address; half a surrogate pair, which JSON can carry, has no bytes to be hashed.
    if not secret.isascii():
        raise PairingMisread
    # As it is read aloud, and as people write it down: 123 456.
    digits = "".join(letter for letter in pin if not letter.isspace() and letter != "-")
    if len(digits) != _PIN_LENGTH or not (digits.isascii() and digits.isdecimal()):
        raise PairingMisread(_l("The PIN has six figures."))
    return secret, digits, version if isinstance(version, str) else ""


@bp.post("/events/<slug>/checkin/contact")
def contact(slug: str) -> Response:
    """A sign of life, from a device of any role; what it tells is kept as far as it can be used."""
    sent, now = body(), clock.now()
    with transaction(actor="device") as session:
        desk = gate.desk_of(session, bearer(), slug=slug, now=now)
        note_contact(session, desk.device_id, sent if isinstance(sent, dict) else {}, now=now)
    return said({"now": said_instant(clock.now())})
