"""Views of the table under a name: those that every event has, one's own, and what others share."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eventsys.registration.models import SavedView


@dataclass(frozen=True)
class View:
    """One view: its name and the query of its address. `id` None is ready-made; `is_mine` may be taken away."""

    name: str
    query: str
    id: int | None = None
    is_mine: bool = False
    is_shared: bool = False


def views_of(session: Session, event_id: int, user_id: int | None) -> list[View]:
    """The views that somebody may choose from: ready-made ones first, then by name."""
    is_seen = or_(SavedView.user_id == user_id, SavedView.is_shared)
    rows = session.scalars(
        select(SavedView).where(SavedView.event_id == event_id, is_seen).order_by(SavedView.name, SavedView.id)
    )
    kept = [View(row.name, row.query, row.id, row.user_id == user_id, row.is_shared) for row in rows]
    return [*_ready_made(), *kept]


def _ready_made() -> list[View]:
    return [
        View(_("All"), ""),
        View(_("Waiting"), "state=waiting&sort=place"),
        View(_("To decide"), "state=applied&sort=registered"),
        View(_("Without mail address"), "email=no"),
        View(_("Beyond the seats"), "beyond=yes"),
    ]
