"""Taking a scan back with a reason: what follows from it is taken back too."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from eventsys.checkin import rules
from eventsys.checkin.actions.desk_watching import wait_again
from eventsys.checkin.actions.settling import day_key, days_of, settle
from eventsys.checkin.errors import ReasonMissing, ScanUnknown
from eventsys.checkin.models import Scan
from eventsys.checkin.queries.gate import Desk
from eventsys.kernel import facts
from eventsys.kernel.clock import said_instant
from eventsys.kernel.text import clean_line
from eventsys.registration.models import Registration

_scan = cast(Table, Scan.__table__)
_person = cast(Table, Registration.__table__)
_UNDONE = (
    update(_scan)
    .where(_scan.c.id == bindparam("row_id"), _scan.c.undone_at.is_(None))
    .values(undone_at=bindparam("now"), undone_reason=bindparam("reason"), undone_by=bindparam("who"))
)


def undo(session: Session, desk: Desk, scan_id: str, reason: str, *, now: datetime, by: str) -> dict[str, Any]:
    """Take back one scan of this event; the person is as if it had never been made, the scan stays in the books.

    Undoing it again changes nothing and says the first reason. `by` is `device:<id>` or `user:<id>`. Raises
    ScanUnknown and ReasonMissing.
    """
    reason = clean_line(reason)[:300]
    if not reason:
        raise ReasonMissing(field="reason")
    columns = (_scan.c.id, _scan.c.registration_id, _scan.c.point_key, _scan.c.at, _scan.c.outcome)
    ours = (_scan.c.event_id == desk.event_id, _scan.c.scan_id == scan_id)
    found = session.execute(select(*columns).where(*ours)).one_or_none()
    if found is None:
        raise ScanUnknown
    if found.registration_id is not None:
        # The same lock as a scan takes: nobody is let in by the scan while it is taken back.
        lock = select(_person.c.id).where(_person.c.id == found.registration_id).with_for_update(key_share=True)
        session.execute(lock)
    values = {"row_id": found.id, "now": now, "reason": reason, "who": by}
    if session.connection().execute(_UNDONE, values).rowcount:
        _note_undone(session, desk, found, reason, now=now, by=by)
    undone = session.execute(select(_scan.c.undone_at, _scan.c.undone_reason).where(_scan.c.id == found.id)).one()
    return {"id": scan_id, "undone_at": said_instant(undone.undone_at), "reason": undone.undone_reason}


def _note_undone(session: Session, desk: Desk, scan: Any, reason: str, *, now: datetime, by: str) -> None:
    if scan.registration_id is not None and scan.outcome in rules.PASSED:
        _settle_without(session, desk, scan, now)
        wait_again(session, scan.registration_id)
    facts.record(
        session, "checkin.scan_undone", at=now, subject="scan", subject_id=scan.id, event_id=desk.event_id, actor=by,
        reason=reason,
    )  # fmt: skip


def _settle_without(session: Session, desk: Desk, scan: Any, now: datetime) -> None:
    key = day_key(desk, scan.registration_id, scan.point_key, scan.at)
    days = days_of(session, desk, [key])
    days[key].has_moved = True
    settle(session, desk, days, now=now)
