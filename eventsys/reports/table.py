"""The organisers' table as it was asked for, taken away: its filter, order and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration import listing

_ROWS_A_READ = 1000


def heads(asked: listing.Asked, known: listing.Catalogue) -> list[str]:
    """The headings, in the reader's language."""
    return [str(known.columns[key].label) for key in ("name", *asked.columns)]


def rows(session: Session, event: Event, asked: listing.Asked, known: listing.Catalogue) -> Iterator[Sequence[Any]]:
    """One row a person, instants by the event's clock. Their ids are read first, in their order; the rest in pieces, so
    that memory stays flat."""
    ids = session.scalars(listing.ordered_ids(session, event.id, asked, known)).all()
    for start in range(0, len(ids), _ROWS_A_READ):
        piece = ids[start : start + _ROWS_A_READ]
        for line in listing.lines_of(session, event, piece, asked, known, says_instants=False):
            yield (line.name, *(_value(cell, event.zone) for cell in line.cells))
        session.expunge_all()


def _value(cell: listing.Cell, zone: ZoneInfo) -> str | datetime:
    return cell.instant.astimezone(zone) if cell.instant else cell.text
