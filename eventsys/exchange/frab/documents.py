"""A schedule understood: keys that stay the same from release to release, times, kinds, people and their roles."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.agenda.models import ProgrammeRole, SessionKind
from eventsys.agenda.rules import KEY
from eventsys.events.rules import refuse_unless_slug, zone_named
from eventsys.exchange.document import Document, Part, RolePart, SessionPart, Values
from eventsys.exchange.frab.schedule import Schedule, Slot, Speaker
from eventsys.exchange.frab.times import day_start, span_of
from eventsys.exchange.overrides import Overrides
from eventsys.kernel.errors import Refusal
from eventsys.kernel.text import html_to_markdown, slugified

# What frab's types are here; any other is a session of talks.
KINDS = {
    "keynote": SessionKind.KEYNOTE, "opening": SessionKind.OPENING, "ceremony": SessionKind.OPENING,
    "closing": SessionKind.CLOSING, "panel": SessionKind.PANEL, "podium": SessionKind.PANEL,
    "discussion": SessionKind.PANEL, "workshop": SessionKind.WORKSHOP, "hands-on": SessionKind.WORKSHOP,
    "tutorial": SessionKind.WORKSHOP, "certification": SessionKind.WORKSHOP, "bof": SessionKind.BREAKOUT,
    "meeting": SessionKind.BREAKOUT, "meetup": SessionKind.BREAKOUT, "breakout": SessionKind.BREAKOUT,
    "keysigning": SessionKind.SOCIAL, "party": SessionKind.SOCIAL, "social": SessionKind.SOCIAL,
    "concert": SessionKind.SOCIAL, "performance": SessionKind.SOCIAL, "game": SessionKind.SOCIAL,
    "demo": SessionKind.DEMONSTRATION, "demonstration": SessionKind.DEMONSTRATION, "poster": SessionKind.POSTER,
    "excursion": SessionKind.VISIT, "visit": SessionKind.VISIT, "break": SessionKind.BREAK,
    "lunch": SessionKind.MEAL, "dinner": SessionKind.MEAL, "meal": SessionKind.MEAL,
}  # fmt: skip
ROLES = {
    SessionKind.KEYNOTE: ProgrammeRole.KEYNOTE,
    SessionKind.PANEL: ProgrammeRole.PANELLIST,
    SessionKind.WORKSHOP: ProgrammeRole.FACILITATOR,
    SessionKind.BREAKOUT: ProgrammeRole.FACILITATOR,
}
_HTML = re.compile(r"<(p|br|a|ul|ol|li|div|h[1-6]|strong|em|b|i|code|tt|pre|span|blockquote|table)\b", re.I)
_LINK = re.compile(r"https?://[^\s<>\"]+\Z")


def document_of(schedule: Schedule, given: Overrides) -> Document:
    """The event of a schedule. Raises FileRefused, naming the line."""
    slug = _slug(schedule, given)
    zone = _zone(schedule, given, slug)
    if not schedule.slots:
        schedule.refuse(_("the schedule has no session"))
    change = day_start(schedule.day_change, schedule.refuse)
    spans = [span_of(slot, zone, change) for slot in schedule.slots]
    values: Values = {
        "title": given.title or schedule.title,
        "timezone": zone.key,
        "starts_at": min(start for start, _end in spans),
        "ends_at": max(end for _start, end in spans),
    }
    spoken = {"kind": given.kind, "summary": schedule.subtitle, "venue_name": schedule.venue,
              "venue_city": schedule.city}  # fmt: skip
    rooms, tracks = _places(schedule.rooms), _places(slot.track for slot in schedule.slots)
    people = _people(schedule)
    return Document(
        slug=slug,
        values=values | {name: value for name, value in spoken.items() if value},
        rooms=[Part(key, _room(name, schedule.rooms[name])) for name, key in rooms.items()],
        tracks=[Part(key, _track(name, schedule.colours.get(name, ""))) for name, key in tracks.items()],
        people=list(people.values()),
        sessions=[
            SessionPart(
                key,
                _session(slot) | {"starts_at": start, "ends_at": end},
                room=rooms.get(slot.room),
                track=tracks.get(slot.track),
                people=_roles(slot),
            )
            for key, slot, (start, end) in zip(_keys(schedule.slots), schedule.slots, spans, strict=True)
        ],
    )


def _zone(schedule: Schedule, given: Overrides, slug: str) -> ZoneInfo:
    try:
        return zone_named(given.timezone or schedule.zone or given.zone_of(slug))
    except Refusal as refusal:
        schedule.refuse(str(refusal))


def _slug(schedule: Schedule, given: Overrides) -> str:
    slug = given.slug or slugified(schedule.acronym) or slugified(schedule.title)
    if not slug:
        schedule.refuse(_("no address can be made from the title: name one with --slug"))
    try:
        refuse_unless_slug(slug)
    except Refusal as refusal:
        schedule.refuse(str(refusal))
    return slug


def _room(name: str, seats: int | None) -> Values:
    return {"name": name} | ({"seats": seats} if seats is not None else {})


def _track(name: str, colour: str) -> Values:
    found = colour.strip().lower()
    return {"name": name} | ({"colour": found} if re.fullmatch(r"#[0-9a-f]{6}", found) else {})


def _places(names: Iterable[str]) -> dict[str, str]:
    """Keys of rooms or tracks by their names, which are what schedules know them by."""
    keys: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if name:
            keys[name] = _free(slugified(name, most=80) or _digest(name), set(keys.values()))
    return keys


def _free(key: str, taken: set[str]) -> str:
    number, found = 2, key
    while found in taken:
        found, number = f"{key}-{number}", number + 1
    return found


@lru_cache(maxsize=4096)
def _digest(text: str) -> str:
    """A key for what cannot be written in Latin letters, the same each time."""
    return "x" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _written(text: str) -> str:
    """A text of a file as a key: what a key cannot hold becomes a hyphen."""
    if len(text) <= 100 and KEY.fullmatch(text):
        return text
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:100].strip("-._") or (_digest(text) if text else "")


def _keys(slots: list[Slot]) -> list[str]:
    """For each slot its guid, else its slug where only it has that, else its number. Raises FileRefused for doubles."""
    counted = Counter(slot.slug for slot in slots)
    keys: dict[str, Slot] = {}
    for slot in slots:
        key = _written(slot.guid.lower() or (slot.slug if counted[slot.slug] == 1 else "") or slot.number)
        key = key or _written(slot.slug) or slugified(slot.title)
        if not key:
            slot.refuse(_("this session has neither guid, slug, id nor title"))
        if key in keys:
            slot.refuse(_("the id “%(key)s” is there twice", key=key))
        keys[key] = slot
    return list(keys)


def _person_key(speaker: Speaker) -> str:
    return _written(speaker.key.lower()) or slugified(speaker.name) or _digest(speaker.name)


def _people(schedule: Schedule) -> dict[str, Part]:
    people: dict[str, Part] = {}
    for slot in schedule.slots:
        for speaker in slot.speakers:
            if not speaker.name:
                slot.refuse(_("a person of this session has no name"))
            values = {"name": speaker.name}
            if speaker.biography:
                values["biography"] = _prose(speaker.biography)
            people.setdefault(_person_key(speaker), Part(_person_key(speaker), values))
    return people


def _kind(slot: Slot) -> SessionKind:
    return KINDS.get(slot.type.lower(), SessionKind.TALKS)


def _roles(slot: Slot) -> tuple[RolePart, ...]:
    role = ROLES.get(_kind(slot), ProgrammeRole.PRESENTER)
    return tuple(dict.fromkeys(RolePart(_person_key(speaker), str(role)) for speaker in slot.speakers))


def _session(slot: Slot) -> Values:
    if not slot.title:
        slot.refuse(_("this session has no title"))
    if len(slot.title) > 500:
        slot.refuse(_("this title is longer than %(most)d characters", most=500))
    return {
        "title": slot.title,
        "subtitle": slot.subtitle[:500],
        "kind": str(_kind(slot)),
        "language": slot.language[:35],
        "abstract": _abstract(slot),
    }


def _abstract(slot: Slot) -> str:
    """Abstract and description as one text, then the links: slides and recordings are among them."""
    parts = [_prose(slot.abstract), _prose(slot.description)]
    if parts[1].startswith(parts[0]):
        parts[0] = ""
    links = [
        f"- [{_label(title or url)}]({url.replace('(', '%28').replace(')', '%29')})"
        for title, url in slot.links if _LINK.match(url)
    ]  # fmt: skip
    return "\n\n".join(part for part in (*parts, "\n".join(links)) if part)


def _label(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def _prose(text: str) -> str:
    return html_to_markdown(text) if _HTML.search(text) else text
