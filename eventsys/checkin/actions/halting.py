"""Points change between scans, never under one: whoever was judged by the old ones has been entered before."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from eventsys.checkin.errors import DoorBusy

# A door must not stand still for longer because somebody reads a long report of points just now.
_PATIENCE = "1500ms"
_GAVE_UP = ("55P03", "40P01")  # lock_not_available, deadlock_detected


def halt_scans(session: Session) -> None:
    """Wait for all scans that are being judged, and let none begin before the caller commits. Raises DoorBusy.

    Every scan reads the points in the transaction in which it writes, and PostgreSQL lets nobody have a table to
    themselves while such a transaction lasts: scans pay nothing for this. On SQLite there is one writer at a time.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    try:
        session.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
        session.execute(text("LOCK TABLE checkin_point IN ACCESS EXCLUSIVE MODE"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in _GAVE_UP:
            raise
        raise DoorBusy from error
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
