"""A frab schedule as its texts, before they are understood: the same for XML and JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

Refuse = Callable[[Any], NoReturn]


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """A person as one slot names them; `key` is their guid or id, empty where the file has neither."""

    key: str
    name: str
    biography: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One entry of the schedule. `date` is the whole instant with its offset, which newer files carry."""

    refuse: Refuse
    day: str
    start: str
    date: str
    duration: str
    room: str
    title: str
    guid: str = ""
    number: str = ""
    slug: str = ""
    subtitle: str = ""
    track: str = ""
    type: str = ""
    language: str = ""
    abstract: str = ""
    description: str = ""
    speakers: tuple[Speaker, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True)
class Schedule:
    """All of it. `rooms` in the order of the file, those without a slot too; `colours` by the name of a track."""

    refuse: Refuse
    title: str
    acronym: str = ""
    subtitle: str = ""
    venue: str = ""
    city: str = ""
    zone: str = ""
    day_change: str = ""
    rooms: dict[str, int | None] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
