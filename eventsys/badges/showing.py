"""What one badge shows: the elements of its design filled with a person's facts, before anything is measured."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from eventsys.badges.colours import TYPE_COLOURS, ground
from eventsys.badges.designs import (
    Access,
    AccessMark,
    Agenda,
    Bar,
    Consent,
    Design,
    Element,
    Mark,
    Programme,
    Qr,
    Sessions,
    ShortCode,
    Text,
)
from eventsys.badges.faces import BadgeFace, Slot

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_-]*)\}")
_SEPARATORS = re.compile(r"( · | \| | – |, )")

# Answers that say no, whatever the question's own words are.
_NO = frozenset({"", "no", "none", "false", "0", "-", "–"})


def shown(design: Design, face: BadgeFace) -> dict[str, dict[str, Any]]:
    """By side and id of the element, what it says of this person; None where it stays away."""
    shares = iter(_shares(design, face))
    return {
        side: {element.id: _shown(element, face, shares) for element in design.sides.get(side, ())}
        for side in design.drawn_sides
    }


def face_hash(face: BadgeFace, design: Design) -> str:
    """32 hexadecimal digits that stay the same as long as the printed badge would: its design, and what it shows."""
    programmes = {
        element.id for elements in design.sides.values() for element in elements if isinstance(element, Programme)
    }
    says = {
        side: {key: _mark(_Same(said)) if key in programmes and said else said for key, said in filled.items()}
        for side, filled in shown(design, face).items()
    }
    return _digest([design.said, says, face.language])


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


class _Same:
    """What is one and the same object for all badges of a run, and too long to be compared for each."""

    def __init__(self, it: Any) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it


@lru_cache(maxsize=16)
def _mark(said: _Same) -> str:
    return _digest(said.it)


def filled(text: str, face: BadgeFace) -> str:
    """A text with its placeholders filled; lines and separators that an empty one leaves behind are gone."""
    lines = (_line(line, face) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _line(line: str, face: BadgeFace) -> str:
    if "{" not in line:
        return line.strip()
    parts = _SEPARATORS.split(line)
    kept: list[str] = []
    for place in range(0, len(parts), 2):
        said = _PLACEHOLDER.sub(lambda found: _fact(found, face), parts[place])
        if not said.strip() and parts[place].strip():
            continue
        kept += [parts[place - 1], said] if kept else [said]
    return "".join(kept).strip()


def _fact(found: re.Match[str], face: BadgeFace) -> str:
    name = found[1]
    if name.startswith("q_"):
        return face.answers.get(name[2:], "")
    fact = _FACTS.get(name)
    return fact(face) if fact else found[0]


_FACTS: dict[str, Callable[[BadgeFace], str]] = {
    "name": lambda face: face.name or face.short_code,
    "first_name": lambda face: face.first_name or ("" if face.last_name else face.name),
    "last_name": lambda face: face.last_name,
    "organisation": lambda face: face.affiliation,
    "country": lambda face: face.country,
    "sector": lambda face: face.sector_label,
    "type": lambda face: face.type_label,
    "event": lambda face: face.event_title,
    "dates": lambda face: face.event_dates,
    "venue": lambda face: face.venue,
    "short_code": lambda face: face.short_code,
}


def _shown(element: Element, face: BadgeFace, shares: Iterator[tuple[Slot, ...]]) -> Any:
    if isinstance(element, Programme):
        return _programme(filled(element.heading, face), _Same(next(shares)))
    show = _SHOWN.get(type(element))
    return show(element, face) if show else None


def _bar_colour(element: Bar, face: BadgeFace) -> str:
    if element.by == "type":
        return TYPE_COLOURS.get(face.type_key, TYPE_COLOURS["participant"])
    return ground(face.sector_colour) if element.by == "sector" else element.colour


def _consent(element: Consent, face: BadgeFace) -> dict[str, Any] | None:
    has_agreed = face.consents.get(element.question, False)
    if has_agreed and element.shows != "both":
        return None
    return {"has_agreed": has_agreed, "text": _("Photos welcome") if has_agreed else _("No photos")}


def _applies(mark: AccessMark, face: BadgeFace) -> bool:
    if mark.tag:
        return mark.tag.casefold() in {tag.casefold() for tag in face.tags}
    given = face.answers.get(mark.question, "")
    if mark.answer:
        return mark.answer.casefold() in {part.strip().casefold() for part in (given, *given.split(","))}
    return given.strip().casefold() not in _NO


@lru_cache(maxsize=16)
def _programme(heading: str, slots: _Same) -> dict[str, Any] | None:
    return _listed(heading, slots.it)


def _listing(heading: str, slots: Iterable[Slot], face: BadgeFace) -> dict[str, Any] | None:
    return _listed(filled(heading, face), slots) if slots else None


def _listed(heading: str, slots: Iterable[Slot]) -> dict[str, Any] | None:
    days = [
        {"day": day, "rows": [{"time": slot.time, "title": slot.title, "more": _more(slot)} for slot in rows]}
        for day, rows in groupby(slots, key=lambda slot: slot.day)
    ]
    return {"heading": heading, "days": days} if days else None


def _more(slot: Slot) -> str:
    return " · ".join(part for part in (slot.role, slot.room) if part)


# What each kind says; lines, boxes and pictures say the same on every badge. The programme is shared out apart.
_SHOWN: dict[type[Element], Callable[[Any, BadgeFace], Any]] = {
    Text: lambda element, face: filled(element.text, face),
    Qr: lambda _element, face: face.code,
    ShortCode: lambda _element, face: face.short_code,
    Bar: lambda element, face: {"text": filled(element.text, face), "colour": _bar_colour(element, face)},
    Mark: lambda _element, face: face.type_key,
    Consent: _consent,
    Access: lambda element, face: [asdict(mark) for mark in element.marks if _applies(mark, face)],
    Agenda: lambda element, face: _listing(element.heading, face.agenda, face),
    Sessions: lambda element, face: _listing(element.heading, face.sessions, face),
}


def _shares(design: Design, face: BadgeFace) -> list[tuple[Slot, ...]]:
    """The programme, divided among the elements that share it: where a day ends, if that leaves them about even."""
    parts = sum(isinstance(element, Programme) for side in design.drawn_sides for element in design.sides.get(side, ()))
    return _divided(_Same(face.programme), parts)


@lru_cache(maxsize=16)
def _divided(programme: _Same, parts: int) -> list[tuple[Slot, ...]]:
    slots: tuple[Slot, ...] = programme.it
    shares: list[tuple[Slot, ...]] = []
    start = 0
    for rest in range(parts, 1, -1):
        even = start + round((len(slots) - start) / rest)
        ends = [place for place in range(start + 1, len(slots)) if slots[place].day != slots[place - 1].day]
        near = min(ends, key=lambda place: abs(place - even), default=even)
        end = near if abs(near - even) <= (len(slots) - start) * 0.2 else even
        shares.append(slots[start:end])
        start = end
    return [*shares, slots[start:]]
