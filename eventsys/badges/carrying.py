"""A design as it travels: alone to another event, or in the event file; its pictures inside while there is room."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from eventsys.badges import pictures
from eventsys.badges.designs import pictures_in, read_design, said_design
from eventsys.badges.designs.reading import MOST_PICTURES as MOST_SHOWN
from eventsys.badges.designs.values import mapping, refuse_unknown
from eventsys.badges.errors import DesignMisread
from eventsys.badges.models import BadgeDesign
from eventsys.kernel.errors import BadInput
from eventsys.kernel.text import clean_line

# Of all pictures in one file together, before base64 makes them a third larger.
MOST_PICTURES = 8 * 1024 * 1024
MOST_BYTES = 2 * MOST_PICTURES
_MOST_NAME = 200


@dataclass(frozen=True)
class Carried:
    """A design as a file holds it. `design` is read and said again; `pictures` are files by the ids it names."""

    key: str
    name: str
    is_default: bool
    design: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)


def packed(event_id: int, kept: Iterable[BadgeDesign], *, with_pictures: bool = True) -> list[dict[str, Any]]:
    """The designs as values of JSON. A picture stands once, with the first design that shows it, and is left out where
    all of them together would be more than MOST_PICTURES."""
    found, room, known = [], MOST_PICTURES, set[str]()
    for one in kept:
        entry: dict[str, Any] = {"key": one.key, "name": one.name}
        entry |= {"is_default": one.is_default, "design": one.design}
        inside: dict[str, str] = {}
        wanted = named_in(one.design) - known if with_pictures else ()
        for picture, data in pictures.all_read(event_id, wanted).items():
            if len(data) <= room:
                room -= len(data)
                inside[picture] = base64.b64encode(data).decode()
        known |= set(inside)
        found.append(entry | ({"pictures": inside} if inside else {}))
    return found


def opened(data: bytes) -> Carried:
    """A design out of a file: one that was downloaded, or the bare document. Raises DesignMisread."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DesignMisread(where=_("file"), fault=_("this is no JSON of a design"), field="file") from error
    if isinstance(value, dict) and "sides" in value:
        value = {"name": _("Badge"), "design": value}
    return read_carried(value)


def read_carried(value: Any) -> Carried:
    """One entry as `packed` gives it; only `name` and `design` must be there. Raises DesignMisread with the place."""
    entry = mapping(value, where="")
    refuse_unknown(entry, {"key", "name", "is_default", "design", "pictures"}, where="")
    name = entry.get("name")
    if not isinstance(name, str) or not clean_line(name):
        raise DesignMisread(where="name", fault=_("this must be a text that is not empty"))
    is_default = entry.get("is_default", False)
    if not isinstance(is_default, bool):
        raise DesignMisread(where="is_default", fault=_("this must be true or false"))
    key = entry.get("key", "")
    if not isinstance(key, str):
        raise DesignMisread(where="key", fault=_("this must be a text"))
    given = mapping(entry.get("pictures", {}), where="pictures")
    if len(given) > MOST_SHOWN:
        raise DesignMisread(where="pictures", fault=_("at most %(number)s different pictures", number=MOST_SHOWN))
    return Carried(
        key=key,
        name=clean_line(name)[:_MOST_NAME],
        is_default=is_default,
        design=said_design(read_design(entry.get("design"))),
        pictures={picture: _decoded(picture, text) for picture, text in given.items()},
    )


def stored(event_id: int, carried: Iterable[Carried]) -> dict[str, str]:
    """Store all pictures of a file; leads from their ids in it to those they have here. Raises DesignMisread where one
    is no picture."""
    return {picture: _kept(event_id, picture, data) for one in carried for picture, data in one.pictures.items()}


def placed(event_id: int, carried: Carried, names: dict[str, str]) -> tuple[dict[str, Any], int]:
    """The document with the ids that its pictures have here, and how many of them are missing."""
    missing = 0
    document = said_design(read_design(carried.design))
    for side in document["sides"].values():
        for element in side:
            if not element.get("image"):
                continue
            element["image"] = names.get(element["image"], element["image"])
            missing += not pictures.all_read(event_id, [element["image"]])
    return document, missing


def _kept(event_id: int, picture: str, data: bytes) -> str:
    """What lies here under that id already is what we made from it: a JPEG made anew would be another one each time."""
    if picture in pictures.all_read(event_id, [picture]):
        return picture
    try:
        return pictures.keep(event_id, data).id
    except BadInput as refusal:
        raise DesignMisread(where=f"pictures.{picture[:40]}", fault=str(refusal)) from refusal


def named_in(document: dict[str, Any]) -> set[str]:
    """The ids of the pictures that a kept document shows."""
    return pictures_in(read_design(document))


def _decoded(picture: str, text: Any) -> bytes:
    if not pictures.is_id(picture) or not isinstance(text, str) or len(text) > 2 * MOST_PICTURES:
        raise DesignMisread(where="pictures", fault=_("this must be pictures by their ids, in base64"))
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise DesignMisread(where=f"pictures.{picture}", fault=_("this is no base64")) from error
