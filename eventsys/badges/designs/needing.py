"""What a design needs to know of people, so that nothing is loaded that no element shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventsys.badges.designs.elements import Access, Agenda, Consent, Element, Image, Programme, Sessions

if TYPE_CHECKING:
    from eventsys.badges.designs.reading import Design

_ANSWER = re.compile(r"\{q_([a-z0-9_-]+)\}")


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Keys of questions whose answers are shown or decide a mark, of statements that people agreed to or not; whether
    tags, the person's agenda, what they signed up to, and the programme of the event are shown."""

    answers: frozenset[str] = frozenset()
    consents: frozenset[str] = frozenset()
    has_tags: bool = False
    has_agenda: bool = False
    has_sessions: bool = False
    has_programme: bool = False


def needs_of(elements: Iterable[Element]) -> Needs:
    found = list(elements)
    texts = [getattr(element, name, "") for element in found for name in ("text", "heading")]
    marks = [mark for element in found if isinstance(element, Access) for mark in element.marks]
    shown = {key for text in texts for key in _ANSWER.findall(text)}
    return Needs(
        answers=frozenset(shown | {mark.question for mark in marks if mark.question}),
        consents=frozenset(element.question for element in found if isinstance(element, Consent)),
        has_tags=any(mark.tag for mark in marks),
        has_agenda=any(isinstance(element, Agenda) for element in found),
        has_sessions=any(isinstance(element, Sessions) for element in found),
        has_programme=any(isinstance(element, Programme) for element in found),
    )


def pictures_in(design: Design) -> set[str]:
    """The ids of the pictures that a design shows."""
    return {
        element.image
        for elements in design.sides.values()
        for element in elements
        if isinstance(element, Image) and element.image
    }
