"""What devices and organisers send, turned into typed values: JSON scans, points, devices, reasons."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from eventsys.checkin.errors import BodyMisread, ScanMisread, TooManyScans
from eventsys.checkin.models import Direction, Outcome
from eventsys.checkin.rules import ENTRANCE, Entry

MOST_SCANS = 500
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,35}")

# What no key of a table can be.
_NO_KEY = 2**63

_OUTCOMES = frozenset(str(outcome) for outcome in Outcome)

# Further off than any event of ours, and near enough that no zone moves it out of the calendar.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def read_scans(body: Any, *, point: str = ENTRANCE) -> list[Entry | ScanMisread]:
    """The scans of one call in their order; in the place of one that cannot be understood stands what is wrong with it.

    `point` is that of scans that name none. Raises BodyMisread and TooManyScans for the call as a whole.
    """
    scans = body.get("scans") if isinstance(body, dict) else None
    if not isinstance(scans, list):
        raise BodyMisread
    if len(scans) > MOST_SCANS:
        raise TooManyScans(most=MOST_SCANS, count=len(scans))
    return [_read(scan, position, point) for position, scan in enumerate(scans)]


def _read(scan: Any, position: int, point: str) -> Entry | ScanMisread:
    try:
        return _entry(scan, point)
    except ValueError as wrong:
        return ScanMisread(position=position, reason=str(wrong))


def _entry(scan: Any, default_point: str) -> Entry:
    if not isinstance(scan, dict):
        raise ValueError(_("it must be an object."))
    scan_id, at, (code, registration_id) = scan.get("id"), scan.get("at"), _whose(scan)
    point, direction = scan.get("point", default_point), scan.get("direction", Direction.IN)
    is_offline, told = scan.get("offline", False), scan.get("told")
    if not isinstance(scan_id, str) or not _ID.fullmatch(scan_id):
        raise ValueError(_("“id” must be a text of 1 to 36 letters, digits, hyphens, such as a UUID."))
    if not isinstance(point, str) or not 0 < len(point) <= 100 or not point.isprintable():
        raise ValueError(_("“point” must be the key of a check-in point."))
    if direction not in ("in", "out"):
        raise ValueError(_("“direction” must be “in” or “out”."))
    if not isinstance(is_offline, bool):
        raise ValueError(_("“offline” must be true or false."))
    # A list or an object has no hash: asked whether it is among the outcomes it would take the whole call down.
    if told is not None and not (isinstance(told, str) and told in _OUTCOMES):
        raise ValueError(_("“told” must be an outcome such as “admitted”."))
    return Entry(
        id=scan_id, code=code, point=point, direction=direction, at=read_instant(at), is_offline=is_offline, told=told,
        registration_id=registration_id,
    )  # fmt: skip


def _whose(scan: dict[str, Any]) -> tuple[str, int | None]:
    """The code that was read, or in its place whom somebody found by name. Raises ValueError with a sentence."""
    code, registration_id = scan.get("code"), scan.get("registration")
    if registration_id is None:
        if not isinstance(code, str):
            raise ValueError(_("“code” must be a text."))
        return code, None
    if code is not None or type(registration_id) is not int or not 0 < registration_id < _NO_KEY:
        raise ValueError(_("“registration” must be the number of somebody in the snapshot, and stand without “code”."))
    return "", registration_id


def read_instant(value: Any) -> datetime:
    """An ISO 8601 instant with its offset, in UTC. Raises ValueError with a sentence."""
    if isinstance(value, str) and len(value) <= 40:
        with suppress(ValueError, OverflowError):
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is not None and _EARLIEST <= instant <= _LATEST:
                return instant.astimezone(UTC)
    raise ValueError(_("“at” must be an instant such as 2026-12-03T08:59:12.345Z."))


def read_scan_id(body: Any) -> str:
    """The id of the scan to undo. Raises BodyMisread."""
    scan_id = body.get("id") if isinstance(body, dict) else None
    if not isinstance(scan_id, str) or not _ID.fullmatch(scan_id):
        raise BodyMisread(_("The body must be JSON such as {“id”: …, “reason”: …}."))
    return scan_id


def read_reason(body: Any) -> str:
    """Why a scan is undone; empty where nothing usable was given."""
    reason = body.get("reason") if isinstance(body, dict) else None
    return reason if isinstance(reason, str) else ""
