"""What a device was told and is true no more: the scan, what it was told, what is true, in this request's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from eventsys.checkin import wording
from eventsys.checkin.models import Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk

_scan = cast(Table, Scan.__table__)
_COLUMNS = (
    _scan.c.scan_id, _scan.c.point_key, _scan.c.at, _scan.c.outcome, _scan.c.corrected_answer, _scan.c.corrected_at,
    _scan.c.undone_at,
)  # fmt: skip


def since(session: Session, desk: Desk, start: datetime) -> list[dict[str, Any]]:
    """The scans of this device whose answer was put right since, in that order."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            _scan.c.event_id == desk.event_id,
            _scan.c.device_id == desk.device_id,
            _scan.c.corrected_at >= start,
            _scan.c.undone_at.is_(None),
        )
        .order_by(_scan.c.corrected_at, _scan.c.id)
    )
    return [_correction(desk, row) for row in rows]


def of_stored(desk: Desk, stored: Iterable[Any]) -> list[dict[str, Any]]:
    """Those of these stored scans (of `gate.stored_scans`) whose answer is true no more.

    A device whose first answer was lost sends a scan again. Had it been told of the correction in between, it could not
    have known of what; now the answer it gets is the old one.
    """
    return [_correction(desk, row) for row in stored if row.corrected_at is not None and row.undone_at is None]


def _correction(desk: Desk, row: Any) -> dict[str, Any]:
    answer: dict[str, Any] = row.corrected_answer
    first = gate.admittance_of(answer)
    place = desk.places.get(row.point_key)
    message = wording.sentence(answer["outcome"], zone=desk.zone, first=first, place=place, at=row.at)
    return answer | {"message": message, "told": row.outcome, "corrected_at": row.corrected_at.isoformat()}
