"""What a device keeps to know everybody without a network, what changed since it last asked, and what it must hear."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, or_, select
from sqlalchemy.orm import Session

from eventsys.checkin import rules, wording
from eventsys.checkin.models import Admission, Scan
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk
from eventsys.kernel.facts import Fact
from eventsys.registration.models import Registration, Ticket

_person = cast(Table, Registration.__table__)
_ticket = cast(Table, Ticket.__table__)
_scan = cast(Table, Scan.__table__)
_admission = cast(Table, Admission.__table__)
_fact = cast(Table, Fact.__table__)

ERASED = "registration.erased"


def code_key(token: str) -> bytes:
    """The key a device hashes codes with, made from its token by both sides: a stolen list tells no other device."""
    return hmac.new(token.encode(), b"eventsys codes", hashlib.sha256).digest()


def hashed_code(key: bytes, code: str) -> str:
    """A folded code as the snapshot names it: the first 16 bytes of HMAC-SHA256, in hexadecimal."""
    return hmac.new(key, code.encode(), hashlib.sha256).digest()[:16].hex()


def snapshot(
    session: Session, desk: Desk, token: str, *, since: datetime | None, now: datetime, with_people: bool = True
) -> dict[str, Any]:
    """Everybody, or with `since` those who changed; a little more than that, so that nothing falls in between.

    `cursor` is what the device sends as `since` next time. `removed` are registrations it must forget.
    """
    start = since - rules.OVERLAP if since else None
    return {
        **told_to(desk),
        "cursor": now.isoformat(),
        "people": _people(session, desk, code_key(token), start, desk.day(now)) if with_people else [],
        "removed": _removed(session, desk.event_id, start) if start else [],
        "corrections": corrections(session, desk, start) if start else [],
    }


def told_to(desk: Desk) -> dict[str, Any]:
    """What a device is told of itself: its event, its own name and limit, the points."""
    return {
        "event": _event(desk),
        "device": {"name": desk.device_name, "point": desk.only_at, "expires_at": desk.expires_at.isoformat()},
        "points": [_point(desk, key) for key in desk.places if desk.place(key)],
    }


def _event(desk: Desk) -> dict[str, Any]:
    return {
        "slug": desk.slug,
        "title": desk.title,
        "timezone": desk.zone.key,
        "starts_at": desk.starts_at.isoformat(),
        "ends_at": desk.ends_at.isoformat(),
    }


def _point(desk: Desk, key: str) -> dict[str, Any]:
    place = desk.places[key]
    return {
        "key": key,
        "name": place.name,
        "opens_at": place.opens_at.isoformat(),
        "closes_at": place.closes_at.isoformat(),
        "may_repeat": place.may_repeat,
    }


def _people(session: Session, desk: Desk, key: bytes, start: datetime | None, today: date) -> list[dict[str, Any]]:
    chosen = _changed(desk.event_id, start)
    codes = _codes(session, chosen, key)
    present = _present(session, chosen, today)
    columns = (
        _person.c.id, _person.c.first_name, _person.c.last_name, _person.c.organisation, _person.c.sector,
        _person.c.type, _person.c.mode, _person.c.state, _person.c.notes,
    )  # fmt: skip
    rows = session.execute(select(*columns).where(_person.c.id.in_(chosen)).order_by(_person.c.id))
    return [
        {
            "id": row.id,
            "name": f"{row.first_name} {row.last_name}".strip(),
            "organisation": row.organisation,
            "sector": row.sector,
            "type": row.type,
            "mode": row.mode,
            "state": row.state,
            "codes": codes[row.id][0],
            "replaced": codes[row.id][1],
            "notes": gate.lines_of(row.notes),
            "in": present[row.id],
        }
        for row in rows
    ]


def _changed(event_id: int, start: datetime | None) -> Select[Any]:
    """The ids of an event's registrations: all, or those of which something changed since. Who was erased is nobody."""
    everybody = select(_person.c.id).where(_person.c.event_id == event_id, _person.c.erased_at.is_(None))
    if start is None:
        return everybody
    scanned = select(_scan.c.registration_id).where(
        _scan.c.event_id == event_id,
        _scan.c.registration_id.is_not(None),
        or_(_scan.c.received_at >= start, _scan.c.corrected_at >= start, _scan.c.undone_at >= start),
    )
    return everybody.where(or_(_person.c.updated_at >= start, _person.c.id.in_(scanned)))


def _codes(session: Session, chosen: Select[Any], key: bytes) -> dict[int, tuple[list[str], list[str]]]:
    """Hashes of the codes that let a person in, and of those that were replaced."""
    columns = (_ticket.c.registration_id, _ticket.c.code, _ticket.c.short_code, _ticket.c.replaced_at)
    found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in session.execute(select(*columns).where(_ticket.c.registration_id.in_(chosen)).order_by(_ticket.c.id)):
        hashes = found[row.registration_id][0 if row.replaced_at is None else 1]
        hashes += [hashed_code(key, row.code), hashed_code(key, row.short_code)]
    return found


def _present(session: Session, chosen: Select[Any], today: date) -> dict[int, dict[str, Any]]:
    """Who came today, by point: since when, and whether they are inside."""
    columns = (_admission.c.registration_id, _admission.c.point_key, _admission.c.first_at, _admission.c.is_inside)
    rows = session.execute(select(*columns).where(_admission.c.registration_id.in_(chosen), _admission.c.day == today))
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.registration_id][row.point_key] = {
            "first_at": row.first_at.isoformat(), "is_inside": bool(row.is_inside),
        }  # fmt: skip
    return found


def _removed(session: Session, event_id: int, start: datetime) -> list[int]:
    erased = select(_fact.c.subject_id).where(
        _fact.c.event_id == event_id, _fact.c.kind == ERASED, _fact.c.at >= start, _fact.c.subject_id.is_not(None)
    )
    return list(session.execute(erased).scalars())


def corrections(session: Session, desk: Desk, start: datetime) -> list[dict[str, Any]]:
    """The scans of this device whose answer is no longer true: what was told, what is true, in this request's words."""
    columns = (_scan.c.point_key, _scan.c.outcome, _scan.c.corrected_answer, _scan.c.corrected_at)
    rows = session.execute(
        select(*columns)
        .where(
            _scan.c.event_id == desk.event_id,
            _scan.c.device_id == desk.device_id,
            _scan.c.corrected_at >= start,
            _scan.c.undone_at.is_(None),
        )
        .order_by(_scan.c.corrected_at, _scan.c.id)
    )
    return [_correction(desk, row) for row in rows]


def _correction(desk: Desk, row: Any) -> dict[str, Any]:
    answer: dict[str, Any] = row.corrected_answer
    first = gate.admittance_of(answer)
    message = wording.sentence(answer["outcome"], zone=desk.zone, first=first, place=desk.places.get(row.point_key))
    return answer | {"message": message, "told": row.outcome, "corrected_at": row.corrected_at.isoformat()}
