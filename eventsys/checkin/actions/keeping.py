"""Scans and admissions written a call at a time: one statement and one parameter, however many there are.

A row of values for each would be parsed anew at every length, by the driver and by the server; that took longer than
all the rest of a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Column, Connection, Integer, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from eventsys.checkin.models import Admission, Scan

_scan = cast(Table, Scan.__table__)
_admission = cast(Table, Admission.__table__)

_OF_SCAN = (
    "event_id", "scan_id", "device_id", "point_key", "registration_id", "direction", "is_offline", "at", "received_at",
    "told", "outcome", "answer", "undone_reason", "undone_by",
)  # fmt: skip
_OF_ADMISSION = (
    "event_id", "registration_id", "point_key", "day", "first_at", "first_scan_id", "is_inside", "last_at",
)  # fmt: skip
_MOVED = ("first_at", "first_scan_id", "is_inside", "last_at")


def _from_document(table: Table, names: Sequence[str]) -> Any:
    """An insert of the rows of one JSON document, in their order."""
    columns = [Column(name, table.c[name].type) for name in names]
    place: Column[int] = Column("place", Integer)
    rows = func.jsonb_to_recordset(bindparam("rows", type_=postgresql.JSONB))
    given = rows.table_valued(place, *columns).render_derived(name="given", with_types=True)
    return postgresql.insert(table).from_select(
        names, select(*(given.c[name] for name in names)).order_by(given.c.place)
    )


def _keep(insert: Any) -> Any:
    statement = insert.on_conflict_do_nothing(index_elements=["event_id", "scan_id"])
    return statement.returning(_scan.c.id, _scan.c.scan_id)


def _let_in(insert: Any) -> Any:
    changed = {name: insert.excluded[name] for name in _MOVED}
    return insert.on_conflict_do_update(index_elements=["registration_id", "point_key", "day"], set_=changed)


_KEEP = {"postgresql": _keep(_from_document(_scan, _OF_SCAN)), "sqlite": _keep(sqlite.insert(_scan))}
_LET_IN = {
    "postgresql": _let_in(_from_document(_admission, _OF_ADMISSION)),
    "sqlite": _let_in(sqlite.insert(_admission)),
}


def keep_scans(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Store the scans whose id is still free, in the order given; returns their rows by scan id."""
    kept = connection.execute(_KEEP[connection.dialect.name], _given(connection, rows))
    return {row.scan_id: row.id for row in kept}


def keep_admissions(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write how people stand at points on days, anew or instead of what was written before."""
    connection.execute(_LET_IN[connection.dialect.name], _given(connection, rows))


def _given(connection: Connection, rows: Sequence[dict[str, Any]]) -> Any:
    if connection.dialect.name == "sqlite":
        return list(rows)
    return {"rows": [{"place": place} | _said(row) for place, row in enumerate(rows)]}


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
