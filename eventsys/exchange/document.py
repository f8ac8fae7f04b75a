"""A whole event as values, whichever file it came in: what every reader makes and every import writes.

What a file does not speak of is absent (a name missing in `values`) or KEEP: it stays as it is, or gets its default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from eventsys.badges.carrying import Carried

Values = dict[str, Any]


class Unspoken(Enum):
    """The value of what a file says nothing about."""

    KEEP = "keep"


KEEP: Final = Unspoken.KEEP


@dataclass(frozen=True)
class Part:
    """A room, track, person, question or check-in point: its key and the columns that are given."""

    key: str
    values: Values


@dataclass(frozen=True)
class RolePart:
    """Who (the key of a person) does what."""

    person: str
    role: str


@dataclass(frozen=True)
class TalkPart:
    """One talk inside a session."""

    key: str
    values: Values
    people: tuple[RolePart, ...] = ()


@dataclass(frozen=True)
class StreamPart:
    """Where to watch, who may, and from how many minutes before."""

    url: str
    audience: str
    opens_minutes_before: int = 15


@dataclass(frozen=True)
class SessionPart:
    """One session; `room` and `track` are keys, None for neither. `title`, `starts_at`, `ends_at` are always given."""

    key: str
    values: Values
    room: str | Unspoken | None = KEEP
    track: str | Unspoken | None = KEEP
    people: tuple[RolePart, ...] | Unspoken = KEEP
    talks: tuple[TalkPart, ...] | Unspoken = KEEP
    stream: StreamPart | Unspoken | None = KEEP


@dataclass(frozen=True, kw_only=True)
class Document:
    """An event. `values` are columns of Event, always with title, timezone, starts_at and ends_at.

    Of `seats` (by mode) and `settings` (columns of RegistrationSettings) only what is given is set. Lists that are
    None stay as they are; lists that are given are whole: what they lack is withdrawn.
    """

    slug: str
    values: Values
    status: str | None = None
    themes: list[str] | None = None
    replaced_by: str | None = None
    seats: dict[str, int | None] = field(default_factory=dict)
    settings: Values = field(default_factory=dict)
    questions: list[Part] | None = None
    rooms: list[Part] | None = None
    tracks: list[Part] | None = None
    people: list[Part] | None = None
    sessions: list[SessionPart] | None = None
    streams: dict[str, StreamPart] | None = None
    badges: list[Carried] | None = None
    points: list[Part] | None = None
    notes: list[str] = field(default_factory=list)
