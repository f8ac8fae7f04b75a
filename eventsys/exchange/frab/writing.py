"""The frab schedule written, as XML and JSON by c3voc's schemas: what the public programme says, and no stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from eventsys.agenda.models import AgendaSession, Room, SessionStatus
from eventsys.exchange.frab.names import guid_of_person, guid_of_room, guid_of_session
from eventsys.exchange.queries import Whole
from eventsys.kernel.pages import absolute
from eventsys.kernel.text import slugified

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ZONE = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+|UTC$")
_SLUG = re.compile(r"[a-z0-9_]{4,}-[a-z0-9_-]{3,}[a-z0-9]")


@dataclass(frozen=True)
class _Day:
    """One day of the schedule: its rooms in their order, each with its sessions."""

    index: int
    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[AgendaSession]]


def _living(whole: Whole) -> list[AgendaSession]:
    # The format knows no state: what does not take place is not in it.
    return [entry for entry in whole.sessions if entry.status != SessionStatus.CANCELLED]


def _days(whole: Whole) -> list[_Day]:
    zone = whole.event.zone
    by_date: dict[date, list[AgendaSession]] = {}
    for entry in _living(whole):
        by_date.setdefault(entry.starts_at.astimezone(zone).date(), []).append(entry)
    days = []
    for index, (day, entries) in enumerate(sorted(by_date.items()), start=1):
        # Rooms without a session are named on the first day, so that nobody loses them.
        names = [room.name for room in whole.rooms] if index == 1 else []
        rooms: dict[str, list[AgendaSession]] = {name: [] for name in names}
        for entry in entries:
            rooms.setdefault(_room_name(entry.room), []).append(entry)
        starts_at = min(entry.starts_at for entry in entries).astimezone(zone)
        days.append(_Day(index, day, starts_at, max(entry.ends_at for entry in entries).astimezone(zone), rooms))
    return days


def _room_name(room: Room | None) -> str:
    return room.name if room else ""


def _acronym(slug: str) -> str:
    return slug.replace("-", "_").ljust(4, "_")


def _duration(entry: AgendaSession) -> str:
    minutes = min(int((entry.ends_at - entry.starts_at).total_seconds() // 60), 99 * 60 + 59)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _slug(whole: Whole, entry: AgendaSession) -> str:
    """Unique in the schedule, and of the form that c3voc's schema asks for."""
    slug = f"{_acronym(whole.event.slug)}-{entry.key.lower()}"
    return slug if _SLUG.fullmatch(slug) else f"{_acronym(whole.event.slug)}-session-{entry.id}"


def _track_slug(name: str, number: int) -> str:
    slug = slugified(name)
    return slug if re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", slug) else f"track-{number}"


def _url(whole: Whole, entry: AgendaSession) -> str:
    return absolute("site.session", slug=whole.event.slug, key=entry.key)


def written_frab_json(whole: Whole) -> bytes:
    """The schedule in JSON (schedule.schema.json of c3voc)."""
    event, zone, days = whole.event, whole.event.zone, _days(whole)
    conference: dict[str, Any] = {
        "acronym": _acronym(event.slug),
        "title": event.title,
        "start": event.starts_at.astimezone(zone).date().isoformat(),
        "end": event.ends_at.astimezone(zone).date().isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
    }
    if _ZONE.match(event.timezone):
        conference["time_zone_name"] = event.timezone
    conference["url"] = absolute("site.event", slug=event.slug)
    conference["tracks"] = [
        {"name": track.name, "slug": _track_slug(track.name, number)}
        | ({"color": track.colour} if track.colour else {})
        for number, track in enumerate(whole.tracks, start=1)
    ]
    conference["rooms"] = [
        {"name": room.name, "guid": guid_of_room(event, room), "capacity": room.seats} for room in whole.rooms
    ]
    conference["days"] = [_json_day(whole, day) for day in days]
    generator = {"name": "eventsys", "version": "1"}
    document = {"schedule": {"version": str(event.version), "conference": conference}, "generator": generator}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _json_day(whole: Whole, day: _Day) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(timespec="seconds"),
        "day_end": day.ends_at.isoformat(timespec="seconds"),
        "rooms": {name: [_json_event(whole, entry) for entry in entries] for name, entries in day.rooms.items()},
    }


