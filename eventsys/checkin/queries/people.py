"""Whom a volunteer means: people of an event found by name however it is spelt, or by the code under their QR."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, case, or_, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.figures import on_day
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.queries.verdicts import verdict
from eventsys.checkin.rules import Holder, Place
from eventsys.checkin.wording import state_label, type_label
from eventsys.community.rules import sector_label
from eventsys.kernel import tokens
from eventsys.kernel.clock import said_instant
from eventsys.kernel.text import search_key
from eventsys.registration.models import Registration, State, Ticket

_person = cast(Table, Registration.__table__)
_ticket = cast(Table, Ticket.__table__)
_admission = cast(Table, Admission.__table__)

MOST_FOUND = 12
# Below this likeness (of 100) two names are of two people.
_LIKENESS = 72


def search(session: Session, desk: Desk, words: str, *, point: str, day: date, now: datetime) -> list[dict[str, Any]]:
    """The people meant by `words`, most likely first: every word begins a part of the name or organisation, in any
    order, accents and script aside; where nobody is called so, those whose name is nearest. `refusal` of each is what a
    scan would be answered now, None for who would pass."""
    wanted = search_key(words[:100]).split()
    if not wanted:
        return []
    found = session.execute(_shown(desk, point, day).where(_matches(desk, words, wanted)).limit(MOST_FOUND)).all()
    if not found:
        near = _nearest(session, desk.event_id, wanted)
        rows = session.execute(_shown(desk, point, day).where(_person.c.id.in_(near))).all() if near else []
        found = sorted(rows, key=lambda row: near.index(row.id))
    seats = gate.seats_of(session, [row.id for row in found]) if found and desk.asks_seats else {}
    place = desk.place(point)
    return [_said(row) | {"refusal": _refusal(desk, place, row, seats.get(row.id), now)} for row in found]


def _shown(desk: Desk, point: str, day: date) -> Select[Any]:
    columns = (
        _person.c.id, _person.c.first_name, _person.c.last_name, _person.c.organisation, _person.c.sector,
        _person.c.type, _person.c.mode, _person.c.state, _ticket.c.short_code, _admission.c.first_at,
        _admission.c.is_inside,
    )  # fmt: skip
    valid = and_(_ticket.c.registration_id == _person.c.id, _ticket.c.replaced_at.is_(None))
    came = and_(_admission.c.registration_id == _person.c.id, _admission.c.point_key == point, on_day(day))
    joined = _person.join(_ticket, valid, isouter=True).join(_admission, came, isouter=True)
    expected = case((_person.c.state == State.CONFIRMED, 0), else_=1)
    return (
        select(*columns)
        .select_from(joined)
        .where(_person.c.event_id == desk.event_id)
        .order_by(expected, _person.c.last_name, _person.c.first_name, _person.c.id)
    )


def _matches(desk: Desk, words: str, wanted: list[str]) -> ColumnElement[bool]:
    key = _person.c.search_key
    # The words hold nothing but a-z and 0-9, so no sign of LIKE can be among them.
    named = and_(*(or_(key.like(f"{word}%"), key.like(f"% {word}%")) for word in wanted))
    code = tokens.as_typed(words[:40])
    of_code = select(_ticket.c.registration_id).where(_ticket.c.event_id == desk.event_id, _ticket.c.short_code == code)
    return or_(named, _person.c.id.in_(of_code))


def _nearest(session: Session, event_id: int, wanted: list[str]) -> list[int]:
    from rapidfuzz import fuzz, process

    keys = session.execute(select(_person.c.id, _person.c.search_key).where(_person.c.event_id == event_id)).all()
    spelt = {row.id: row.search_key.split() for row in keys}
    # Of thousands of people, most share their words with others: each word is compared once.
    known = list({word for words in spelt.values() for word in words})
    likeness = [
        {
            word: score
            for word, score, _place in process.extract(
                one, known, scorer=fuzz.ratio, limit=None, score_cutoff=_LIKENESS
            )
        }
        for one in wanted
    ]
    scores = {number: _score(words, likeness) for number, words in spelt.items()}
    return sorted((number for number, score in scores.items() if score), key=lambda n: -scores[n])[:MOST_FOUND]


def _score(words: list[str], likeness: list[dict[str, float]]) -> float:
    """How near somebody's words are to all that were asked for; 0 where one of those is not near any."""
    best = [max((near.get(word, 0) for word in words), default=0) for near in likeness]
    return sum(best) if all(best) else 0


def _refusal(
    desk: Desk, place: Place | None, row: Any, seats: tuple[frozenset[str], frozenset[str]] | None, now: datetime
) -> dict[str, str] | None:
    days, sessions = seats or (frozenset(), frozenset())
    holder = Holder(
        registration_id=row.id, event_id=desk.event_id, state=row.state, mode=row.mode, type=row.type, days=days,
        sessions=sessions,
    )  # fmt: skip
    found = verdict(desk, holder, place, now=now)
    return {"outcome": found.refusal.value, "message": found.message} if found.refusal else None


def _said(row: Any) -> dict[str, Any]:
    return {
        "registration": row.id,
        "name": f"{row.first_name} {row.last_name}".strip(),
        "organisation": row.organisation,
        "sector": row.sector,
        "sector_label": sector_label(row.sector),
        "type": row.type,
        "type_label": type_label(row.type),
        "mode": row.mode,
        "state": row.state,
        "state_label": state_label(row.state),
        "code": row.short_code,
        "is_inside": bool(row.is_inside),
        "first_at": said_instant(row.first_at) if row.first_at else None,
    }
