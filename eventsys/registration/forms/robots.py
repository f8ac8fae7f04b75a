"""Whether a form was read by somebody before it was sent: robots fill it in without, or in no time."""

from __future__ import annotations

from time import time

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

# Nobody reads a form and fills it in faster; robots do.
LEAST_SECONDS = 1
_SALT = "registration form"


def reading_begins() -> str:
    """What a form carries that is loaded now: the instant, signed."""
    return _signer().sign("read").decode()


def was_read(started: str | None) -> bool:
    """Whether the form was loaded here, and long enough ago for a person. It may be sent again, for another one."""
    try:
        _read, loaded_at = _signer().unsign(started or "", return_timestamp=True)
    except BadSignature:
        return False
    return time() - loaded_at.timestamp() >= LEAST_SECONDS


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt=_SALT)
