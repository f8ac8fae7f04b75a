"""Reads of what all events share."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.community.models import Theme


def themes(session: Session) -> list[Theme]:
    """All themes, by name."""
    return list(session.scalars(select(Theme).order_by(Theme.name, Theme.key)))
