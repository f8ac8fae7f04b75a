"""Designs kept, chosen and removed."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.badges import queries
from eventsys.badges.designs import FORMATS, read_design, said_design
from eventsys.badges.errors import DesignChanged, DesignNameless
from eventsys.badges.models import BadgeDesign
from eventsys.kernel import facts
from eventsys.kernel.text import clean_line, slugified

_LONGEST_NAME = 200


def keep_design(
    session: Session, event_id: int, *, key: str | None, name: str, design: dict[str, Any], now: datetime
) -> BadgeDesign:
    """Keep a design under its key, or as a new one under a key made from its name; the first of an event is its
    default. Raises DesignMisread, DesignUnknown and DesignNameless."""
    document = said_design(read_design(design))
    said = clean_line(name)[:_LONGEST_NAME]
    if not said:
        raise DesignNameless(field="name")
    if key is None:
        return _add(session, event_id, said, document, now=now)
    kept = queries.kept_design(session, event_id, key)
    kept.name, kept.design, kept.updated_at = said, document, now
    session.flush()
    _record(session, kept, "changed", now=now)
    return kept


def refuse_if_changed(session: Session, event_id: int, key: str, *, since: str) -> None:
    """Raises DesignChanged unless the design was last saved at `since` (`updated_at` in ISO 8601); others wait to save
    it until this transaction is over."""
    query = select(BadgeDesign.updated_at).where(BadgeDesign.event_id == event_id, BadgeDesign.key == key)
    found = session.scalar(query.with_for_update())
    if found is not None and found.isoformat() != since:
        raise DesignChanged


def make_default(session: Session, event_id: int, key: str, *, now: datetime) -> BadgeDesign:
    """Print with this design where nobody chooses another; raises DesignUnknown."""
    kept = queries.kept_design(session, event_id, key)
    if not kept.is_default:
        # One statement after the other: at no moment are there two defaults.
        others = update(BadgeDesign).where(BadgeDesign.event_id == event_id, BadgeDesign.is_default)
        session.execute(others.values(is_default=False))
        kept.is_default = True
        session.flush()
        _record(session, kept, "made_default", now=now)
    return kept


def remove_design(session: Session, event_id: int, key: str, *, now: datetime) -> None:
    """Forget a design; where it was the default, the built-in one is printed. Raises DesignUnknown."""
    kept = queries.kept_design(session, event_id, key)
    _record(session, kept, "removed", now=now)
    session.delete(kept)
    session.flush()


def _add(session: Session, event_id: int, name: str, document: dict[str, Any], *, now: datetime) -> BadgeDesign:
    others = queries.designs_of(session, event_id)
    kept = BadgeDesign(
        event_id=event_id,
        key=_free_key(name, {other.key for other in others}),
        name=name,
        design=document,
        is_default=not others,
        created_at=now,
        updated_at=now,
    )
    session.add(kept)
    session.flush()
    _record(session, kept, "added", now=now)
    return kept


def _free_key(name: str, taken: set[str]) -> str:
    """A key that no design of the event has, and no built-in format."""
    wanted = slugified(name, most=60) or "badge"
    taken = taken | set(FORMATS)
    return next(key for number in count(1) if (key := wanted if number == 1 else f"{wanted}-{number}") not in taken)


def _record(session: Session, kept: BadgeDesign, what: str, *, now: datetime) -> None:
    facts.record(
        session,
        f"badge_design.{what}",
        at=now,
        subject="badge_design",
        subject_id=kept.id,
        event_id=kept.event_id,
        key=kept.key,
        name=kept.name,
    )
