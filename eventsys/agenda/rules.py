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
    Person,
    ProgrammeRole,
    Room,
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
class Clash:
    """Two sessions that overlap in one room, or that one person is in. `second` begins no earlier than `first`."""

    first: AgendaSession
    second: AgendaSession
    room: Room | None = None
    person: Person | None = None


def clashes(entries: Iterable[AgendaSession]) -> list[Clash]:
    """Every session that overlaps another in the same room or through a person, with one that it overlaps.

    Sorted once, then one look at each: O(n log n). Of many that overlap, each is named with the one that runs longest,
    so the list grows with the sessions and not with their pairs. Cancelled ones are out of the way.
    """
    places: dict[tuple[str, int], list[AgendaSession]] = defaultdict(list)
    subjects: dict[tuple[str, int], Room | Person] = {}
    for entry in sorted(_living(entries), key=lambda entry: (entry.starts_at, entry.ends_at, entry.id or 0)):
        for kind, subject in _subjects_of(entry):
            subjects[kind, subject.id] = subject
            places[kind, subject.id].append(entry)
    found = [
        _clash(first, second, subjects[place]) for place, queue in places.items() for first, second in _overlaps(queue)
    ]
    return sorted(found, key=lambda clash: (clash.second.starts_at, clash.second.id, clash.first.id))


def _living(entries: Iterable[AgendaSession]) -> Iterable[AgendaSession]:
    return (entry for entry in entries if entry.status != SessionStatus.CANCELLED)


def _subjects_of(entry: AgendaSession) -> Iterable[tuple[str, Room | Person]]:
    if entry.room is not None:
        yield "room", entry.room
    people = [role.person for role in entry.roles] + [role.person for talk in entry.talks for role in talk.roles]
    for person in {person.id: person for person in people}.values():
        yield "person", person


def _overlaps(queue: list[AgendaSession]) -> Iterable[tuple[AgendaSession, AgendaSession]]:
    longest: AgendaSession | None = None
    for entry in queue:
        if longest is not None and entry.starts_at < longest.ends_at:
            yield longest, entry
        if longest is None or entry.ends_at > longest.ends_at:
            longest = entry


def _clash(first: AgendaSession, second: AgendaSession, subject: Room | Person) -> Clash:
    if isinstance(subject, Room):
        return Clash(first, second, room=subject)
    return Clash(first, second, person=subject)
