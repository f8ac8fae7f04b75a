"""Themes come into being when an event first names them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from eventsys.community.models import Theme
from eventsys.kernel.errors import BadInput
from eventsys.kernel.text import clean_line, slugified


def themes_named(session: Session, names: Iterable[str]) -> list[Theme]:
    """The themes of these names or keys, in this order and each once; those not yet known are made."""
    wanted = {_key_of(name): clean_line(name) for name in names if clean_line(name)}
    found = {theme.key: theme for theme in session.scalars(select(Theme).where(Theme.key.in_(wanted)))}
    for key, name in wanted.items():
        if key not in found:
            found[key] = _added(session, key, name)
    return [found[key] for key in wanted]


def _key_of(name: str) -> str:
    key = slugified(name, most=60)
    if not key and clean_line(name):
        raise BadInput(_("A theme needs letters or digits in its name."), field="themes")
    return key


def _added(session: Session, key: str, name: str) -> Theme:
    theme = Theme(key=key, name=name[:200])
    try:
        with session.begin_nested():
            session.add(theme)
    except IntegrityError:
        # Another organiser made it a moment ago.
        return session.scalars(select(Theme).where(Theme.key == key)).one()
    return theme
