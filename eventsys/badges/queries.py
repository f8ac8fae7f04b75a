"""Which designs an event has, and which one is printed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.badges.designs import FORMATS, Design, built_in, pictures_in, read_design
from eventsys.badges.errors import DesignUnknown, LayoutUnknown
from eventsys.badges.models import BadgeDesign

USUAL_FORMAT = "a6"


def designs_of(session: Session, event_id: int) -> list[BadgeDesign]:
    """All designs of an event, by name."""
    query = select(BadgeDesign).where(BadgeDesign.event_id == event_id)
    return list(session.scalars(query.order_by(BadgeDesign.name, BadgeDesign.id)))


def kept_design(session: Session, event_id: int, key: str | None) -> BadgeDesign:
    """The row under this key, or the event's default; raises DesignUnknown."""
    found = find_kept(session, event_id, key)
    if found is None:
        raise DesignUnknown
    return found


def find_kept(session: Session, event_id: int, key: str | None) -> BadgeDesign | None:
    """The row under this key, or without one the event's default, where there is any."""
    is_meant = BadgeDesign.is_default if key is None else BadgeDesign.key == key
    return session.scalar(select(BadgeDesign).where(BadgeDesign.event_id == event_id, is_meant))


def design_of(session: Session, event_id: int, key: str | None) -> Design:
    """The design under this key of the event, or of the built-in format of that name; without a key the event's
    default, else the built-in A6. Raises LayoutUnknown, which lists those that are there."""
    kept = find_kept(session, event_id, key)
    if kept is not None:
        return read_design(kept.design)
    if key is not None and key not in FORMATS:
        own = [found.key for found in designs_of(session, event_id)]
        raise LayoutUnknown(layout=key, known=", ".join([*own, *FORMATS]))
    return built_in(key or USUAL_FORMAT)


def pictures_named(session: Session) -> dict[int, set[str]]:
    """The ids of the pictures that designs show, by event."""
    found: dict[int, set[str]] = {}
    for event_id, document in session.execute(select(BadgeDesign.event_id, BadgeDesign.design)):
        found.setdefault(event_id, set()).update(pictures_in(read_design(document)))
    return found
