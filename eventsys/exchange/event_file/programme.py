"""The programme in an event file: rooms, tracks, people, sessions with their talks, streams."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.agenda import rules
from eventsys.agenda.models import ProgrammeRole, SessionKind, SessionStatus
from eventsys.exchange.document import Part, RolePart, SessionPart, StreamPart, TalkPart, Values
from eventsys.exchange.node import Node
from eventsys.exchange.times import read_instant
from eventsys.registration.models import Audience
from eventsys.streams.rules import checked_address

SESSION_KNOWN = (
    "key", "kind", "title", "subtitle", "abstract", "starts_at", "ends_at", "status", "room", "track", "language",
    "seats", "people", "talks", "stream",
)  # fmt: skip
Keys = Collection[str]


def key_of(node: Node, taken: Keys) -> str:
    """The key of an entry, well formed and not yet taken in its list."""
    key = node.at("key").line(most=100, is_needed=True)
    node.at("key").judged(rules.refuse_unless_key, key)
    if key in taken:
        node.at("key").refuse(_("the key “%(key)s” is there twice", key=key))
    return key


def _parts(nodes: Node, known: tuple[str, ...], read: Callable[[Node], Values]) -> list[Part]:
    parts: dict[str, Part] = {}
    for node in nodes.items():
        node.an_object(required=("key", "name"), known=known)
        key = key_of(node, parts)
        parts[key] = Part(key, {"name": node.at("name").line(is_needed=True)} | read(node))
    return list(parts.values())


def read_rooms(nodes: Node) -> list[Part]:
    return _parts(nodes, ("key", "name", "seats"), lambda node: {"seats": node.at("seats").number_or_none()})


def read_tracks(nodes: Node) -> list[Part]:
    return _parts(nodes, ("key", "name", "colour"), _track)


def _track(node: Node) -> Values:
    return {"colour": node.at("colour").judged(rules.colour_of, node.at("colour").line(most=40))}


def read_people(nodes: Node) -> list[Part]:
    return _parts(nodes, ("key", "name", "affiliation", "biography", "links", "email"), _person)


def _person(node: Node) -> Values:
    links = node.at("links").lines(most=50) if node.has("links") else []
    return {
        "affiliation": node.at("affiliation").line(),
        "biography": node.at("biography").prose(),
        "links": node.at("links").judged(rules.links_of, links),
        "email": node.at("email").line(most=254),
    }


def _keys(parts: list[Part] | None) -> Keys:
    return {part.key for part in parts or ()}


def read_sessions(
    nodes: Node, zone: ZoneInfo, rooms: list[Part] | None, tracks: list[Part] | None, people: list[Part] | None
) -> list[SessionPart]:
    """The sessions, each described whole: what it does not mention it does not have."""
    room_keys, track_keys, person_keys = _keys(rooms), _keys(tracks), _keys(people)
    parts: dict[str, SessionPart] = {}
    for node in nodes.items():
        node.an_object(required=("key", "title", "starts_at", "ends_at"), known=SESSION_KNOWN)
        key = key_of(node, parts)
        parts[key] = SessionPart(
            key,
            _session_values(node, zone),
            room=_one_of_keys(node.at("room"), room_keys),
            track=_one_of_keys(node.at("track"), track_keys),
            people=_roles(node.at("people"), person_keys),
            talks=_talks(node.at("talks"), person_keys),
            stream=_stream(node.at("stream")) if node.at("stream").value is not None else None,
        )
    return list(parts.values())


def _session_values(node: Node, zone: ZoneInfo) -> Values:
    read = partial(read_instant, zone=zone)
    starts_at, ends_at = (node.at(name).instant(read) for name in ("starts_at", "ends_at"))
    node.at("ends_at").judged(rules.refuse_unless_in_order, starts_at, ends_at)
    return {
        "kind": node.at("kind").one_of(SessionKind) if node.has("kind") else str(SessionKind.TALKS),
        "status": node.at("status").one_of(SessionStatus) if node.has("status") else str(SessionStatus.CONFIRMED),
        "title": node.at("title").line(is_needed=True),
        "subtitle": node.at("subtitle").line(),
        "abstract": node.at("abstract").prose(),
        "language": node.at("language").line(most=35),
        "seats": node.at("seats").number_or_none(),
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def _one_of_keys(node: Node, keys: Keys) -> str | None:
    if node.value is None:
        return None
    key = node.line(most=100)
    if key not in keys:
        node.refuse(_("there is no “%(key)s” in this file", key=key[:60]))
    return key


def _roles(nodes: Node, keys: Keys) -> tuple[RolePart, ...]:
    parts: list[RolePart] = []
    for node in nodes.items(most=500) if nodes.value is not None else ():
        node.an_object(required=("person", "role"), known=("person", "role"))
        part = RolePart(_one_of_keys(node.at("person"), keys) or "", node.at("role").one_of(ProgrammeRole))
        if not part.person:
            node.at("person").refuse(_("this must not be empty"))
        if part in parts:
            node.refuse(_("this person has the same role here twice"))
        parts.append(part)
    return tuple(parts)


def _talks(nodes: Node, keys: Keys) -> tuple[TalkPart, ...]:
    parts: dict[str, TalkPart] = {}
    for node in nodes.items(most=500) if nodes.value is not None else ():
        node.an_object(required=("key", "title"), known=("key", "title", "abstract", "minutes", "project", "people"))
        values = {
            "title": node.at("title").line(is_needed=True),
            "abstract": node.at("abstract").prose(),
            "minutes": node.at("minutes").number_or_none(least=1),
            "project": node.at("project").line(),
        }
        key = key_of(node, parts)
        parts[key] = TalkPart(key, values, _roles(node.at("people"), keys))
    return tuple(parts.values())


def _stream(node: Node, *also: str) -> StreamPart:
    node.an_object(required=("url", "audience", *also), known=("url", "audience", "opens_minutes_before", *also))
    opens = node.at("opens_minutes_before")
    return StreamPart(
        url=node.at("url").judged(checked_address, node.at("url").line(most=2000)),
        audience=node.at("audience").one_of(Audience),
        opens_minutes_before=15 if opens.value is None else opens.number(most=100_000),
    )


def read_streams(nodes: Node, rooms: list[Part] | None) -> dict[str, StreamPart]:
    """The streams of rooms, by the room's key."""
    parts: dict[str, StreamPart] = {}
    for node in nodes.items(most=1000):
        part = _stream(node, "room")
        room = _one_of_keys(node.at("room"), _keys(rooms))
        if room is None:
            node.at("room").refuse(_("this must not be empty"))
        if room in parts:
            node.at("room").refuse(_("this room has a stream already"))
        parts[room] = part
    return parts
