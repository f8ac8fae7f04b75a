"""What was stored of earlier scans: their answers, and those that decide about a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Device, Scan
from eventsys.checkin.queries.gate.sets import looked_up
from eventsys.checkin.rules import PASSED, Admittance, Passage

_device = cast(Table, Device.__table__)
_scan = cast(Table, Scan.__table__)


_STORED = looked_up(
    select(
        _scan.c.scan_id, _scan.c.answer, _scan.c.point_key, _scan.c.at, _scan.c.outcome, _scan.c.corrected_answer,
        _scan.c.corrected_at, _scan.c.undone_at,
    ).where(_scan.c.event_id == bindparam("event_id")),
    _scan.c.scan_id,
    "ids",
)  # fmt: skip


def stored_scans(session: Session, event_id: int, scan_ids: Sequence[str]) -> dict[str, Any]:
    """The rows of the scans that arrived before, by scan id: the `answer` each got, and what is true since."""
    if not scan_ids:
        return {}
    connection = session.connection()
    rows = connection.execute(_STORED[connection.dialect.name], {"event_id": event_id, "ids": scan_ids})
    return {row.scan_id: row for row in rows}


_NAME = select(_device.c.name).where(_device.c.id == _scan.c.device_id).scalar_subquery().label("name")
_PASSED_BEFORE = looked_up(
    select(
        _scan.c.id, _scan.c.scan_id, _scan.c.registration_id, _scan.c.point_key, _scan.c.at, _scan.c.direction,
        _scan.c.answer, _scan.c.corrected_answer, _NAME,
    ).where(
        _scan.c.at >= bindparam("since"),
        _scan.c.at < bindparam("until"),
        _scan.c.outcome.in_(sorted(PASSED)),
        _scan.c.undone_at.is_(None),
    ),
    _scan.c.registration_id,
    "ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stored scan that passed, where and of whom, and what its device was last told."""

    row_id: int
    registration_id: int
    point_key: str
    passage: Passage
    answer: dict[str, Any]


def passed_before(
    session: Session, registration_ids: Iterable[int], *, since: datetime, until: datetime
) -> list[Remembered]:
    """The scans of these people in a span of time that passed and were not undone."""
    values = {"ids": sorted(registration_ids), "since": since, "until": until}
    connection = session.connection()
    return [_remembered(row) for row in connection.execute(_PASSED_BEFORE[connection.dialect.name], values)]


def _remembered(row: Any) -> Remembered:
    answer = row.corrected_answer or row.answer
    passage = Passage(
        scan_id=row.scan_id,
        at=row.at,
        order=row.id,
        direction=row.direction,
        device=row.name,
        outcome=answer["outcome"],
        first=admittance_of(answer),
    )
    return Remembered(row.id, row.registration_id, row.point_key, passage, answer)


def admittance_of(answer: dict[str, Any]) -> Admittance | None:
    """When and where a stored answer says that the person was first let in."""
    first = answer["first"]
    return Admittance(datetime.fromisoformat(first["at"]), first["device"]) if first else None
