"""What a desk sends as JSON, turned into typed values."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from eventsys.checkin.errors import BodyMisread, NoticeChanged, NoticeNotShown
from eventsys.checkin.forms import read_instant
from eventsys.checkin.rules.desk import Remedy
from eventsys.community.models import Sector
from eventsys.events.models import Event
from eventsys.kernel.errors import BadInput
from eventsys.kernel.locale import countries
from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration import rules as registering
from eventsys.registration.entries import NewEntry, normal_address
from eventsys.registration.models import RegistrationType

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,35}")
_LENGTHS = {"first_name": 120, "last_name": 120, "organisation": 300}
_LONGEST_NOTE = 2000


def read_object(body: Any) -> dict[str, Any]:
    """The object that was sent; raises BodyMisread."""
    if not isinstance(body, dict):
        raise BodyMisread(_("The body must be a JSON object."))
    return body


def read_id(body: Mapping[str, Any]) -> str:
    """The id that the device made for this act; raises BodyMisread."""
    made = body.get("id")
    if not isinstance(made, str) or not _ID.fullmatch(made):
        raise BodyMisread(_("“id” must be a UUID made by the device."))
    return made


def read_came_at(body: Mapping[str, Any], now: datetime) -> datetime | None:
    """When somebody came whom a device without a network kept, never after `now`; None for who stands here now.

    Raises BodyMisread.
    """
    given = body.get("came_at")
    if given is None:
        return None
    try:
        return min(read_instant(given), now)
    except ValueError:
        raise BodyMisread(_("“came_at” must be an instant such as 2026-12-03T08:59:12.345Z.")) from None


def read_host(body: Mapping[str, Any]) -> int | None:
    """Whose companion somebody is, if they are one; raises BadInput."""
    given = body.get("accompanies")
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool):
        raise BadInput(_("“%(name)s” must be a number.", name="accompanies"), field="accompanies")
    # What no column can hold is the number of nobody.
    return given if 0 < given < 2**31 else 0


def read_line(body: Mapping[str, Any], name: str, *, most: int = 300) -> str:
    """One line of text; empty where nothing was sent. Raises BadInput that names the field."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(_("“%(name)s” must be a text.", name=name), field=name)
    line = clean_line(value)
    if len(line) > most:
        raise BadInput(_("This is too long: at most %(most)d characters.", most=most), field=name)
    return line


def read_entry(
    body: Mapping[str, Any], event: Event, accepted: Mapping[str, str], *, days: frozenset[str] = frozenset()
) -> NewEntry:
    """Who is to be registered, on site. `accepted` is what `read_notice` gave. Raises BadInput and AddressUnusable that
    name the field."""
    names = _names(body)
    return NewEntry(
        first_name=names["first_name"],
        last_name=names["last_name"],
        organisation=names["organisation"],
        email=_address(body),
        country=_one_of(body, "country", dict(countries())),
        sector=_one_of(body, "sector", set(Sector)),
        type=RegistrationType(_one_of(body, "type", set(RegistrationType)) or "participant"),
        language=event.language,
        days=days,
        privacy_text=accepted["text"],
        privacy_text_hash=accepted["hash"],
    )


def read_notice(body: Mapping[str, Any], event: Event) -> dict[str, str]:
    """The privacy notice that was accepted at the desk, as an entry keeps it. `notice` is the hash of the text that
    stood on the screen. Raises NoticeNotShown, and NoticeChanged where another text is in force."""
    text = registering.privacy_text(event)
    if not body.get("notice"):
        raise NoticeNotShown(field="notice")
    if body["notice"] != registering.text_hash(text):
        raise NoticeChanged(field="notice")
    return {"text": text, "hash": registering.text_hash(text)}


def read_details(body: Mapping[str, Any]) -> dict[str, str]:
    """The names and the organisation that are to be written anew: those that were sent."""
    values = {name: read_line(body, name, most=most) for name, most in _LENGTHS.items() if name in body}
    if "first_name" in values and not values["first_name"]:
        raise BadInput(_("Please give the name."), field="first_name")
    return values


def read_note(body: Mapping[str, Any]) -> str:
    """The note, a line each; raises BadInput."""
    words = body.get("notes")
    if not isinstance(words, str):
        raise BadInput(_("“%(name)s” must be a text.", name="notes"), field="notes")
    return clean_prose(words)[:_LONGEST_NOTE]


def read_remedy(body: Mapping[str, Any]) -> Remedy:
    """What is to be done; raises BadInput."""
    return Remedy(_one_of(body, "how", set(Remedy), is_required=True))


def _names(body: Mapping[str, Any]) -> dict[str, str]:
    values = {name: read_line(body, name, most=most) for name, most in _LENGTHS.items()}
    if not values["first_name"]:
        # Who has one name has one name: it is theirs wherever it was typed.
        values["first_name"], values["last_name"] = values["last_name"], ""
    if not values["first_name"]:
        raise BadInput(_("Please give the name."), field="first_name")
    return values


def _address(body: Mapping[str, Any]) -> str | None:
    given = read_line(body, "email", most=254)
    return normal_address(given) if given else None


def _one_of(body: Mapping[str, Any], name: str, choices: Container[str], *, is_required: bool = False) -> str:
    value = body.get(name) or ""
    if isinstance(value, str) and (value in choices or (not value and not is_required)):
        return value
    raise BadInput(_("“%(name)s” has no such choice.", name=name), field=name)
