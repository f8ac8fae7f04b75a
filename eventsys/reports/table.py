"""The organisers' table as it was asked for, taken away: its filter, order and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration import listing

_ROWS_A_READ = 1000


def heads(asked: listing.Asked, known: listing.Catalogue) -> list[str]:
    """The headings, in the reader's language."""
    return [str(known.columns[key].label) for key in ("name", *asked.columns)]


def rows(session: Session, event: Event, asked: listing.Asked, known: listing.Catalogue) -> Iterator[Sequence[str]]:
    """One row a person. Their ids are read first, in their order; the rest in pieces, so that memory stays flat."""
    ids = session.scalars(listing.ordered_ids(session, event.id, asked, known)).all()
    for start in range(0, len(ids), _ROWS_A_READ):
        for line in listing.lines_of(session, event, ids[start : start + _ROWS_A_READ], asked, known):
            yield (line.name, *(cell.text for cell in line.cells))
        session.expunge_all()