def _json_event(whole: Whole, entry: AgendaSession) -> dict[str, Any]:
    zone = whole.event.zone
    starts_at, ends_at = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    return {
        "guid": guid_of_session(entry),
        "id": entry.id,
        "date": starts_at.isoformat(timespec="seconds"),
        "start": f"{starts_at:%H:%M}",
        "end": ends_at.isoformat(timespec="seconds"),
        "duration": _duration(entry),
        "room": _room_name(entry.room),
        "slug": _slug(whole, entry),
        "url": _url(whole, entry),
        "title": entry.title,
        "subtitle": entry.subtitle,
        "track": entry.track.name if entry.track else "",
        "type": entry.kind,
        "language": entry.language,
        "abstract": entry.abstract,
        "description": "",
        "persons": [
            {"id": person.id, "guid": guid_of_person(whole.event, person), "public_name": person.name}
            for person in _people(entry)
        ],
        "links": [],
    }


def _people(entry: AgendaSession) -> Iterable[Any]:
    return {role.person_id: role.person for role in entry.roles}.values()


def written_frab_xml(whole: Whole) -> bytes:
    """The schedule in XML (schedule.xml.xsd of c3voc)."""
    from lxml import etree

    event, zone = whole.event, whole.event.zone
    root = etree.Element("schedule")
    etree.SubElement(root, "generator", name="eventsys", version="1")
    _text(root, "url", absolute("exchange.frab_xml", slug=event.slug))
    _text(root, "version", str(event.version))
    conference = etree.SubElement(root, "conference")
    _text(conference, "title", event.title)
    _text(conference, "acronym", _acronym(event.slug))
    days = _days(whole)
    _text(conference, "start", event.starts_at.astimezone(zone).date().isoformat())
    _text(conference, "end", event.ends_at.astimezone(zone).date().isoformat())
    _text(conference, "days", str(len(days)))
    _text(conference, "timeslot_duration", "00:05")
    _text(conference, "url", absolute("site.event", slug=event.slug))
    _text(conference, "time_zone_name", event.timezone)
    for number, track in enumerate(whole.tracks, start=1):
        attributes = {"name": _writable(track.name), "slug": _track_slug(track.name, number)}
        attributes |= {"color": track.colour} if track.colour else {}
        etree.SubElement(conference, "track", attributes).text = _writable(track.name)
    for day in days:
        _xml_day(root, whole, day)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _text(parent: Any, name: str, text: str) -> None:
    element = parent.makeelement(name)
    element.text = _writable(text)
    parent.append(element)


def _child(parent: Any, name: str, attributes: dict[str, str]) -> Any:
    element = parent.makeelement(name, attributes)
    parent.append(element)
    return element


def _xml_day(root: Any, whole: Whole, day: _Day) -> None:
    attributes = {"index": str(day.index), "date": day.date.isoformat()}
    attributes |= {
        "start": day.starts_at.isoformat(timespec="seconds"),
        "end": day.ends_at.isoformat(timespec="seconds"),
    }
    element = _child(root, "day", attributes)
    guids = {room.name: guid_of_room(whole.event, room) for room in whole.rooms}
    for name, entries in day.rooms.items():
        guid = {"guid": guids[name]} if name in guids else {}
        room = _child(element, "room", {"name": _writable(name)} | guid)
        for entry in entries:
            _xml_event(room, whole, entry)


def _xml_event(parent: Any, whole: Whole, entry: AgendaSession) -> None:
    starts_at = entry.starts_at.astimezone(whole.event.zone)
    element = _child(parent, "event", {"id": str(entry.id), "guid": guid_of_session(entry)})
    texts = {
        "room": _room_name(entry.room), "title": entry.title, "subtitle": entry.subtitle, "type": entry.kind,
        "date": starts_at.isoformat(timespec="seconds"), "start": f"{starts_at:%H:%M}", "duration": _duration(entry),
        "abstract": entry.abstract, "slug": _slug(whole, entry), "track": entry.track.name if entry.track else "",
        "language": entry.language, "description": "", "url": _url(whole, entry),
    }  # fmt: skip
    for name, text in texts.items():
        _text(element, name, text)
    persons = _child(element, "persons", {})
    for person in _people(entry):
        attributes = {"id": str(person.id), "guid": guid_of_person(whole.event, person)}
        _child(persons, "person", attributes).text = _writable(person.name)
