"""How sectors are named and coloured, and by what an organisation is known however its name is spelt."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from eventsys.community.models import Sector
from eventsys.kernel.text import search_key

NAME_MOST = 300
SHORT_MOST = 60

SECTOR_LABELS = {
    Sector.EU_INSTITUTION: _l("EU institution or agency"),
    Sector.POLICY: _l("National policy maker"),
    Sector.POLICE: _l("Police"),
    Sector.FIRE_RESCUE: _l("Fire and rescue"),
    Sector.BORDER_CUSTOMS: _l("Border and customs"),
    Sector.RESEARCH: _l("Research"),
    Sector.INDUSTRY: _l("Industry"),
    Sector.NGO: _l("Civil society"),
    Sector.LOCAL_AUTHORITY: _l("Local or regional authority"),
    Sector.CONSULTANCY: _l("Consultancy"),
    Sector.MEDIA: _l("Media"),
    Sector.PUBLIC: _l("General public"),
}

SECTOR_COLOURS = {
    Sector.EU_INSTITUTION: "#1d3f8f",
    Sector.POLICY: "#5b3a8c",
    Sector.POLICE: "#14506e",
    Sector.FIRE_RESCUE: "#a1201a",
    Sector.BORDER_CUSTOMS: "#3f5d1f",
    Sector.RESEARCH: "#0b5a6f",
    Sector.INDUSTRY: "#7a4a00",
    Sector.NGO: "#8a2f62",
    Sector.LOCAL_AUTHORITY: "#0f6b3c",
    Sector.CONSULTANCY: "#5a4a42",
    Sector.MEDIA: "#303a46",
    Sector.PUBLIC: "#4a5568",
}


def sector_label(key: str | None) -> str:
    """The sector in the reader's language; an unknown or absent one is an empty text."""
    return str(SECTOR_LABELS[Sector(key)]) if key in set(Sector) else ""


def name_key(name: str) -> str:
    """One key for all spellings of one name: accents, capitals, hyphens and dots do not tell organisations apart."""
    return search_key(name)[:600].rstrip()


def found_by(names: Iterable[str]) -> str:
    """The folded words of all names, each after a blank, so that ` tech` finds what has a word that begins so."""
    return "".join(f" {name_key(name)}" for name in names if name_key(name))
