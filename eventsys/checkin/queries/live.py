"""What a live page shows: how full each point is, who came through which door in which minute, and who is missing.

`pulse` is asked every other second while people queue: it reads indexes only. `picture` counts whole tables, and is
asked six times a minute. Neither names anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Table, and_, case, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Device, DeviceRole, PointKind, Scan
from eventsys.checkin.queries import figures
from eventsys.checkin.rules import ENTRANCE, OPENS_BEFORE, Place, book_day
from eventsys.checkin.rules.flow import PastEvent
from eventsys.events.models import Event
from eventsys.registration.models import Mode, PoolKind, Registration, SeatPool, State

_person = cast(Table, Registration.__table__)
_admission = cast(Table, Admission.__table__)
_scan = cast(Table, Scan.__table__)
_device = cast(Table, Device.__table__)
_event = cast(Table, Event.__table__)
_pool = cast(Table, SeatPool.__table__)

# Of which minutes each door's arrivals are shown, and over how many a step of the curve goes.
LATELY = 15
STEP = 5
# Older habits say little, and a page must not wait for all of them.
MOST_PAST = 12


def mark(session: Session, event_id: int) -> tuple[Any, ...]:
    """Something else whenever a scan came in or was corrected."""
    newest = select(_scan.c.id).where(_scan.c.event_id == event_id).order_by(_scan.c.received_at.desc()).limit(1)
    corrected = (
        select(_scan.c.corrected_at)
        .where(_scan.c.event_id == event_id, _scan.c.corrected_at.is_not(None))
        .order_by(_scan.c.corrected_at.desc())
        .limit(1)
    )
    return session.scalar(newest), session.scalar(corrected)


def pulse(session: Session, event: Event, places: Mapping[str, Place], *, day: date, now: datetime) -> dict[str, Any]:
    """How full each point is, and which door let in how many in each of the last LATELY minutes."""
    inside = _inside(session, event, places, day)
    return {
        "points": [
            {
                "key": place.key,
                "in": inside.get(place.key, (0, 0))[0],
                "came": inside.get(place.key, (0, 0))[1],
                "seats": place.seats,
                "is_open": place.opens_at <= now <= place.closes_at,
            }
            for place in places.values()
        ],
        "doors": _doors(session, event, day, now),
    }


def _inside(session: Session, event: Event, places: Mapping[str, Place], day: date) -> dict[str, tuple[int, int]]:
    """Inside and came by point, each on the day in whose books it writes today."""
    rows = session.execute(
        select(
            _admission.c.point_key,
            _admission.c.day,
            func.sum(case((_admission.c.is_inside, 1), else_=0)).label("inside"),
            func.count().label("came"),
        )
        .where(_admission.c.event_id == event.id, figures.on_day(day))
        .group_by(_admission.c.point_key, _admission.c.day)
    )
    found = {(row.point_key, row.day): (int(row.inside), row.came) for row in rows}
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=event.zone)
    books = {key: book_day(place, noon, zone=event.zone) for key, place in places.items()}
    return {key: found.get((key, book), (0, 0)) for key, book in books.items()}


def _doors(session: Session, event: Event, day: date, now: datetime) -> list[dict[str, Any]]:
    """The devices that let anybody in lately, the busiest first; `minutes` from the oldest to the one that runs."""
    minute = _epoch(session, _admission.c.first_at) // 60
    this_minute = int(now.timestamp()) // 60
    rows = session.execute(
        select(_device.c.name, _admission.c.point_key, minute.label("minute"), func.count().label("came"))
        .select_from(_admission)
        .join(_scan, _scan.c.id == _admission.c.first_scan_id)
        .join(_device, _device.c.id == _scan.c.device_id)
        .where(
            _admission.c.event_id == event.id,
            figures.let_in_on(day, event.zone),
            _admission.c.first_at > now - timedelta(minutes=LATELY),
        )
        .group_by(_device.c.name, _admission.c.point_key, minute)
    )
    doors: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * LATELY)
    for row in rows:
        place = LATELY - 1 - (this_minute - int(row.minute))
        if 0 <= place < LATELY:
            doors[row.name, row.point_key][place] += row.came
    ordered = sorted(doors.items(), key=lambda door: (-sum(door[1]), door[0]))
    return [{"device": device, "point": point, "minutes": minutes} for (device, point), minutes in ordered]


def picture(session: Session, event: Event, places: Mapping[str, Place], *, day: date) -> dict[str, Any]:
    """Expected against present by sector, type, mode and session, the curve of the day, and who was not let in."""
    rows = _present(session, event.id, day)
    onsite = [row for row in rows if row.mode == Mode.ONSITE]
    return {
        "expected": sum(row.expected for row in onsite),
        "came": sum(row.came for row in rows),
        "sectors": _by(onsite, "sector"),
        "types": _by(onsite, "type"),
        # Who takes part online is expected at no door; who comes all the same is shown.
        "modes": [line for line in _by(rows, "mode") if line["key"] == Mode.ONSITE or line["came"]],
        "sessions": _sessions(session, event, places),
        "curve": curve(session, event, day=day),
        "refused": figures.refused(session, event.id, day=day, zone=event.zone),
    }


def _present(session: Session, event_id: int, day: date) -> list[Any]:
    at_entrance = (_admission.c.registration_id == _person.c.id, _admission.c.point_key == ENTRANCE)
    query = (
        select(
            _person.c.sector,
            _person.c.type,
            _person.c.mode,
            func.count().label("expected"),
            func.count(_admission.c.id).label("came"),
        )
        .select_from(_person.join(_admission, and_(*at_entrance, figures.on_day(day)), isouter=True))
        .where(_person.c.event_id == event_id, _person.c.state == State.CONFIRMED)
        .group_by(_person.c.sector, _person.c.type, _person.c.mode)
    )
    return list(session.execute(query))


def _by(rows: list[Any], column: str) -> list[dict[str, Any]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[getattr(row, column)][0] += row.expected
        sums[getattr(row, column)][1] += row.came
    ordered = sorted(sums.items(), key=lambda one: (-one[1][0], one[0]))
    return [{"key": key, "expected": expected, "came": came} for key, (expected, came) in ordered]


def _sessions(session: Session, event: Event, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Points of sessions: how many have a seat there, and how many came."""
    points = {place.key: place for place in places.values() if place.kind == PointKind.SESSION}
    if not points:
        return []
    of_sessions = (_pool.c.event_id == event.id, _pool.c.kind == PoolKind.SESSION)
    taken = {row.key: row.taken for row in session.execute(select(_pool.c.key, _pool.c.taken).where(*of_sessions))}
    query = (
        select(_admission.c.point_key, func.count(_admission.c.registration_id.distinct()).label("came"))
        .where(_admission.c.event_id == event.id, _admission.c.point_key.in_(points))
        .group_by(_admission.c.point_key)
    )
    came = {row.point_key: row.came for row in session.execute(query)}
    return [
        {"key": key, "expected": taken.get(place.session or "", 0), "came": came.get(key, 0)}
        for key, place in points.items()
    ]


