"""What is handed to typst: a design once, and for each badge what fills its elements, fitted and safe to draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.badges import advances
from eventsys.badges.codes import qr_print_svg
from eventsys.badges.colours import readable_on
from eventsys.badges.designs import Bar, Consent, Design, Element, Image, Programme, ShortCode, Text
from eventsys.badges.faces import BadgeFace
from eventsys.badges.fitting import fitted
from eventsys.badges.showing import shown
from eventsys.badges.writing import EASTERN, direction, drawable, east_of, families_of, font_families, reach

MM = 72 / 25.4

# Of the size of the name, what another text may have.
BESIDE_NAME = 0.85

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi"})

# A list shows at most this many hidden sessions by number; nobody's day is longer.
_MOST_HIDDEN = 200


def document(title: str, language: str) -> dict[str, Any]:
    """What every sheet says of itself: title, language, direction and fonts."""
    spoken = language.split("-", maxsplit=1)[0]
    return {
        "title": drawable(title),
        "lang": spoken,
        "dir": "rtl" if spoken in _RIGHT_TO_LEFT else "ltr",
        "fonts": font_families("", language=language),
    }


def badge_document(first: BadgeFace) -> dict[str, Any]:
    """The head of a sheet of badges: title and language are those of the first."""
    title = _("Badges: %(event)s", event=first.event_title) if first.event_title else _("Badges")
    families = {east: families_of(east) for east in EASTERN}
    return document(title, first.language) | {"families": families}


def design_data(design: Design, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """The design as the layout reads it: lengths in millimetres, sides by name."""
    return {
        "width": design.width,
        "height": design.height,
        "media": list(design.media),
        "is_turned": design.form.is_turned,
        "is_fold": design.form.is_fold,
        "sheet": asdict(design.sheet) if design.sheet else None,
        "order": list(design.drawn_sides),
        "sides": {
            side: [_element(element, pictures) for element in design.sides.get(side, ())] for side in design.drawn_sides
        },
    }


def badge_data(design: Design, face: BadgeFace, *, sides: Iterable[str] | None = None) -> dict[str, Any]:
    """One badge: by side and id of the element what fills it. `name_dir` is where the name begins to be read."""
    found = shown(design, face)
    filled = {side: _side(design.sides.get(side, ()), found[side], face) for side in sides or design.drawn_sides}
    return {
        "name_dir": direction(drawable(face.name)),
        "is_measured": any(_is_measured(value) for values in filled.values() for value in values.values()),
        "sides": filled,
    }


def programme_data(design: Design, face: BadgeFace) -> dict[str, Any]:
    """What the elements of the programme show, by their id: the same on every badge of a run."""
    found = shown(design, face)
    return {
        element.id: _listing(found[side][element.id], face.language)
        for side in design.drawn_sides
        for element in design.sides.get(side, ())
        if isinstance(element, Programme) and found[side][element.id]
    }


def _side(elements: Iterable[Element], said: dict[str, Any], face: BadgeFace) -> dict[str, Any]:
    elements = list(elements)
    ceiling = _ceiling(elements, said, face.language)
    filled = ((element.id, _value(element, said[element.id], face, ceiling)) for element in elements)
    return {id: value for id, value in filled if value is not None}


def _ceiling(elements: list[Element], said: dict[str, Any], language: str) -> float:
    """The largest size beside the name: nothing is set as large as it, however small a long one had to become."""
    names = [element for element in elements if isinstance(element, Text) and element.is_heading and said[element.id]]
    return min((BESIDE_NAME * _size(name, said[name.id], language) for name in names), default=math.inf)


@lru_cache(maxsize=8192)
def _size(element: Text, said: str, language: str) -> float:
    data = text_data(said, language=language)
    box = (element.width * MM, element.height * MM)
    # For letters that join, this is too small rather than too large.
    return fitted(data["text"], tuple(data["fonts"]), element.weight, box, element.size).size


def more_words(most: int = _MOST_HIDDEN) -> list[str]:
    """How a list says that it shows fewer than there are: for 1, 2, 3 … hidden ones."""
    return [ngettext("and %(num)d more", "and %(num)d more", hidden) for hidden in range(1, most + 1)]


def text_data(text: str, *, language: str) -> dict[str, Any]:
    """A text that typst itself is to fit."""
    words = _drawable_lines(text)
    above, below = reach(words)
    return {
        "text": words,
        "dir": direction(words),
        "above": above,
        "below": below,
        "fonts": font_families(words, language=language),
    }


def _drawable_lines(text: str) -> str:
    return "\n".join(drawable(line) for line in text.split("\n"))


def _element(element: Element, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    data = {"kind": element.kind, **asdict(element)}
    data.pop("marks", None)
    data.pop("text", None)
    if isinstance(element, Image):
        data["is_there"] = element.image in pictures
    return data


def _value(element: Element, said: Any, face: BadgeFace, ceiling: float) -> Any:
    language = face.language
    if not said or isinstance(element, Programme):
        return None
    match element.kind:
        case "text" | "code":
            assert isinstance(element, Text | ShortCode)
            is_name = isinstance(element, Text) and element.is_heading
            largest = element.size if is_name else min(element.size, ceiling)
            return _fitted(said, language, element.weight, (element.width, element.height), largest)
        case "qr":
            return {"svg": qr_print_svg(said), "code": drawable(face.short_code)}
        case "bar":
            return _bar(element, said, language, ceiling)
        case "consent":
            assert isinstance(element, Consent)
            box = (max(element.width - element.height - 1, 1), element.height)
            return {**said, "text": _fitted(said["text"], language, 700, box, element.size)}
        case "access":
            return [{**mark, "letters": drawable(mark["letters"]), "label": drawable(mark["label"])} for mark in said]
        case "mark":
            return said
    return _listing(said, language)


def _is_measured(value: Any) -> bool:
    """Whether typst must set this to know how large it becomes."""
    if not isinstance(value, dict):
        return False
    return value.get("lines", ()) is None or "days" in value or _is_measured(value.get("text"))


def _bar(element: Element, said: dict[str, Any], language: str, ceiling: float) -> dict[str, Any]:
    assert isinstance(element, Bar)
    room = (max(element.width - 2 * element.inset, 1), element.height * 0.8)
    largest = min(element.size, ceiling)
    text = _fitted(said["text"], language, element.weight, room, largest) if said["text"] else None
    return {"colour": said["colour"], "ink": readable_on(said["colour"]), "text": text}


def _listing(said: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "heading": _run(said["heading"], language),
        "days": [
            {
                "day": _run(day["day"], language),
                "rows": [{key: _run(text, language) for key, text in row.items()} for row in day["rows"]],
            }
            for day in said["days"]
        ],
    }


@lru_cache(maxsize=8192)
def _fitted(text: str, language: str, weight: int, box: tuple[float, float], largest: float) -> dict[str, Any]:
    """A text with its size and lines, or, where only setting it tells how wide it is, with what it must fit into."""
    words = _drawable_lines(text)
    east = east_of(words, language=language)
    families, points = tuple(families_of(east)), (box[0] * MM, box[1] * MM)
    if not all(advances.is_plain(line) for line in words.split("\n")):
        lead = max((advances.overhang(word[0], families, weight) for word in words.split()), default=0.0)
        return {**text_data(text, language=language), "lines": None, "largest": largest, "lead": lead}
    fit = fitted(words, families, weight, points, largest)
    return {"lines": list(fit.lines), "size": fit.size, "lead": fit.lead, "east": east}


@lru_cache(maxsize=8192)
def _run(text: str, language: str) -> dict[str, Any]:
    return text_data(text, language=language)
