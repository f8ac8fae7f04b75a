"""What a badge looks like, as data: a format, the elements of its sides, and how an organiser's JSON is read."""

from __future__ import annotations

from eventsys.badges.designs.built_in import built_in
from eventsys.badges.designs.elements import (
    KINDS,
    PLACEHOLDERS,
    Access,
    AccessMark,
    Agenda,
    Bar,
    Box,
    Consent,
    Element,
    Image,
    Line,
    Mark,
    Programme,
    Qr,
    Sessions,
    ShortCode,
    Text,
)
from eventsys.badges.designs.formats import FORMATS, SIDES, Format, Sheet
from eventsys.badges.designs.needing import Needs, pictures_in
from eventsys.badges.designs.reading import Design, read_design, said_design
from eventsys.badges.designs.warning import design_warnings

__all__ = [
    "FORMATS",
    "KINDS",
    "PLACEHOLDERS",
    "SIDES",
    "Access",
    "AccessMark",
    "Agenda",
    "Bar",
    "Box",
    "Consent",
    "Design",
    "Element",
    "Format",
    "Image",
    "Line",
    "Mark",
    "Needs",
    "Programme",
    "Qr",
    "Sessions",
    "Sheet",
    "ShortCode",
    "Text",
    "built_in",
    "design_warnings",
    "pictures_in",
    "read_design",
    "said_design",
]
