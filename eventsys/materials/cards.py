"""What a material says of itself on a page: words ready to be drawn, and an address only for whom it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.events.models import Event
from eventsys.kernel.locale import current_locale, day_of
from eventsys.materials import rules
from eventsys.materials.forms import AUDIENCES, KINDS
from eventsys.materials.models import Material, MaterialKind, MaterialVersion
from eventsys.registration.models import Audience
from eventsys.registration.rules import Viewer, may_see

_ICONS = {
    MaterialKind.SLIDES: "presentation",
    MaterialKind.RECORDING: "circle-play",
    MaterialKind.REPORT: "file-text",
    MaterialKind.DOCUMENT: "file",
    MaterialKind.LINK: "external-link",
}


@dataclass(frozen=True)
class Card:
    """One material in words. `path` is empty for whom it is not; `facts` are short: kind, type, size, date."""

    key: str
    title: str
    icon: str
    path: str
    facts: list[str]
    talk: str
    audience: str
    is_public: bool


def card_of(event: Event, material: Material, viewer: Viewer | None = None) -> Card:
    """The card of a material with its versions and talk loaded; without a viewer, as anybody sees it."""
    viewer = viewer or Viewer()
    newest = material.versions[-1]
    return Card(
        key=material.key,
        title=material.title,
        icon=_ICONS[MaterialKind(material.kind)],
        path=path_of(event, material, newest) if may_see(material.audience, viewer) else "",
        facts=[fact for fact in _facts(event, material, newest) if fact],
        talk=material.talk.title if material.talk and material.talk.title != material.title else "",
        audience=str(AUDIENCES[Audience(material.audience)]),
        is_public=material.audience == Audience.PUBLIC,
    )


def path_of(event: Event, material: Material, version: MaterialVersion | None = None) -> str:
    """The lasting address; the name of the file stands at its end so that it is saved under that name."""
    # Without a name url_for leaves it away.
    name = version.filename if version and version.filename else None
    return url_for("materials.download", slug=event.slug, key=material.key, filename=name)


def _facts(event: Event, material: Material, newest: MaterialVersion) -> list[str]:
    count = len(material.versions)
    return [
        str(KINDS[MaterialKind(material.kind)]),
        *describe(newest),
        _say_date(day_of(newest.created_at, event.zone)),
        ngettext("%(num)s version", "%(num)s versions", count) if count > 1 else "",
    ]


def _say_date(day: date) -> str:
    """`21 Nov 2026`, never broken over two lines."""
    locale = current_locale()
    return format_date(day, "d MMM y" if locale.language in ("en", "fr") else "medium", locale=locale).replace(
        " ", "\N{NO-BREAK SPACE}"
    )


def describe(version: MaterialVersion) -> list[str]:
    """`PDF`, `2.4 MB`; of a link that it leads elsewhere."""
    if version.url is not None:
        return [_("another site")]
    return [rules.kind_of_file(version.media_type), say_size(version.size)]


def say_size(size: int) -> str:
    """A size as people read it: `840 kB`, `2.4 MB`."""
    units = (_("bytes"), _("kB"), _("MB"), _("GB"))
    number, unit = float(size), 0
    while number >= 999.5 and unit < len(units) - 1:
        number, unit = number / 1000, unit + 1
    said = format_decimal(round(number, 1 if unit and number < 10 else 0), locale=current_locale())
    return f"{said}\N{NO-BREAK SPACE}{units[unit]}"
