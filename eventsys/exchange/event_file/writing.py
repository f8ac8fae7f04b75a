"""The event file written: everything an import would need to make the same event again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from eventsys.agenda.models import AgendaSession, Talk
from eventsys.badges.carrying import packed
from eventsys.events.models import Event
from eventsys.exchange.event_file.points import written_points
from eventsys.exchange.event_file.questions import written_question
from eventsys.exchange.queries import Whole
from eventsys.exchange.times import write_instant
from eventsys.registration.models import RegistrationSettings, WaitingList
from eventsys.streams.models import Stream

_WAITING: dict[str, bool | str] = {
    WaitingList.AUTOMATIC: True,
    WaitingList.NONE: False,
    WaitingList.OFFERS: "offers",
}


def written_event_file(whole: Whole) -> bytes:
    """The file as people read it: two blanks a level, other scripts as they are."""
    return (json.dumps(event_file_of(whole), ensure_ascii=False, indent=1) + "\n").encode()


def event_file_of(whole: Whole, *, with_pictures: bool = True) -> dict[str, Any]:
    """The event as the values of JSON. It holds the addresses of streams and of people: for its organisers only."""
    event, zone = whole.event, whole.event.zone
    head = {"format": "eventsys-event/1"} | _head(event, zone)
    badges = packed(event.id, whole.designs, with_pictures=with_pictures)
    points = written_points(whole.points, zone)
    return head | _registration(whole, zone) | _programme(whole, zone) | {"badges": badges, "points": points}


def _head(event: Event, zone: ZoneInfo) -> dict[str, Any]:
    venue = {name: getattr(event, f"venue_{name}") for name in ("name", "address", "city", "country")}
    head: dict[str, Any] = {name: getattr(event, name) for name in ("slug", "kind", "title", "summary", "description")}
    head |= {"language": event.language, "status": str(event.status), "timezone": event.timezone}
    if event.status_note:
        head["status_note"] = event.status_note
    if event.replaced_by is not None:
        head["replaced_by"] = event.replaced_by.slug
    return head | {
        "starts_at": write_instant(event.starts_at, zone),
        "ends_at": write_instant(event.ends_at, zone),
        "venue": venue,
        "themes": [theme.name for theme in event.themes],
        "organisers": list(event.organisers),
        "contact": event.contact,
        "private": event.is_private,
        "privacy": {"controller": event.privacy_controller, "notice": event.privacy_notice},
    }


def _registration(whole: Whole, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if whole.seats:
        found["seats"] = dict(whole.seats)
    registration: dict[str, Any] = {}
    if whole.settings is not None:
        found |= {"waiting_list": _WAITING[whole.settings.waiting_list], "approval": whole.settings.has_approval}
        registration = _dates(whole.settings, zone)
    registration["questions"] = [written_question(question) for question in whole.questions]
    return found | {"registration": registration}


def _dates(settings: RegistrationSettings, zone: ZoneInfo) -> dict[str, Any]:
    opens, closes = settings.opens_at, settings.closes_at
    return {
        "opens_at": write_instant(opens, zone) if opens else None,
        "closes_at": write_instant(closes, zone) if closes else None,
        "offer_hours": settings.offer_hours,
    }


def _programme(whole: Whole, zone: ZoneInfo) -> dict[str, Any]:
    by_session = {stream.session_id: stream for stream in whole.streams if stream.session_id}
    by_room = {stream.room_id: stream for stream in whole.streams if stream.room_id}
    return {
        "rooms": [{"key": room.key, "name": room.name, "seats": room.seats} for room in whole.rooms],
        "tracks": [{"key": track.key, "name": track.name, "colour": track.colour} for track in whole.tracks],
        "people": [
            {name: getattr(person, name) for name in ("key", "name", "affiliation", "biography", "links", "email")}
            for person in whole.people
        ],
        "sessions": [_session(entry, zone, by_session.get(entry.id)) for entry in whole.sessions],
        "streams": [{"room": room.key} | _stream(by_room[room.id]) for room in whole.rooms if room.id in by_room],
    }


def _session(entry: AgendaSession, zone: ZoneInfo, stream: Stream | None) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(entry, name) for name in ("key", "kind", "title", "subtitle", "abstract")}
    found |= {
        "starts_at": write_instant(entry.starts_at, zone),
        "ends_at": write_instant(entry.ends_at, zone),
        "status": entry.status,
        "room": entry.room.key if entry.room else None,
        "track": entry.track.key if entry.track else None,
        "language": entry.language,
        "seats": entry.seats,
        "people": _people(entry.roles),
        "talks": [_talk(talk) for talk in entry.talks],
    }
    return found | ({"stream": _stream(stream)} if stream is not None else {})


def _talk(talk: Talk) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(talk, name) for name in ("key", "title", "abstract", "minutes", "project")}
    return found | {"people": _people(talk.roles)}


def _people(roles: Iterable[Any]) -> list[dict[str, str]]:
    return [{"person": role.person.key, "role": role.role} for role in roles]


def _stream(stream: Stream) -> dict[str, Any]:
    return {"url": stream.url, "audience": stream.audience, "opens_minutes_before": stream.opens_minutes_before}
