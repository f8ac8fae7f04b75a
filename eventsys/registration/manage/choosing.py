"""Whom an act on many is about: those who were ticked, or all who match the filter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from eventsys.registration import listing
from eventsys.registration.models import ENDED, Mode, Registration, State

LIVING = frozenset(State) - ENDED
# Whom an act can be about at all; the others stay as they are.
CONCERNED: dict[str, Collection[State]] = {
    "type": LIVING,
    "mode": LIVING,
    "approve": frozenset({State.APPLIED, State.INVITED, State.UNVERIFIED}),
    "decline": frozenset({State.APPLIED, State.WAITING, State.INVITED, State.UNVERIFIED}),
    "cancel": LIVING,
    "restore": ENDED,
    "badges": frozenset({State.CONFIRMED}),
}
_MAILED = frozenset({"resend", "message"})


@dataclass(frozen=True)
class Chosen:
    """Those whom an act is about, in the order they came. `number` were chosen, `ids` are those it concerns."""

    number: int
    ids: list[int]
    is_all: bool
    query: str
    ticked: list[int] = field(default_factory=list)

    @property
    def others(self) -> int:
        """Chosen, and not concerned."""
        return self.number - len(self.ids)


def read_query(query: str, known: listing.Catalogue) -> listing.Asked:
    """What a query says that a form sent back."""
    return listing.read_asked(MultiDict(parse_qsl(query[:4000])), known)


def chosen(session: Session, event_id: int, act: str, values: MultiDict[str, str]) -> Chosen:
    """Whom the address or the form names, two queries whoever they are."""
    known = listing.catalogue_of(session, event_id)
    asked = read_query(values.get("of", ""), known)
    is_all = values.get("all") == "1"
    ticked = [] if is_all else sorted({int(one) for one in values.getlist("id") if one.isdecimal() and len(one) <= 18})
    meant = Registration.id.in_(listing.matching(session, event_id, asked, known) if is_all else ticked)
    of_event = select(Registration.id).where(Registration.event_id == event_id, meant)
    number = session.scalar(of_event.with_only_columns(func.count())) or 0
    query = _concerned(act, of_event).order_by(Registration.registered_at, Registration.id)
    return Chosen(number, list(session.scalars(query)), is_all, asked.query(), ticked)


def _concerned(act: str, query: Select[int]) -> Select[int]:
    if act in CONCERNED:
        query = query.where(Registration.state.in_(sorted(CONCERNED[act])))
    if act in _MAILED:
        query = query.where(Registration.email_key.is_not(None))
    if act == "badges":
        query = query.where(Registration.mode == Mode.ONSITE)
    return query
