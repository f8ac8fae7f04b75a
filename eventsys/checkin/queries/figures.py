"""How many are in, how many are expected, and when they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, and_, case, func, or_, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Outcome, Scan
from eventsys.checkin.rules import ENTRANCE, EVER, came_on, day_bounds
from eventsys.registration.models import Mode, Registration, State

_person = cast(Table, Registration.__table__)
_admission = cast(Table, Admission.__table__)
_scan = cast(Table, Scan.__table__)
_NO_REFUSAL = (Outcome.ADMITTED, Outcome.LEFT, Outcome.ALREADY_IN)


def expected(session: Session, event_id: int) -> int:
    """How many are confirmed on site."""
    wanted = (_person.c.event_id == event_id, _person.c.state == State.CONFIRMED, _person.c.mode == Mode.ONSITE)
    return session.execute(select(func.count()).where(*wanted)).scalar_one()


def counts(session: Session, event_id: int, *, points: Iterable[str], day: date) -> dict[str, Any]:
    """Of one local day: who came and who is inside by point, and at the entrance against those expected.

    Of points that one passes once in all it says who ever came.
    """
    inside = func.sum(case((_admission.c.is_inside, 1), else_=0)).label("inside")
    rows = session.execute(
        select(_admission.c.point_key, func.count().label("came"), inside)
        .where(_admission.c.event_id == event_id, on_day(day))
        .group_by(_admission.c.point_key)
    )
    found = {row.point_key: {"came": row.came, "in": int(row.inside or 0)} for row in rows}
    by_point = {key: found.get(key, {"came": 0, "in": 0}) for key in dict.fromkeys([ENTRANCE, *points])}
    return {
        "day": day.isoformat(),
        "in": by_point[ENTRANCE]["in"],
        "came": by_point[ENTRANCE]["came"],
        "expected": expected(session, event_id),
        "points": by_point,
    }


def on_day(*days: date) -> ColumnElement[bool]:
    """Admissions in the books of these days, and in those of points that one passes once in all."""
    return _admission.c.day.in_([*days, EVER])


def let_in_on(day: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Admissions of who was first let in on this day, also at a point that one passes once in all."""
    since, until = day_bounds(day, zone)
    ever = and_(_admission.c.day == EVER, _admission.c.first_at >= since, _admission.c.first_at < until)
    return or_(_admission.c.day == day, ever)


def came_by_day(session: Session, event_id: int, *, zone: ZoneInfo, point: str = ENTRANCE) -> list[tuple[date, int]]:
    """How many came on each local day on which anybody did, earliest first."""
    # Where one passes once in all the day is that of an instant, which the databases do not know in the event's zone.
    when = case((_admission.c.day == EVER, _admission.c.first_at)).label("at")
    rows = session.execute(
        select(_admission.c.day, when, func.count())
        .where(_admission.c.event_id == event_id, _admission.c.point_key == point)
        .group_by(_admission.c.day, when)
    )
    found: Counter[date] = Counter()
    for book, at, number in rows:
        found[came_on(book, at, zone)] += number
    return sorted(found.items())


def came_since(session: Session, event_id: int, instant: datetime, *, point: str = ENTRANCE) -> int:
    """How many were admitted for the first time that day since an instant."""
    lately = (_admission.c.point_key == point, _admission.c.first_at > instant)
    query = select(func.count()).select_from(_admission).where(_admission.c.event_id == event_id, *lately)
    return session.execute(query).scalar_one()


def refused(session: Session, event_id: int, *, day: date, zone: ZoneInfo) -> list[tuple[str, int]]:
    """Why people were not let in on a local day, the most frequent reason first. Who was in already is no refusal."""
    begin = datetime.combine(day, time.min, zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    outcome = func.coalesce(_scan.c.corrected_outcome, _scan.c.outcome).label("answered")
    rows = session.execute(
        select(outcome, func.count())
        .where(_scan.c.event_id == event_id, _scan.c.received_at >= begin, _scan.c.received_at < end)
        .where(outcome.not_in(_NO_REFUSAL), _scan.c.undone_at.is_(None))
        .group_by(outcome)
        .order_by(func.count().desc(), outcome)
    )
    return [(answered, number) for answered, number in rows]


def arrivals(
    session: Session, event_id: int, *, day: date, zone: ZoneInfo, point: str = ENTRANCE, minutes: int = 10
) -> list[tuple[datetime, int]]:
    """How many had come by the end of each step of `minutes`, from the step of the first to that of the last."""
    came = session.execute(
        select(_admission.c.first_at)
        .where(_admission.c.event_id == event_id, let_in_on(day, zone), _admission.c.point_key == point)
        .order_by(_admission.c.first_at)
    ).scalars()
    return cumulated([instant.astimezone(zone) for instant in came], step=timedelta(minutes=minutes))


def cumulated(instants: list[datetime], *, step: timedelta) -> list[tuple[datetime, int]]:
    """Running totals at the ends of even steps; `instants` are in order."""
    if not instants:
        return []
    width = step.total_seconds()
    first, last = (int(instant.timestamp() // width) for instant in (instants[0], instants[-1]))
    totals, so_far = [(datetime.fromtimestamp(first * width, instants[0].tzinfo), 0)], 0
    for number in range(first, last + 1):
        end = (number + 1) * width
        while so_far < len(instants) and instants[so_far].timestamp() < end:
            so_far += 1
        totals.append((datetime.fromtimestamp(end, instants[0].tzinfo), so_far))
    return totals
