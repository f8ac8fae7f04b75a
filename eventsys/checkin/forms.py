"""What devices and organisers send, turned into typed values: JSON scans, points, devices, reasons."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from eventsys.checkin.errors import BodyMisread, ScanMisread, TooManyScans, WindowReversed
from eventsys.checkin.models import Direction
from eventsys.checkin.rules import ENTRANCE, Entry
from eventsys.events.forms import in_reach
from eventsys.events.rules import instant_of
from eventsys.kernel.text import clean_line

MOST_SCANS = 500
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,35}")

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
    scan_id, code, at = scan.get("id"), scan.get("code"), scan.get("at")
    point, direction = scan.get("point", default_point), scan.get("direction", Direction.IN)
    is_offline = scan.get("offline", False)
    if not isinstance(scan_id, str) or not _ID.fullmatch(scan_id):
        raise ValueError(_("“id” must be a text of 1 to 36 letters, digits, hyphens, such as a UUID."))
    if not isinstance(code, str):
        raise ValueError(_("“code” must be a text."))
    if not isinstance(point, str) or not 0 < len(point) <= 100 or not point.isprintable():
        raise ValueError(_("“point” must be the key of a check-in point."))
    if direction not in ("in", "out"):
        raise ValueError(_("“direction” must be “in” or “out”."))
    if not isinstance(is_offline, bool):
        raise ValueError(_("“offline” must be true or false."))
    return Entry(id=scan_id, code=code, point=point, direction=direction, at=read_instant(at), is_offline=is_offline)


def read_instant(value: Any) -> datetime:
    """An ISO 8601 instant with its offset, in UTC. Raises ValueError with a sentence."""
    sentence = _("“at” must be an instant such as 2026-12-03T08:59:12.345Z.")
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError(sentence)
    try:
        instant = datetime.fromisoformat(value)
        instant = instant.astimezone(UTC) if instant.tzinfo else _EARLIEST.replace(year=1)
    except (ValueError, OverflowError):
        raise ValueError(sentence) from None
    if not _EARLIEST <= instant <= _LATEST:
        raise ValueError(sentence)
    return instant


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


def _line(text: str | None) -> str:
    return clean_line(text or "")


class PointForm(FlaskForm):
    """A door, a room or an item, and when people may pass there."""

    name = StringField(
        _l("Name"), filters=[_line], validators=[DataRequired(_l("Give the point a name.")), Length(max=100)]
    )
    opens_at = DateTimeLocalField(_l("Opens"), validators=[Optional(), in_reach])
    closes_at = DateTimeLocalField(_l("Closes"), validators=[Optional(), in_reach])
    may_repeat = BooleanField(_l("The same person may pass any number of times"))

    def values(self, zone: ZoneInfo) -> dict[str, Any]:
        """What a point keeps; times are local to the event. Raises TimeSkipped and WindowReversed."""
        opens_at, closes_at = (
            instant_of(field.data, zone, field=field.name) if field.data else None
            for field in (self.opens_at, self.closes_at)
        )
        if opens_at and closes_at and closes_at <= opens_at:
            raise WindowReversed(field="closes_at")
        return {
            "name": self.name.data,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "may_repeat": bool(self.may_repeat.data),
        }


class DeviceForm(FlaskForm):
    """A phone or tablet at the door, and where it may scan."""

    name = StringField(
        _l("Name"),
        filters=[_line],
        validators=[DataRequired(_l("Give the device a name, such as Desk 2.")), Length(max=60)],
        description=_l("Other desks read it when somebody is already in: Desk 2."),
    )
    point = SelectField(_l("Where it scans"), validators=[Optional()])
