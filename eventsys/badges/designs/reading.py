"""How an organiser's JSON becomes a design: every field known, in range, inside its side, or refused with its place."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from eventsys.badges.designs import values
from eventsys.badges.designs.elements import KIND_LABELS, KINDS, AccessMark, Element, Image, Qr, Text
from eventsys.badges.designs.formats import FORMATS, FRONT, SIDES, Format, Sheet
from eventsys.badges.designs.needing import Needs, needs_of
from eventsys.badges.errors import DesignMisread

VERSION = 1
MOST_ELEMENTS = 60
MOST_MARKS = 8
# Each is handed to the typesetter whole, with every run of badges.
MOST_PICTURES = 12


@dataclass(frozen=True, kw_only=True)
class Design:
    """One design: a format, and what stands on its sides, the first beneath the others."""

    format: str
    sides: dict[str, tuple[Element, ...]] = field(default_factory=dict)
    sheet: Sheet | None = None

    def __hash__(self) -> int:
        return hash(self.said)

    @property
    def form(self) -> Format:
        return FORMATS[self.format]

    @property
    def width(self) -> float:
        """The width of a side in millimetres, as it is read."""
        return self.sheet.label_width if self.sheet else self.form.width

    @property
    def height(self) -> float:
        return self.sheet.label_height if self.sheet else self.form.height

    @property
    def media(self) -> tuple[float, float]:
        """Width and height of the paper, as it goes through the printer."""
        return self.sheet.size if self.sheet else self.form.media

    @property
    def drawn_sides(self) -> tuple[str, ...]:
        """The sides that are printed: the front always, others where something stands on them."""
        return tuple(side for side in self.form.sides if side == FRONT or self.sides.get(side))

    @cached_property
    def needs(self) -> Needs:
        """What must be known of people to draw this, beyond who they are."""
        return needs_of(element for side in self.sides.values() for element in side)

    @cached_property
    def said(self) -> str:
        """The document as text, the same for the same design."""
        return json.dumps(said_design(self), sort_keys=True, ensure_ascii=False)


def read_design(value: Any) -> Design:
    """Read the document of `docs/badge-design.md`; raises DesignMisread, which names the side, element and field."""
    document = values.mapping(value, where="")
    values.refuse_unknown(document, {"version", "format", "sheet", "sides"}, where="")
    if document.get("version") != VERSION:
        raise DesignMisread(where="version", fault=_("must be %(number)s", number=VERSION))
    key = values.one_of(document.get("format"), tuple(FORMATS), where="format")
    sheet = _sheet(document.get("sheet"), is_wanted=FORMATS[key].is_sheet)
    empty = Design(format=key, sheet=sheet)
    given = values.mapping(document.get("sides"), where="sides")
    values.refuse_unknown(given, set(empty.form.sides), where="sides")
    sides = {side: _side(empty, side, given.get(side, [])) for side in empty.form.sides}
    _refuse_same_ids(sides)
    pictures = {one.image for side in sides.values() for one in side if isinstance(one, Image) and one.image}
    if len(pictures) > MOST_PICTURES:
        raise DesignMisread(where="sides", fault=_("at most %(number)s different pictures", number=MOST_PICTURES))
    if not sides[FRONT]:
        raise DesignMisread(where=str(SIDES[FRONT]), fault=_("there must be at least one element"))
    return Design(format=key, sheet=sheet, sides=sides)


def said_design(design: Design) -> dict[str, Any]:
    """Give the document that `read_design` reads back as this very design."""
    sides = {side: [_said(element) for element in elements] for side, elements in design.sides.items()}
    sheet = {"sheet": asdict(design.sheet)} if design.sheet else {}
    return {"version": VERSION, "format": design.format, **sheet, "sides": sides}


def _said(element: Element) -> dict[str, Any]:
    found = asdict(element)
    place = {name: found.pop(name) for name in ("id",)}
    return {**place, "kind": element.kind, **{key: _plain(value) for key, value in found.items()}}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _sheet(value: Any, *, is_wanted: bool) -> Sheet | None:
    if not is_wanted:
        if value is not None:
            raise DesignMisread(where="sheet", fault=_("only sheets of labels have it"))
        return None
    return values.sheet(value)


def _side(design: Design, side: str, value: Any) -> tuple[Element, ...]:
    where = str(SIDES[side])
    if not isinstance(value, list):
        raise DesignMisread(where=where, fault=_("must be a list of elements"))
    if len(value) > MOST_ELEMENTS:
        raise DesignMisread(where=where, fault=_("at most %(number)s elements", number=MOST_ELEMENTS))
    found = tuple(_element(design, side, number, item) for number, item in enumerate(value, start=1))
    _refuse_wrong_following(found, where)
    if sum(isinstance(element, Qr) for element in found) > 1:
        raise DesignMisread(where=where, fault=_("only one QR code on a side: a scanner must not have to choose"))
    return found


def _element(design: Design, side: str, number: int, value: Any) -> Element:
    place = _("%(side)s, element %(number)s", side=str(SIDES[side]), number=number)
    document = values.mapping(value, where=place)
    kind = values.one_of(document.get("kind"), tuple(KINDS), where=place, name="kind")
    where = f"{place} ({KIND_LABELS[kind]})"
    known = {found.name: found for found in fields(KINDS[kind])}
    values.refuse_unknown(document, {"kind", *known}, where=where)
    missing = [name for name, found in known.items() if found.default is MISSING and name not in document]
    if missing:
        raise DesignMisread(where=where, fault=_("%(name)s is missing", name=missing[0]))
    box = _placed(design, KINDS[kind], document, where)
    others: dict[str, Any] = {
        name: _marks(document[name], where) if name == "marks" else values.read(kind, name, document[name], where)
        for name in known
        if name in document and name not in box
    }
    return KINDS[kind](**box, **others)


def _placed(design: Design, kind: type[Element], document: dict[str, Any], where: str) -> dict[str, Any]:
    """The rectangle, inside the side; a hundredth of a millimetre is what rounding in a browser may cost."""
    width = values.number(document["width"], kind.least[0], design.width, where, "width", unit="mm")
    height = values.number(document["height"], kind.least[1], design.height, where, "height", unit="mm")
    x = values.number(document["x"], 0, design.width - width + 0.01, where, "x", unit="mm")
    y = values.number(document["y"], 0, design.height - height + 0.01, where, "y", unit="mm")
    if kind.least == (0.0, 0.0) and width == height == 0:
        raise DesignMisread(where=where, fault=_("either width or height must be more than 0"))
    return {"x": x, "y": y, "width": width, "height": height}


def _marks(value: Any, where: str) -> tuple[AccessMark, ...]:
    if not isinstance(value, list) or len(value) > MOST_MARKS:
        raise DesignMisread(where=where, fault=_("marks must be a list of at most %(number)s", number=MOST_MARKS))
    places = [_("mark %(number)s", number=number) for number in range(1, len(value) + 1)]
    return tuple(_mark(item, f"{where}, {place}") for place, item in zip(places, value, strict=True))


def _mark(value: Any, where: str) -> AccessMark:
    document = values.mapping(value, where=where)
    names = {found.name for found in fields(AccessMark)}
    values.refuse_unknown(document, names, where=where)
    found = AccessMark(
        **{"letters": ""} | {name: values.read("access", name, document[name], where) for name in document}
    )
    if not found.letters:
        raise DesignMisread(where=where, fault=_("letters are missing: a shape alone says nothing"))
    if bool(found.tag) == bool(found.question):
        raise DesignMisread(where=where, fault=_("give either a tag or a question"))
    return found


def _refuse_wrong_following(elements: tuple[Element, ...], side: str) -> None:
    """A text follows one above it that was drawn before, so that nothing goes round in a circle."""
    texts: dict[str, Text] = {}
    for number, element in enumerate(elements, start=1):
        if not isinstance(element, Text):
            continue
        if element.follows and not (element.follows in texts and texts[element.follows].y <= element.y):
            where = f"{_('%(side)s, element %(number)s', side=side, number=number)} ({KIND_LABELS['text']})"
            raise DesignMisread(where=where, fault=_("it can only follow a text above it that comes before it"))
        texts[element.id] = element


def _refuse_same_ids(sides: dict[str, tuple[Element, ...]]) -> None:
    seen: set[str] = set()
    for side, elements in sides.items():
        for number, element in enumerate(elements, start=1):
            if element.id in seen:
                where = _("%(side)s, element %(number)s", side=str(SIDES[side]), number=number)
                raise DesignMisread(where=where, fault=_("the id “%(id)s” is there twice", id=element.id))
            seen.add(element.id)
