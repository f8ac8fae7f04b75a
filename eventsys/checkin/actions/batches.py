"""Badges that were printed together: noted when they are written, forgotten when nothing came out after all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from eventsys.checkin.models import BadgeBatch, BadgePrint
from eventsys.kernel import facts

_A_STATEMENT = 1000


def note_batch(
    session: Session,
    event_id: int,
    drawn: Sequence[tuple[int, str]],
    *,
    layout: str,
    design_id: int | None,
    order: str,
    is_only_new: bool,
    now: datetime,
    by: str,
) -> BadgeBatch:
    """Note what was written: `drawn` are people with the marks of their badges, in the order of the pages."""
    batch = BadgeBatch(
        event_id=event_id, design_id=design_id, layout=layout, sorted_by=order, is_only_new=is_only_new,
        badges=len(drawn), made_at=now, made_by=by,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    same = {"event_id": event_id, "batch_id": batch.id, "printed_at": now}
    rows = [{"registration_id": number, "face_hash": mark, **same} for number, mark in drawn]
    for start in range(0, len(rows), _A_STATEMENT):
        session.execute(insert(BadgePrint), rows[start : start + _A_STATEMENT])
    _record(session, "checkin.badges_printed", batch, now)
    return batch


def forget_batch(session: Session, batch: BadgeBatch, *, now: datetime) -> None:
    """Its badges were not printed after all: everybody in it is to get one again."""
    session.execute(delete(BadgePrint).where(BadgePrint.batch_id == batch.id))
    _record(session, "checkin.badges_forgotten", batch, now)
    session.delete(batch)
    session.flush()


def _record(session: Session, kind: str, batch: BadgeBatch, now: datetime) -> None:
    facts.record(
        session, kind, at=now, subject="badge_batch", subject_id=batch.id, event_id=batch.event_id, badges=batch.badges
    )