def curve(session: Session, event: Event, *, day: date) -> list[tuple[int, int]]:
    """How many had come to the entrance by the end of each step of STEP minutes: (seconds since 1970, people)."""
    step = _epoch(session, _admission.c.first_at) // (STEP * 60)
    rows = session.execute(
        select(step.label("step"), func.count().label("came"))
        .where(_admission.c.event_id == event.id, _admission.c.point_key == ENTRANCE)
        .where(figures.let_in_on(day, event.zone))
        .group_by(step)
        .order_by(step)
    ).all()
    came, points = 0, []
    counts = {int(row.step): row.came for row in rows}
    if not counts:
        return []
    for number in range(min(counts) - 1, max(counts) + 1):
        came += counts.get(number, 0)
        points.append(((number + 1) * STEP * 60, came))
    return points


def past_events(session: Session, event: Event) -> list[PastEvent]:
    """How people came to the latest events that are over, on their first day, by minute from the start."""
    chosen = (
        select(_event.c.id)
        .where(_event.c.ends_at < event.starts_at, _event.c.id != event.id)
        .where(select(_admission.c.id).where(_admission.c.event_id == _event.c.id).exists())
        .order_by(_event.c.ends_at.desc())
        .limit(MOST_PAST)
    )
    ids = list(session.execute(chosen).scalars())
    if not ids:
        return []
    registered = _registered(session, ids)
    came: dict[int, dict[int, int]] = defaultdict(dict)
    for row in session.execute(_first_days(session, ids)):
        came[row.event_id][int(row.minute)] = row.came
    return [PastEvent(registered.get(number, 0), came[number]) for number in ids]


def _registered(session: Session, ids: list[int]) -> dict[int, int]:
    wanted = (_person.c.event_id.in_(ids), _person.c.state == State.CONFIRMED, _person.c.mode == Mode.ONSITE)
    query = select(_person.c.event_id, func.count().label("people")).where(*wanted).group_by(_person.c.event_id)
    return {row.event_id: row.people for row in session.execute(query)}


def _first_days(session: Session, ids: list[int]) -> Any:
    start = _epoch(session, _event.c.starts_at)
    # Whole minutes before the start are negative; division of integers would cut them towards zero.
    shift = 10_000
    minute = ((_epoch(session, _admission.c.first_at) - start) + shift * 60) // 60 - shift
    before, after = int(OPENS_BEFORE.total_seconds()), 10 * 3600
    distance = _epoch(session, _admission.c.first_at) - start
    return (
        select(_admission.c.event_id, minute.label("minute"), func.count().label("came"))
        .join(_event, _event.c.id == _admission.c.event_id)
        .where(_admission.c.event_id.in_(ids), _admission.c.point_key == ENTRANCE)
        .where(distance.between(-before, after))
        .group_by(_admission.c.event_id, minute)
    )


def busy_desks(session: Session, event_id: int, now: datetime) -> int:
    """How many devices scanned in the last LATELY minutes, or were heard of and are there to scan."""
    lately = now - timedelta(minutes=LATELY)
    roles = (DeviceRole.SCANNER, DeviceRole.DESK, DeviceRole.KIOSK)
    query = select(func.count()).where(
        _device.c.event_id == event_id,
        _device.c.role.in_(roles),
        _device.c.revoked_at.is_(None),
        _device.c.expires_at > now,
        _device.c.last_seen_at >= lately,
    )
    return session.execute(query).scalar_one()


def _epoch(session: Session, column: Any) -> ColumnElement[int]:
    """Whole seconds since 1970, as an integer, so that dividing by an integer cuts."""
    if session.get_bind().dialect.name == "sqlite":
        return as_type(func.strftime("%s", column), Integer)
    return as_type(func.floor(func.extract("epoch", column)), Integer)
