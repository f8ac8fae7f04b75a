"""An event once more: its programme, form and texts on other days, without its registrations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.agenda.models import SessionStatus
from eventsys.badges import carrying, pictures
from eventsys.checkin.point_wording import name_on_day
from eventsys.events.models import Event, EventStatus
from eventsys.events.queries import find_event
from eventsys.events.rules import refuse_unless_in_reach
from eventsys.exchange.actions.imports import import_document
from eventsys.exchange.errors import EventThere
from eventsys.exchange.event_file import event_file_of, read_event_file
from eventsys.exchange.node import Node, Source
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import whole_event


def clone_event(
    session: Session,
    event: Event,
    *,
    slug: str,
    title: str,
    first_day: date,
    now: datetime,
    owner: User | None = None,
    with_streams: bool = False,
) -> Event:
    """A draft with the same programme and check-in points, moved by whole days so that all wall times stay; cancelled
    sessions stay behind with their points, and so do devices and all that happened at the door.

    Raises EventThere, SlugMalformed, YearOutOfReach, and FileRefused where a time does not exist on its new day.
    """
    if find_event(session, slug) is not None:
        raise EventThere(slug=slug, field="slug")
    refuse_unless_in_reach(first_day, field="first_day")
    days = first_day - event.starts_at.astimezone(event.zone).date()
    whole = whole_event(session, event)
    content = _moved(event_file_of(whole, with_pictures=False), days)
    content |= {"slug": slug, "title": title, "status": str(EventStatus.DRAFT)}
    content["sessions"] = [entry for entry in content["sessions"] if entry["status"] != SessionStatus.CANCELLED]
    if not with_streams:
        content["streams"] = []
        for entry in content["sessions"]:
            entry.pop("stream", None)
    content["points"] = _of_sessions(content)
    document = read_event_file(Node(Source(title, ""), (), content), Overrides())
    import_document(session, document, owner=owner, now=now)
    found = find_event(session, slug)
    if found is None:
        raise LookupError(slug)
    shown = {picture for design in whole.designs for picture in carrying.named_in(design.design)}
    pictures.copy(shown, of_event=event.id, to_event=found.id)
    return found


def _moved(content: dict[str, Any], days: timedelta) -> dict[str, Any]:
    moved = {name: value for name, value in content.items() if name not in ("status_note", "replaced_by")}
    moved["points"] = [_point(place, days) for place in moved["points"]]
    for place in (moved, moved["registration"], *moved["sessions"], *moved["points"]):
        for name in ("starts_at", "ends_at", "opens_at", "closes_at"):
            if place.get(name):
                place[name] = _later(place[name], days)
    return moved


def _point(point: dict[str, Any], days: timedelta) -> dict[str, Any]:
    """A point of a day is one of the new day, under the name and the key that are made of it."""
    if "day" not in point:
        return point
    was = date.fromisoformat(point["day"])
    refuse_unless_in_reach(was)
    day = was + days
    refuse_unless_in_reach(day)
    key = f"day-{day}" if point["key"] == f"day-{was}" else point["key"]
    return point | {"day": day.isoformat(), "key": key, "name": name_on_day(point["name"], was, day)}


def _of_sessions(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The points but those of sessions that stay behind."""
    stays = {entry["key"] for entry in content["sessions"]}
    return [point for point in content["points"] if point.get("session") in (None, *stays)]


def _later(written: str, days: timedelta) -> str:
    """The same time of day some days later; which of two equal hours was meant is of no matter on another day."""
    local = datetime.fromisoformat(written).replace(tzinfo=None)
    # What was written before years were bounded, such as 9999 for “never”, is told by name and not moved off the end.
    refuse_unless_in_reach(local)
    return (local + days).isoformat()
