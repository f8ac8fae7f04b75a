"""Who may be registered twice: pairs that look like one person, with what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel.facts import Fact
from eventsys.kernel.text import search_key
from eventsys.registration.models import ENDED, Registration

_LEAST_LETTERS = 6
_MOST_OF_A_KIND = 10


@dataclass(frozen=True)
class Pair:
    """Two registrations and why they look like one; the one that should rather stay comes first."""

    stays: Registration
    goes: Registration
    why: str


def doubles_of(session: Session, event_id: int, *, most: int = 100) -> tuple[list[Pair], bool]:
    """The likely doubles of an event, the surest first, and whether there are more. Who was merged away is no more."""
    merged = _merged_away(session, event_id)
    columns = (
        Registration.id, Registration.first_name, Registration.last_name, Registration.email_key,
        Registration.organisation_key, Registration.state,
    )  # fmt: skip
    rows = session.execute(select(*columns).where(Registration.event_id == event_id).order_by(Registration.id)).all()
    people: list[Any] = [row for row in rows if row.id not in merged]
    found: dict[tuple[int, int], str] = {}
    for why, groups in _alike(people):
        for group in groups.values():
            # Twenty "Guest" of one ministry are twenty guests.
            if 1 < len(group) <= _MOST_OF_A_KIND:
                for one, other in combinations(group, 2):
                    if one.state not in ENDED or other.state not in ENDED:
                        found.setdefault((one.id, other.id), why)
        if len(found) > most:
            break
    return _pairs(session, list(found.items())[:most]), len(found) > most


def _alike(people: Sequence[Any]) -> Iterator[tuple[str, dict[Any, list[Any]]]]:
    """People in groups of those who share something, by what they share; the surest first."""
    yield str(_("The same address")), _grouped((one.email_key, one) for one in people if one.email_key)
    names = {one.id: search_key(one.first_name, one.last_name) for one in people}
    yield str(_("The same name")), _grouped((names[one.id], one) for one in people if " " in names[one.id])
    turned = ((" ".join(sorted(names[one.id].split())), one) for one in people if " " in names[one.id])
    yield str(_("The same names in another order")), _grouped(turned)
    close = (
        ((one.organisation_key, piece), one)
        for one in people
        if one.organisation_key and len(names[one.id]) >= _LEAST_LETTERS
        for piece in _one_letter_less(names[one.id])
    )
    yield str(_("Nearly the same name, the same organisation")), _grouped(close)


def _one_letter_less(name: str) -> set[str]:
    """Two names that one letter tells apart, missing or another, share one of these."""
    return {name} | {name[:at] + name[at + 1 :] for at in range(len(name))}


def _grouped(keyed: Iterator[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for key, one in keyed:
        groups.setdefault(key, []).append(one)
    return groups


def _merged_away(session: Session, event_id: int) -> set[int]:
    """Those whose registration was made one with another, and not made two again."""
    query = select(Fact.kind, Fact.data).where(
        Fact.kind.in_(("registration.merged", "registration.unmerged")), Fact.event_id == event_id
    )
    gone: set[int] = set()
    for kind, data in session.execute(query.order_by(Fact.id)):
        (gone.add if kind == "registration.merged" else gone.discard)(data["goes"])
    return gone


def _pairs(session: Session, found: Sequence[tuple[tuple[int, int], str]]) -> list[Pair]:
    ids = {number for pair, _why in found for number in pair}
    people = {one.id: one for one in session.scalars(select(Registration).where(Registration.id.in_(sorted(ids))))}
    return [Pair(*_in_order(people[one], people[other]), why) for (one, other), why in found]


_RANKS = {"confirmed": 0, "offered": 1, "invited": 2, "waiting": 3, "applied": 4, "unverified": 5}


def _in_order(one: Registration, other: Registration) -> tuple[Registration, Registration]:
    """Who has a seat stays rather than who has none, who came first rather than who came later."""
    first, second = sorted((one, other), key=lambda each: (_RANKS.get(each.state, 9), each.registered_at, each.id))
    return first, second
