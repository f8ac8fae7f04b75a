"""The check-in points in an event file: where people are let in or handed something, and who may pass there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.checkin.errors import WindowReversed
from eventsys.checkin.models import Point, PointKind, Repeats
from eventsys.checkin.point_wording import STATE_LABELS
from eventsys.checkin.rules import ENTRANCE, USUAL
from eventsys.events.rules import refuse_unless_in_reach
from eventsys.exchange.document import Part, Values
from eventsys.exchange.event_file.programme import key_of
from eventsys.exchange.node import Node
from eventsys.exchange.times import read_instant, write_instant
from eventsys.registration.models import Mode, RegistrationType, State

KNOWN = (
    "key", "name", "kind", "day", "session", "opens_at", "closes_at", "states", "modes", "types", "asks_day",
    "repeats", "two_way", "seats",
)  # fmt: skip
_MOST = 500
_MOST_INSIDE = 100_000
_STATES = (State.CONFIRMED, *STATE_LABELS)


def read_points(nodes: Node, zone: ZoneInfo) -> list[Part]:
    """The points in the order that desks read, each described whole; what it does not say is usual for its kind."""
    parts: dict[str, Part] = {}
    for node in nodes.items(most=_MOST):
        node.an_object(required=("key", "name"), known=KNOWN)
        key = key_of(node, parts)
        kind = PointKind(node.at("kind").one_of(PointKind)) if node.has("kind") else PointKind.DOOR
        if key == ENTRANCE and kind != PointKind.DOOR:
            node.at("kind").refuse(_("“%(key)s” is always a door", key=key))
        name = node.at("name").line(most=100, is_needed=True)
        parts[key] = Part(key, {"name": name, "kind": str(kind)} | _of_its_kind(node, kind) | _conditions(node, kind)
                          | _window(node, zone))  # fmt: skip
    return list(parts.values())


def _of_its_kind(node: Node, kind: PointKind) -> Values:
    """The day of a day and the session of a session; others have neither."""
    for name, its in (("day", PointKind.DAY), ("session", PointKind.SESSION)):
        if kind == its and node.at(name).value is None:
            node.refuse(_("“%(name)s” is missing", name=name))
        if kind != its and node.at(name).value is not None:
            node.at(name).refuse(_("only a point of the kind “%(kind)s” has this", kind=its))
    session = node.at("session").line(most=100, is_needed=True) if kind == PointKind.SESSION else None
    return {"day": _day(node.at("day")) if kind == PointKind.DAY else None, "session_key": session}


def _day(node: Node) -> date:
    text = node.line(most=40)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        node.refuse(_("“%(text)s” is no day such as 2026-12-03", text=text))
    node.judged(refuse_unless_in_reach, found)
    return found


def _conditions(node: Node, kind: PointKind) -> Values:
    repeats, is_two_way = USUAL[kind]
    return {
        "states": _some(node.at("states"), _STATES, needed=State.CONFIRMED) if node.has("states") else ["confirmed"],
        "modes": _some(node.at("modes"), Mode) if node.has("modes") else [str(Mode.ONSITE)],
        "types": _some(node.at("types"), RegistrationType, may_be_none=True) if node.has("types") else [],
        "asks_day": node.at("asks_day").truth() if node.has("asks_day") else True,
        "repeats": node.at("repeats").one_of(Repeats) if node.has("repeats") else str(repeats),
        "is_two_way": node.at("two_way").truth() if node.has("two_way") else is_two_way,
        "seats": None if node.at("seats").value is None else node.at("seats").number(least=1, most=_MOST_INSIDE),
    }


def _some(nodes: Node, known: Iterable[str], *, needed: str | None = None, may_be_none: bool = False) -> list[str]:
    """Some of the names known, none of them twice; an empty list where `may_be_none` allows it."""
    names = list(known)
    found = [node.one_of(names) for node in nodes.items(most=100)]
    if len(set(found)) != len(found):
        nodes.refuse(_("a name is there twice"))
    if not found and not may_be_none:
        nodes.refuse(_("nobody would pass: name at least one"))
    if needed is not None and needed not in found:
        nodes.refuse(_("“%(name)s” must be among them", name=needed))
    return found


def _window(node: Node, zone: ZoneInfo) -> Values:
    read = partial(read_instant, zone=zone)
    opens_at, closes_at = (
        None if node.at(name).value is None else node.at(name).instant(read) for name in ("opens_at", "closes_at")
    )
    if opens_at and closes_at and closes_at <= opens_at:
        node.at("closes_at").refuse(WindowReversed.sentence)
    return {"opens_at": opens_at, "closes_at": closes_at}


def written_points(points: Sequence[Point], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The points as a file says them; what a point has not is left out."""
    return [_written(point, zone) for point in points]


def _written(point: Point, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {"key": point.key, "name": point.name, "kind": point.kind}
    more = {
        "day": point.day.isoformat() if point.day else None,
        "session": point.session_key,
        "opens_at": write_instant(point.opens_at, zone) if point.opens_at else None,
        "closes_at": write_instant(point.closes_at, zone) if point.closes_at else None,
    }
    found |= {name: value for name, value in more.items() if value is not None}
    return found | {
        "states": point.states,
        "modes": point.modes,
        "types": point.types,
        "asks_day": point.asks_day,
        "repeats": point.repeats,
        "two_way": point.is_two_way,
        "seats": point.seats,
    }
