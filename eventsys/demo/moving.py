"""The event of today is moved to today: programme, doors and this morning's scans, without telling anyone.

Rows are written directly and no fact is recorded, because notices, digests and mails follow facts; SEQUENCE and
LAST-MODIFIED grow all the same, so that calendars which hold the old day take the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.checkin.models import Admission, Device, Point, Scan
from eventsys.checkin.point_wording import name_on_day
from eventsys.checkin.rules import EVER, local_day
from eventsys.demo import placing
from eventsys.events.models import Event
from eventsys.events.versions import touch
from eventsys.kernel.clock import said_instant
from eventsys.registration.models import RegistrationSettings

# Until when, counted from the event's first minute, the first day has something to see.
_FIRST_DAY = timedelta(hours=9, minutes=30)


def bring_to_now(session: Session, event: Event, *, now: datetime) -> bool:
    """Move the event of today so that it goes on at `now`; False when it does already."""
    is_today = local_day(event.starts_at, event.zone) == local_day(now, event.zone)
    if is_today and event.starts_at <= now <= event.starts_at + _FIRST_DAY:
        return False
    by = _distance(event, now)
    if not by:
        return False
    session.flush()
    starts_at = event.starts_at
    _move_programme(session, event, by, now)
    _move_doors(session, event, by, starts_at)
    _move_scans(session, event, by, now)
    touch(session, event.id)
    session.expire_all()
    return True


def _distance(event: Event, now: datetime) -> timedelta:
    """From where the event is to where it should be, whatever its hours were pushed to before."""
    document = placing.event_file(placing.TODAY)
    shift = placing.shift_to_now(placing.first_day(document), now, event.zone)
    return datetime.fromisoformat(placing.moved(document, shift)["starts_at"]) - event.starts_at


def _move_programme(session: Session, event: Event, by: timedelta, now: datetime) -> None:
    changed = {"updated_at": now}
    _move(
        session, Event, Event.id == event.id, by, ("starts_at", "ends_at"), changed | {"sequence": Event.sequence + 1}
    )
    told = changed | {"sequence": AgendaSession.sequence + 1}
    _move(session, AgendaSession, AgendaSession.event_id == event.id, by, ("starts_at", "ends_at"), told)


def _move_doors(session: Session, event: Event, by: timedelta, starts_at: datetime) -> None:
    settings = RegistrationSettings.event_id == event.id
    _move(session, RegistrationSettings, settings, by, ("opens_at", "closes_at"))
    _move(session, Point, Point.event_id == event.id, by, ("opens_at", "closes_at"))
    _move_days(session, event, local_day(starts_at + by, event.zone) - local_day(starts_at, event.zone))
    _move(session, Device, Device.event_id == event.id, by, ("expires_at",))


def _move_days(session: Session, event: Event, by: timedelta) -> None:
    """Points of a day lie on the same day of the event as before, and say so."""
    for point in session.scalars(select(Point).where(Point.event_id == event.id, Point.day.is_not(None))):
        assert point.day is not None
        point.name, point.day = name_on_day(point.name, point.day, point.day + by), point.day + by
    session.flush()


def _move(
    session: Session, model: Any, which: Any, by: timedelta, names: Iterable[str], further: dict[str, Any] | None = None
) -> None:
    """Move instants row by row: the databases do not agree on how instants are added."""
    table: Table = model.__table__
    (key,) = table.primary_key.columns
    for row in session.execute(select(table).where(which)).mappings().all():
        values = {name: row[name] + by for name in names if row[name] is not None} | (further or {})
        if values:
            session.execute(update(table).where(key == row[key.name]).values(**values))


def _move_scans(session: Session, event: Event, by: timedelta, now: datetime) -> None:
    """This morning's scans lie on the new day, in their order and none after `now`: a long day is drawn together."""
    table: Table = Scan.__table__  # type: ignore[assignment]
    rows = session.execute(select(table).where(table.c.event_id == event.id).order_by(table.c.at)).mappings().all()
    if not rows:
        return
    first, last = rows[0]["at"], rows[-1]["at"]
    end = min(last + by, now - timedelta(minutes=1))
    begin = min(first + by, end - timedelta(minutes=40))
    scale = (end - begin) / (last - first) if last > first else 0.0

    def at(instant: datetime) -> datetime:
        moved: datetime = begin + (instant - first) * scale
        return moved

    moves = [
        {
            "row_id": row["id"],
            "moved_at": at(row["at"]),
            "moved_received_at": at(row["at"]) + (row["received_at"] - row["at"]),
            "moved_answer": _with_first_at(row["answer"], at),
        }
        for row in rows
    ]
    session.execute(
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(
            at=bindparam("moved_at"), received_at=bindparam("moved_received_at"), answer=bindparam("moved_answer")
        ),
        moves,
    )  # fmt: skip
    _move_admissions(session, event, at)


def _with_first_at(answer: dict[str, Any], at: Any) -> dict[str, Any]:
    first = answer.get("first")
    if not first:
        return answer
    moved = at(datetime.fromisoformat(first["at"]))
    return answer | {"first": first | {"at": said_instant(moved)}}


def _move_admissions(session: Session, event: Event, at: Any) -> None:
    """Who was let in on two days that became one was let in once."""
    table: Table = Admission.__table__  # type: ignore[assignment]
    rows = session.execute(select(table).where(table.c.event_id == event.id).order_by(table.c.first_at)).mappings()
    moved: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows.all():
        first_at = at(row["first_at"])
        day = row["day"] if row["day"] == EVER else local_day(first_at, event.zone)
        values = {"first_at": first_at, "last_at": at(row["last_at"]), "day": day, "id": row["id"], "was": row["day"]}
        if moved.setdefault((row["registration_id"], row["point_key"], day), values) is not values:
            session.execute(delete(table).where(table.c.id == row["id"]))
    # The farthest first: a person's next row may still hold the day that this one takes.
    forward = any(values["day"] > values["was"] for values in moved.values())
    for values in sorted(moved.values(), key=lambda one: one["was"], reverse=forward):
        number, _was = values.pop("id"), values.pop("was")
        session.execute(update(table).where(table.c.id == number).values(**values))
