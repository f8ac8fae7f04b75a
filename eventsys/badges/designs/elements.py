"""What can stand on a badge: one dataclass a kind, its fields in the words of the JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

# What an element of text may name between braces, besides {q_<key>} for the answer to a question.
PLACEHOLDERS: dict[str, Any] = {
    "name": _l("Name"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "organisation": _l("Organisation"),
    "country": _l("Country"),
    "sector": _l("Sector"),
    "type": _l("Type"),
    "event": _l("Title of the event"),
    "dates": _l("Dates of the event"),
    "venue": _l("Venue"),
    "short_code": _l("Short code"),
}

INK = "#17202e"


@dataclass(frozen=True, kw_only=True)
class Element:
    """Something in a rectangle of `width` by `height` millimetres. `y` counts from the top; `x` from the edge where
    the badge begins to be read: the left, and the right for a language written from right to left.

    `least` is the smallest width and height in which it can be read.
    """

    kind: ClassVar[str] = ""
    least: ClassVar[tuple[float, float]] = (3.0, 2.0)

    id: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Text(Element):
    """Text with placeholders, set as large as `size` points allow, smaller where it must, on several lines where that
    reads better. A line whose placeholders are all empty is left out.

    `align` "name" begins where the person's name begins to be read; `valign` is top, middle or bottom. One that
    `follows` an earlier text of its side keeps its distance from it: it moves up where that text is short.
    """

    kind = "text"

    text: str
    size: float
    weight: int = 400
    align: str = "start"
    valign: str = "top"
    colour: str = INK
    follows: str = ""
    is_heading: bool = False


@dataclass(frozen=True, kw_only=True)
class Qr(Element):
    """The code for the door, as large as the shorter edge, its quiet zone of four modules inside the rectangle."""

    kind = "qr"
    least = (15.0, 15.0)


@dataclass(frozen=True, kw_only=True)
class ShortCode(Element):
    """The code that a person can read out."""

    kind = "code"

    size: float = 12.0
    weight: int = 700
    align: str = "start"
    colour: str = INK


@dataclass(frozen=True, kw_only=True)
class Image(Element):
    """A picture of the event, whole, in the middle of its rectangle; "" until one is chosen."""

    kind = "image"

    image: str = ""
    alt: str = ""
    align: str = "center"


@dataclass(frozen=True, kw_only=True)
class Bar(Element):
    """A coloured bar: by the sector or type of the person, or of one `colour`. Its text takes an ink that reads."""

    kind = "bar"

    by: str = "sector"
    colour: str = INK
    text: str = ""
    size: float = 18.0
    weight: int = 700
    align: str = "start"
    inset: float = 4.0


@dataclass(frozen=True, kw_only=True)
class Mark(Element):
    """The shape of the person's type: ring, disc, square, triangle or diamond."""

    kind = "mark"

    colour: str = INK
    align: str = "start"


@dataclass(frozen=True, kw_only=True)
class Consent(Element):
    """A camera, crossed and with words, for whoever has not agreed to the statement `question` asks for.

    With `shows` "both" those who have agreed carry a camera too.
    """

    kind = "consent"
    least = (8.0, 4.0)

    question: str
    shows: str = "refused"
    size: float = 9.0
    colour: str = INK


@dataclass(frozen=True, kw_only=True)
class AccessMark:
    """Up to four letters in a shape, for those who carry the `tag`, or who gave this `answer` to `question`."""

    letters: str
    label: str = ""
    shape: str = "circle"
    tag: str = ""
    question: str = ""
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Access(Element):
    """Marks for where or what somebody has access to, in a row, each by shape and letters."""

    kind = "access"
    least = (4.0, 4.0)

    marks: tuple[AccessMark, ...] = ()
    align: str = "start"


@dataclass(frozen=True, kw_only=True)
class _Listing(Element):
    least = (20.0, 8.0)

    heading: str = ""
    size: float = 9.0
    colour: str = INK


@dataclass(frozen=True, kw_only=True)
class Agenda(_Listing):
    """The person's own sessions by day and time, with rooms: those they have a role in and those they signed up to."""

    kind = "agenda"


@dataclass(frozen=True, kw_only=True)
class Sessions(_Listing):
    """What the person signed up to, without the rest of the day."""

    kind = "sessions"


@dataclass(frozen=True, kw_only=True)
class Programme(_Listing):
    """The programme of the event by day and time, the same on every badge."""

    kind = "programme"


@dataclass(frozen=True, kw_only=True)
class Line(Element):
    """A rule along the longer edge, `thickness` points thick."""

    kind = "line"
    least = (0.0, 0.0)

    thickness: float = 0.6
    colour: str = "#cfcabd"


@dataclass(frozen=True, kw_only=True)
class Box(Element):
    """A rectangle: `fill` and `stroke` are colours, or "" for none; `radius` in millimetres."""

    kind = "box"
    least = (1.0, 1.0)

    fill: str = ""
    stroke: str = "#cfcabd"
    thickness: float = 0.6
    radius: float = 0.0


KINDS: dict[str, type[Element]] = {
    found.kind: found
    for found in (
        Text, Qr, ShortCode, Image, Bar, Mark, Consent, Access, Agenda, Sessions, Programme, Line, Box,
    )
}  # fmt: skip

KIND_LABELS: dict[str, Any] = {
    "text": _l("text"),
    "qr": _l("QR code"),
    "code": _l("short code"),
    "image": _l("picture"),
    "bar": _l("bar"),
    "mark": _l("mark of the type"),
    "consent": _l("photo consent"),
    "access": _l("access marks"),
    "agenda": _l("own agenda"),
    "sessions": _l("sessions signed up"),
    "programme": _l("programme"),
    "line": _l("line"),
    "box": _l("box"),
}
