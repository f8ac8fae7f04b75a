"""What a design may do that a door or a reader would regret: said, never forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from flask_babel import gettext as _

from eventsys.badges.designs.elements import KIND_LABELS, Bar, Box, Element, Image, Line, Qr, ShortCode, Text
from eventsys.badges.designs.formats import FRONT, SIDES
from eventsys.badges.designs.reading import Design

# Below this a phone must come close to see the modules (a version 2 symbol with quiet zone has 33 a side).
SMALL_QR = 20.0

# Elements with letters or shapes in them: two of these must not lie on each other.
_GROUNDS = (Box, Line, Image, Bar)


def design_warnings(design: Design) -> list[str]:
    """Sentences on what should be looked at: a covered or missing code, texts on top of each other, a tiny name."""
    return [sentence for side in design.drawn_sides for sentence in _of_side(design, side)] + list(_missing(design))


def _missing(design: Design) -> Iterator[str]:
    elements = [element for side in design.sides.values() for element in side]
    if not any(isinstance(element, Qr) for element in elements):
        yield _("There is no QR code: the door would have to look everyone up by name.")
    if not any(
        isinstance(element, ShortCode) or "{short_code}" in getattr(element, "text", "") for element in elements
    ):
        yield _("There is no short code: it can be typed where a QR code does not scan.")
    names = [found for found in design.sides[FRONT] if isinstance(found, Text) and _names(found)]
    if not names:
        yield _("The front does not carry the name.")


def _names(element: Text) -> bool:
    return any(place in element.text for place in ("{name}", "{first_name}", "{last_name}"))


def _of_side(design: Design, side: str) -> Iterator[str]:
    elements = design.sides.get(side, ())
    for one, other in combinations(enumerate(elements, start=1), 2):
        if not _meet(one[1], other[1]):
            continue
        places = {"side": str(SIDES[side]), "one": _said(*one), "other": _said(*other)}
        if Qr in (type(one[1]), type(other[1])):
            if not _is_ground_under(one[1], other[1]):
                yield _(
                    "%(side)s: %(one)s and %(other)s overlap; the margin around a QR code must stay free.", **places
                )
        elif not isinstance(one[1], _GROUNDS) and not isinstance(other[1], (Box, Line)):
            yield _("%(side)s: %(one)s and %(other)s overlap.", **places)
    for number, element in enumerate(elements, start=1):
        if isinstance(element, Qr) and min(element.width, element.height) < SMALL_QR:
            yield _("%(side)s: %(one)s is small; from %(least)s mm on it scans at arm's length.",
                    side=str(SIDES[side]), one=_said(number, element), least=f"{SMALL_QR:g}")  # fmt: skip


def _said(number: int, element: Element) -> str:
    return f"{number} ({KIND_LABELS[element.kind]})"


def _meet(one: Element, other: Element) -> bool:
    """Whether two rectangles share more than an edge."""
    slack = 0.05
    return (
        one.x + one.width > other.x + slack
        and other.x + other.width > one.x + slack
        and one.y + one.height > other.y + slack
        and other.y + other.height > one.y + slack
    )


def _is_ground_under(below: Element, above: Element) -> bool:
    """A light box right around the code, without a border through it, is a ground and harms nothing."""
    if not isinstance(above, Qr) or not isinstance(below, Box):
        return False
    around = (
        below.x <= above.x and below.y <= above.y
        and below.x + below.width >= above.x + above.width and below.y + below.height >= above.y + above.height
    )  # fmt: skip
    return around and (below.fill in ("", "#ffffff") or _is_light(below.fill))


def _is_light(colour: str) -> bool:
    return min(int(colour[place : place + 2], 16) for place in (1, 3, 5)) >= 0xE0
