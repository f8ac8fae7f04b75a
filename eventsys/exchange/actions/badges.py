"""The badge designs of a document: matched by key, set where they differ, removed where it lists them no more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.badges import carrying
from eventsys.badges.models import BadgeDesign
from eventsys.badges.queries import designs_of
from eventsys.events.models import Event
from eventsys.exchange.summary import Deed, Summary


def import_badges(
    session: Session, event: Event, parts: list[carrying.Carried] | None, *, now: datetime, summary: Summary
) -> None:
    """The designs are those of the document; what pictures it lacks is told. Raises DesignMisread."""
    if parts is None:
        return
    rows = {row.key: row for row in designs_of(session, event.id)}
    default = next((part.key for part in parts if part.is_default), None)
    changed = _yield_default(session, rows, default)
    names = carrying.stored(event.id, parts)
    missing = 0
    for part in parts:
        document, gone = carrying.placed(event.id, part, names)
        missing += gone
        values = {"name": part.name, "design": document, "is_default": part.is_default}
        summary.badges.count(_set(session, event, rows.pop(part.key, None), part.key, values, changed, now))
    for row in rows.values():
        session.delete(row)
        summary.badges.count(Deed.WITHDRAWN)
    session.flush()
    if missing:
        note = ngettext(
            "%(num)d picture of the badge designs is not in the file: choose it again in the designer",
            "%(num)d pictures of the badge designs are not in the file: choose them again in the designer",
            missing,
        )
        summary.notes.append(note)


def _yield_default(session: Session, rows: dict[str, BadgeDesign], default: str | None) -> set[str]:
    """Take the mark off every other design before one gets it: at no moment are there two. Gives the keys of those."""
    yielding = [row for row in rows.values() if row.is_default and row.key != default]
    for row in yielding:
        row.is_default = False
    session.flush()
    return {row.key for row in yielding}


def _set(
    session: Session, event: Event, row: BadgeDesign | None, key: str, values: dict[str, Any], changed: set[str],
    now: datetime,
) -> Deed:  # fmt: skip
    if row is None:
        session.add(BadgeDesign(event_id=event.id, key=key, created_at=now, updated_at=now, **values))
        return Deed.ADDED
    names = [name for name, value in values.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, values[name])
    if names:
        row.updated_at = now
    return Deed.UPDATED if names or key in changed else Deed.UNCHANGED
