"""Once, daily or always: a point that changes it gets its books anew, from all the scans that were made there."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eventsys.checkin.actions.halting import halt_scans
from eventsys.checkin.actions.settling import Day, DayKey, day_key, settle
from eventsys.checkin.models import Admission, Point, Scan
from eventsys.checkin.queries import doors, gate
from eventsys.checkin.queries.snapshot import REPEATS_CHANGED
from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.registration.models import Registration

_EVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def change_passing(session: Session, event: Event, point: Point, *, repeats: str, now: datetime) -> None:
    """Let people pass a point once a day, once in all or any number of times, as if it had always been so.

    Devices whose answers are true no more are told by corrections. Raises DoorBusy.
    """
    if point.repeats == repeats:
        return
    halt_scans(session)
    gate.share_event(session, event.id)
    scanned = select(Scan.registration_id).where(Scan.event_id == event.id, Scan.point_key == point.key)
    # The same locks as scans take, in the same order: none is judged by the old rule while its books are rewritten.
    lock = select(Registration.id).where(Registration.id.in_(scanned)).order_by(Registration.id)
    ids = list(session.scalars(lock.with_for_update(key_share=True)))
    point.repeats = repeats
    session.flush()
    session.execute(delete(Admission).where(Admission.event_id == event.id, Admission.point_key == point.key))
    _enter_anew(session, event, point.key, ids, now)
    record(
        session, REPEATS_CHANGED, at=now, subject="point", subject_id=point.id, event_id=event.id, key=point.key
    )  # fmt: skip


def _enter_anew(session: Session, event: Event, point: str, ids: list[int], now: datetime) -> None:
    desk = doors.desk_without_device(session, event, name="")
    days: dict[DayKey, Day] = {}
    for stored in gate.passed_before(session, ids, since=_EVER[0], until=_EVER[1]):
        if stored.point_key == point:
            key = day_key(desk, stored.registration_id, point, stored.passage.at)
            day = days.setdefault(key, Day({}, {}, has_moved=True))
            day.passages[stored.passage.scan_id] = stored.passage
            day.answers[stored.passage.scan_id] = stored.answer
    settle(session, desk, days, now=now)
