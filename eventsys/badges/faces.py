"""What stands on a badge and on a ticket, as texts ready to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One session in a list on a badge, as it is read: "Thu 3 December", "09:30", its title, room and the person's
    role there. What lies after each other carries the same day."""

    day: str
    time: str
    title: str
    room: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class BadgeFace:
    """One badge. Labels, dates and country come translated and formatted; names come as people write them.

    `sector_colour` is `#rrggbb`; the text on it is made to contrast. `type_key` is the registration type and chooses
    the shape above `type_label`. `code` is what the QR holds, `short_code` what a person reads under it.

    The rest is there where a design needs it: `answers` by the key of the question, in words; `consents` by the key of
    the statement; the organisers' `tags`; the person's `agenda`, what they signed up to (`sessions`), the `programme`.
    """

    name: str
    code: str
    short_code: str
    affiliation: str = ""
    country: str = ""
    sector_label: str = ""
    sector_colour: str = ""
    type_key: str = "participant"
    type_label: str = ""
    event_title: str = ""
    event_dates: str = ""
    venue: str = ""
    language: str = "en"
    first_name: str = ""
    last_name: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, bool] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    agenda: tuple[Slot, ...] = ()
    sessions: tuple[Slot, ...] = ()
    programme: tuple[Slot, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TicketFace:
    """One ticket. `when` and `where` are lines in reading order; `notes` are sentences for the day.

    `state_label` heads the sheet ("You are in, on site"); `is_valid` tells whether it opens the door now.

    `link` is the address of the registration, shown as text and as a link. The captions of the sheet follow the locale
    in force, which the caller makes agree with `language`.
    """

    name: str
    code: str
    short_code: str
    event_title: str
    when: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    affiliation: str = ""
    mode_label: str = ""
    state_label: str = ""
    is_valid: bool = True
    notes: tuple[str, ...] = ()
    link: str = ""
    site_name: str = ""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class CertificateFace:
    """One certificate of attendance. `days` is a line such as "on both days, 3–4 December 2026"; `address` is where
    anybody may check `code`. The captions of the sheet follow the locale in force, which the caller makes agree with
    `language`."""

    name: str
    code: str
    event_title: str
    event_when: str = ""
    where: str = ""
    days: str = ""
    affiliation: str = ""
    organisers: str = ""
    address: str = ""
    issued: str = ""
    language: str = "en"
