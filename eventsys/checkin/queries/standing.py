"""How an event's door stands, as its live page and its wall are told: one document, without a single name."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from eventsys.checkin.broadcasting import Source
from eventsys.checkin.drawing import drawn
from eventsys.checkin.queries import gate, live
from eventsys.checkin.queries.listeners import still_welcome
from eventsys.checkin.rules import ENTRANCE, Place, door_day
from eventsys.checkin.rules.flow import Habit, habit_of, queue_of
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import reading

# The past does not change while people queue; what it tells is kept by event and process until a day is over.
_habits: dict[tuple[int, object], Habit] = {}
_MOST_HABITS = 200


def source() -> Source:
    """How the door is counted for those who listen."""
    return Source(
        mark=lambda event_id: live.mark(reading(), event_id),
        count=_count,
        welcome=lambda event_id, asked: still_welcome(reading(), event_id, asked, now=clock.now()),
    )


def _count(event_id: int, before: dict[str, Any] | None, is_all_due: bool) -> dict[str, Any]:
    session, now = reading(), clock.now()
    event = session.get(Event, event_id)
    if event is None:
        return {}
    return standing(session, event, now=now, before=None if is_all_due else before)


def standing(session: Session, event: Event, *, now: datetime, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """All figures; what counts whole tables is taken from `before` where that is given."""
    day = door_day(now, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)
    places = gate.places_of(session, event.id) or {ENTRANCE: _entrance(event)}
    said = dict(before or {})
    said |= {"at": clock.said_instant(now), "day": day.isoformat()}
    said |= live.pulse(session, event, places, day=day, now=now)
    if before is None or before.get("day") != said["day"]:
        said |= live.picture(session, event, places, day=day)
        said["queue"] = _queue(session, event, said, now)
        said["drawing"] = drawn(said["curve"], said["queue"]["usual"], said["expected"])
    return said


def _entrance(event: Event) -> Place:
    """Of an event at whose door nobody has stood yet."""
    return Place(key=ENTRANCE, name="", opens_at=event.starts_at - timedelta(hours=3), closes_at=event.ends_at)


def _queue(session: Session, event: Event, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The queue forecast, and how people came before, in steps as wide as those of the curve."""
    habit = habit_for(session, event)
    # Every day of an event begins like the first: people come in the morning.
    start = event.starts_at
    if said["day"] != event.starts_at.astimezone(event.zone).date().isoformat():
        local = event.starts_at.astimezone(event.zone)
        start = datetime.fromisoformat(said["day"]).replace(hour=local.hour, minute=local.minute, tzinfo=event.zone)
    minute = int((now - start).total_seconds() // 60)
    found = queue_of(
        habit, minute=minute, registered=said["expected"], came=said["came"],
        desks=live.busy_desks(session, event.id, now), pace=_pace(said["doors"]),
    )  # fmt: skip
    told = asdict(found)
    step = live.STEP
    told["arrivals"] = [round(sum(found.arrivals[n : n + step]), 1) for n in range(0, len(found.arrivals), step)]
    first = int(start.timestamp())
    told["usual"] = [(first + m * 60, round(found.total * habit.by(m))) for m in range(-120, 61, step)]
    return {key: round(value, 1) if isinstance(value, float) else value for key, value in told.items()} | {
        "events": habit.events
    }


def habit_for(session: Session, event: Event) -> Habit:
    """How people came to events before this one."""
    key = event.id, event.starts_at
    if key not in _habits:
        if len(_habits) >= _MOST_HABITS:
            _habits.clear()
        _habits[key] = habit_of(live.past_events(session, event))
    return _habits[key]


def _pace(doors: list[dict[str, Any]]) -> float | None:
    """What one desk took in its busiest minutes; None while none was busy."""
    busy = sorted((minute for door in doors for minute in door["minutes"][:-1] if minute >= 4), reverse=True)
    best = busy[: max(1, len(busy) // 4)]
    return sum(best) / len(best) if len(busy) >= 3 else None
