"""What a session is called, when it may be, and which sessions cannot all happen as planned."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from eventsys.agenda.errors import ColourUnknown, KeyMalformed, LinkMalformed, SessionNotRemovable
from eventsys.agenda.models import (
    PAUSES,
    AgendaSession,
    ProgrammeRole,
    SessionKind,
    SessionStatus,
)
from eventsys.events.models import Event
from eventsys.events.rules import instant_of, local_of, refuse_unless_in_order, refuse_unless_known

__all__ = ["instant_of", "local_of", "refuse_unless_in_order", "refuse_unless_known"]

KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LINK = re.compile(r"https?://[^\s<>\"]+\Z")

KIND_LABELS = {
    SessionKind.OPENING: _l("Opening"),
    SessionKind.KEYNOTE: _l("Keynote"),
    SessionKind.PANEL: _l("Panel"),
    SessionKind.TALKS: _l("Talks"),
    SessionKind.BREAKOUT: _l("Breakout"),
    SessionKind.WORKSHOP: _l("Workshop"),
    SessionKind.DEMONSTRATION: _l("Demonstration"),
    SessionKind.POSTER: _l("Posters"),
    SessionKind.VISIT: _l("Visit"),
    SessionKind.BREAK: _l("Break"),
    SessionKind.MEAL: _l("Meal"),
    SessionKind.SOCIAL: _l("Social"),
    SessionKind.CLOSING: _l("Closing"),
}
STATUS_LABELS = {
    SessionStatus.TENTATIVE: _l("tentative"),
    SessionStatus.CONFIRMED: _l("confirmed"),
    SessionStatus.CANCELLED: _l("cancelled"),
}
ROLE_LABELS = {
    ProgrammeRole.CHAIR: _l("Chair"),
    ProgrammeRole.MODERATOR: _l("Moderator"),
    ProgrammeRole.KEYNOTE: _l("Keynote speaker"),
    ProgrammeRole.PANELLIST: _l("Panellist"),
    ProgrammeRole.PRESENTER: _l("Presenter"),
    ProgrammeRole.RAPPORTEUR: _l("Rapporteur"),
    ProgrammeRole.FACILITATOR: _l("Facilitator"),
    ProgrammeRole.INTERPRETER: _l("Interpreter"),
    ProgrammeRole.HOST: _l("Host"),
}


def kind_label(kind: str) -> str:
    """The kind of a session in the reader's language."""
    return str(KIND_LABELS[SessionKind(kind)])


def status_label(status: str) -> str:
    return str(STATUS_LABELS[SessionStatus(status)])


def role_label(role: str) -> str:
    return str(ROLE_LABELS[ProgrammeRole(role)])


def is_pause(entry: AgendaSession) -> bool:
    """Breaks, meals and social gatherings."""
    return entry.kind in PAUSES


def is_outside(event: Event, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a session begins before its event or ends after it, which is told and allowed (a dinner the eve)."""
    return starts_at < event.starts_at or ends_at > event.ends_at


def refuse_unless_key(key: str) -> None:
    """Raises KeyMalformed."""
    if len(key) > 100 or not KEY.fullmatch(key):
        raise KeyMalformed(key=key[:120], field="key")


def colour_of(text: str) -> str:
    """`#0B5394` as `#0b5394`, nothing for nothing. Raises ColourUnknown."""
    colour = text.strip().lower()
    if colour and not _COLOUR.fullmatch(colour):
        raise ColourUnknown(colour=text[:40], field="colour")
    return colour


def links_of(texts: Iterable[str]) -> list[str]:
    """Web addresses, trimmed, blanks left out. Raises LinkMalformed, so that no `javascript:` ever becomes a link."""
    links = [text.strip() for text in texts if text.strip()]
    for link in links:
        if not _LINK.match(link) or len(link) > 1000:
            raise LinkMalformed(link=link[:120], field="links")
    return links


def refuse_unless_removable(event: Event) -> None:
    """Raises SessionNotRemovable: once the event has been public, a session is cancelled and stays."""
    if event.published_at is not None:
        raise SessionNotRemovable


@dataclass(frozen=True)
class Slot:
    """What it takes to see whether sessions clash. `subjects` are its room and people as (kind, id, name)."""

    id: int
    key: str
    title: str
    status: str
    starts_at: datetime
    ends_at: datetime
    subjects: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True)
class Clash:
    """Two sessions that overlap in one room (`kind` "room") or through one person (`kind` "person")."""

    first: Slot
    second: Slot
    kind: str
    name: str


def slot_of(entry: AgendaSession) -> Slot:
    """A session with its room, people and talks as a slot."""
    people = [role.person for role in entry.roles] + [role.person for talk in entry.talks for role in talk.roles]
    subjects = {("person", person.id): person.name for person in people}
    if entry.room is not None:
        subjects["room", entry.room.id] = entry.room.name
    return Slot(
        entry.id, entry.key, entry.title, entry.status, entry.starts_at, entry.ends_at,
        tuple((kind, number, name) for (kind, number), name in subjects.items()),
    )  # fmt: skip


def clashes(entries: Iterable[AgendaSession | Slot]) -> list[Clash]:
    """Every session that overlaps another in the same room or through a person, with one that it overlaps.

    Sorted once, then one look at each: O(n log n). Of many that overlap, each is named with the one that runs longest,
    so the list grows with the sessions and not with their pairs. Cancelled ones are out of the way.
    """
    slots = [entry if isinstance(entry, Slot) else slot_of(entry) for entry in entries]
    queues: dict[tuple[str, int, str], list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.ends_at, slot.id)):
        if slot.status != SessionStatus.CANCELLED:
            for subject in slot.subjects:
                queues[subject].append(slot)
    found = [
        Clash(first, second, kind, name)
        for (kind, _number, name), queue in queues.items()
        for first, second in _overlaps(queue)
    ]
    return sorted(found, key=lambda clash: (clash.second.starts_at, clash.second.id, clash.first.id, clash.kind))


def _overlaps(queue: list[Slot]) -> Iterable[tuple[Slot, Slot]]:
    longest: Slot | None = None
    for slot in queue:
        if longest is not None and slot.starts_at < longest.ends_at:
            yield longest, slot
        if longest is None or slot.ends_at > longest.ends_at:
            longest = slot
