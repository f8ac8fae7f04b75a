"""The organisers' table of registrations: searched, filtered, sorted and paged in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from eventsys.kernel.text import search_key
from eventsys.registration.models import Mode, Registration, State

SORTS = {
    "newest": (Registration.registered_at.desc(), Registration.id.desc()),
    "name": (Registration.last_name, Registration.first_name, Registration.id),
    "organisation": (Registration.organisation, Registration.last_name, Registration.id),
    "state": (Registration.state, Registration.queue_number, Registration.registered_at, Registration.id),
}
FILTERS = ("state", "mode", "type", "sector")


@dataclass(frozen=True)
class Asked:
    """What the table shall show; unknown values mean no filter."""

    q: str
    sort: str
    filters: Mapping[str, str]


def read_asked(arguments: Mapping[str, str]) -> Asked:
    sort = arguments.get("sort", "newest")
    chosen = {name: arguments.get(name, "") for name in FILTERS}
    return Asked(arguments.get("q", "").strip()[:200], sort if sort in SORTS else "newest", chosen)


def listed(event_id: int, asked: Asked) -> Select[Any]:
    """The rows in their order. Each word must be found in name, organisation or address."""
    query = select(Registration).where(Registration.event_id == event_id)
    for name, value in asked.filters.items():
        if value:
            query = query.where(getattr(Registration, name) == value)
    for word in asked.q.split():
        folded = search_key(word) or word.lower()
        query = query.where(
            or_(
                Registration.search_key.contains(folded, autoescape=True),
                Registration.email_key.contains(word.lower(), autoescape=True),
            )
        )
    return query.order_by(*SORTS[asked.sort])


def counted(session: Session, event_id: int) -> dict[tuple[State, Mode], int]:
    """How many registrations stand where, by mode."""
    rows = session.execute(
        select(Registration.state, Registration.mode, func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.state, Registration.mode)
    )
    return {(State(state), Mode(mode)): number for state, mode, number in rows}
