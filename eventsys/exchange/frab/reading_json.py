"""The frab schedule in JSON, as frab and pretalx write it: unknown names are let pass, wrong types are not."""

from __future__ import annotations

from functools import partial

from flask_babel import gettext as _

from eventsys.exchange.frab.schedule import Schedule, Slot, Speaker
from eventsys.exchange.node import Node


def read_frab_json(root: Node) -> Schedule:
    """Raises FileRefused, naming line and place."""
    conference = root.an_object(required=("schedule",)).at("schedule").an_object(required=("conference",))
    conference = conference.at("conference").an_object(required=("title", "days"))
    title = conference.at("title").line(is_needed=True)
    schedule = Schedule(
        refuse=conference.refuse,
        title=title,
        acronym=conference.at("acronym").line(),
        zone=conference.at("time_zone_name").line(most=64),
    )
    for room in _optional(conference, "rooms"):
        room.an_object(required=("name",))
        schedule.rooms[room.at("name").line()] = room.at("capacity").number_or_none()
    for track in _optional(conference, "tracks"):
        track.an_object(required=("name",))
        schedule.colours[track.at("name").line()] = track.at("color").line(most=40)
    for day in conference.at("days").items(most=400):
        _read_day(day.an_object(required=("date", "rooms")), schedule)
    return schedule


def _optional(node: Node, name: str) -> list[Node]:
    return list(node.at(name).items()) if node.at(name).value is not None else []


def _read_day(day: Node, schedule: Schedule) -> None:
    date = day.at("date").line(most=40)
    rooms = day.at("rooms").an_object()
    for name in rooms.value:
        schedule.rooms.setdefault(name, None)
        for event in rooms.at(name).items():
            schedule.slots.append(_slot(event.an_object(required=("title",)), date, name))


def _slot(event: Node, day: str, room: str) -> Slot:
    texts = ("start", "date", "duration", "title", "guid", "slug", "subtitle", "track", "type", "language")
    return Slot(
        refuse=partial(event.refuse),
        day=day,
        room=event.at("room").line() or room,
        number=_number(event),
        abstract=event.at("abstract").prose(),
        description=event.at("description").prose(),
        speakers=tuple(_speaker(person) for person in _optional(event, "persons")),
        links=tuple(_link(link) for name in ("attachments", "links") for link in _optional(event, name)),
        **{name: event.at(name).line() for name in texts},
    )


def _number(event: Node) -> str:
    number = event.at("id")
    if isinstance(number.value, int):
        return str(number.number(most=2**63))
    return number.line(most=100) or event.at("code").line(most=100)


def _speaker(person: Node) -> Speaker:
    person.an_object()
    key = person.at("guid").line(most=100) or _number(person)
    name = person.at("public_name").line() or person.at("name").line()
    if not name:
        person.refuse(_("this person has no name"))
    return Speaker(key=key, name=name, biography=person.at("biography").prose())


def _link(link: Node) -> tuple[str, str]:
    link.an_object()
    return link.at("title").line(), link.at("url").line(most=2000)
