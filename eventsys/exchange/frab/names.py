"""The UUIDs by which schedules know what we know by keys: the same each time, and found again on the way back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace

from eventsys.agenda.models import AgendaSession, Person, Room
from eventsys.events.models import Event
from eventsys.exchange.document import Document, Part, RolePart, SessionPart, Unspoken
from eventsys.exchange.queries import Whole

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def guid_of_session(entry: AgendaSession) -> str:
    """The key, where a schedule gave it; else what names the session in calendars."""
    return entry.key if _UUID.fullmatch(entry.key) else _as_uuid(entry.uid)


def guid_of_person(event: Event, person: Person) -> str:
    return person.key if _UUID.fullmatch(person.key) else _as_uuid(f"{event.uid}/person/{person.key}")


def guid_of_room(event: Event, room: Room) -> str:
    return _as_uuid(f"{event.uid}/room/{room.key}")


def _as_uuid(name: str) -> str:
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:eventsys:{name}"))


def recognised(document: Document, into: Whole) -> Document:
    """The document with our own keys where it names, in a schedule's way, what the event has already."""
    rooms = {room.name: room.key for room in into.rooms}
    tracks = {track.name: track.key for track in into.tracks}
    people = {guid_of_person(into.event, person): person.key for person in into.people}
    sessions = {guid_of_session(entry): entry.key for entry in into.sessions}
    room_keys, track_keys = _by_name(document.rooms, rooms), _by_name(document.tracks, tracks)
    parts = [
        replace(
            part,
            key=sessions.get(part.key, part.key),
            room=_known(part.room, room_keys),
            track=_known(part.track, track_keys),
            people=_known_people(part, people),
        )
        for part in document.sessions or ()
    ]
    return replace(
        document,
        rooms=_renamed(document.rooms, room_keys),
        tracks=_renamed(document.tracks, track_keys),
        people=_renamed(document.people, people),
        sessions=parts,
    )


def _by_name(parts: list[Part] | None, known: Mapping[str, str]) -> dict[str, str]:
    return {part.key: known[part.values["name"]] for part in parts or () if part.values["name"] in known}


def _renamed(parts: list[Part] | None, keys: Mapping[str, str]) -> list[Part] | None:
    return None if parts is None else [replace(part, key=keys.get(part.key, part.key)) for part in parts]


def _known(key: str | Unspoken | None, keys: Mapping[str, str]) -> str | Unspoken | None:
    return keys.get(key, key) if isinstance(key, str) else key


def _known_people(part: SessionPart, keys: Mapping[str, str]) -> tuple[RolePart, ...] | Unspoken:
    if isinstance(part.people, Unspoken):
        return part.people
    return tuple(replace(role, person=keys.get(role.person, role.person)) for role in part.people)
