"""What a device keeps to know everybody without a network, what changed since it last asked, and what it must hear."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, select, union
from sqlalchemy.orm import Session

from eventsys.checkin import rules
from eventsys.checkin.models import Admission, ArrivalWatch, Device, DeviceRole, Scan
from eventsys.checkin.queries import corrections, figures, gate
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.queries.gate.sets import one_of
from eventsys.kernel.facts import Fact
from eventsys.registration.models import Mode, Registration, RegistrationType, State, Ticket

_person = cast(Table, Registration.__table__)
_ticket = cast(Table, Ticket.__table__)
_scan = cast(Table, Scan.__table__)
_admission = cast(Table, Admission.__table__)
_device = cast(Table, Device.__table__)
_fact = cast(Table, Fact.__table__)
_watch = cast(Table, ArrivalWatch.__table__)

ERASED = "registration.erased"
UNDONE = "checkin.scan_undone"
# The seats of a day or a session went with it, of everybody who had one.
POOL_REMOVED = "seats.pool_removed"
# The books of a point begin anew, and tell of other days.
REPEATS_CHANGED = "checkin.repeats_changed"

# What a person in a snapshot is where it does not say otherwise; of 20,000 most say nothing.
DEFAULTS: dict[str, Any] = {
    "type": RegistrationType.PARTICIPANT.value, "mode": Mode.ONSITE.value, "state": State.CONFIRMED.value,
    "organisation": "", "replaced": [], "notes": [], "watch": None, "days": [], "sessions": [], "in": {},
}  # fmt: skip


def code_key(token: str) -> bytes:
    """The key a device hashes codes with, made from its token by both sides: a stolen list tells no other device."""
    return hmac.new(token.encode(), b"eventsys codes", hashlib.sha256).digest()


def hashed_code(key: bytes, code: str) -> str:
    """A folded code as the snapshot names it: the first 12 bytes of HMAC-SHA256 in base64 (RFC 4648, section 5), 16
    letters. Short codes are too few to be hashed without a key."""
    return base64.urlsafe_b64encode(hmac.digest(key, code.encode(), "sha256")[:12]).decode()


def snapshot(
    session: Session, desk: Desk, token: str, *, since: datetime | None, now: datetime, with_people: bool = True
) -> dict[str, Any]:
    """Everybody, or with `since` those who changed; a little more than that, so that nothing falls in between.

    `cursor` is what the device sends as `since` next time. `removed` are registrations it must forget. `in` of a person
    is `{point: [first let in (milliseconds since 1970), 1 inside or 0 gone, where in `desks` the device stands, and
    when they last came or left if that was later]}`, `watch` the words of who waits for their first arrival;
    `counts` tells by point of this device how many are inside and came on the day of the door.
    """
    start, day = since - rules.OVERLAP if since else None, desk.day(now)
    # Before the event and after it doors show its first or last day; who comes then is in the books of that very day.
    days = {day, rules.local_day(now, desk.zone)}
    desks: list[str] = []
    points = [key for key in desk.places if desk.place(key)]
    counts = figures.counts(session, desk.event_id, points=points, day=day)
    return {
        **told_to(desk),
        "cursor": now.isoformat(),
        "defaults": DEFAULTS,
        "people": _people(session, desk, code_key(token), start, days, desks) if with_people else [],
        "desks": desks,
        "counts": {key: counts["points"][key] for key in points},
        "removed": _of_facts(session, desk.event_id, (ERASED,), start) if start else [],
        "corrections": corrections.since(session, desk, start) if start else [],
    }


def told_to(desk: Desk) -> dict[str, Any]:
    """What a device is told of itself: its event, its own name and limits, the points, and how it is to judge."""
    return {
        "conditions": rules.said_conditions(),
        "event": _event(desk),
        "device": {"name": desk.device_name, **_limits(desk), "expires_at": desk.expires_at.isoformat()},
        "points": [_point(desk, key) for key in desk.places if desk.place(key)],
    }


def _limits(desk: Desk) -> dict[str, Any]:
    points = None if desk.only_at is None else [key for key in desk.places if key in desk.only_at]
    return {
        "point": points[0] if points and len(points) == 1 else None,
        "points": points,
        "role": desk.role,
        "may": sorted(rules.MAY[DeviceRole(desk.role)]),
        "has_printer": desk.printer_id is not None,
    }


def _event(desk: Desk) -> dict[str, Any]:
    return {
        "id": desk.event_id,
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
        "kind": place.kind,
        "states": sorted(place.states),
        "modes": sorted(place.modes),
        "types": sorted(place.types),
        "session": place.session,
        "day": place.day,
        "asks_day": place.asks_day,
        "repeats": place.repeats,
        "is_two_way": place.is_two_way,
        "seats": place.seats,
    }


# The condition that a column names one of the registrations that are wanted.
_Wanted = Callable[[Any], ColumnElement[bool]]


def _people(
    session: Session, desk: Desk, key: bytes, start: datetime | None, days: set[date], desks: list[str]
) -> list[dict[str, Any]]:
    if start is None or _of_facts(session, desk.event_id, (POOL_REMOVED, REPEATS_CHANGED), start):
        everybody = select(_person.c.id).where(_person.c.event_id == desk.event_id, _person.c.erased_at.is_(None))
        return _listed(session, desk, key, lambda column: column.in_(everybody), days, desks)
    changed = _changed(session, desk.event_id, start)
    if not changed:
        return []
    return _listed(session, desk, key, lambda column: one_of(column, "changed", changed), days, desks)


def _listed(
    session: Session, desk: Desk, key: bytes, wanted: _Wanted, days: set[date], desks: list[str]
) -> list[dict[str, Any]]:
    codes = _codes(session, wanted, key)
    present = _present(session, desk, wanted, days, desks)
    columns = (
        _person.c.id, _person.c.first_name, _person.c.last_name, _person.c.organisation, _person.c.sector,
        _person.c.type, _person.c.mode, _person.c.state, _person.c.notes,
    )  # fmt: skip
    alive = (_person.c.event_id == desk.event_id, _person.c.erased_at.is_(None), wanted(_person.c.id))
    rows = session.execute(select(*columns).where(*alive).order_by(_person.c.id)).all()
    # Also where no point asks for them yet: one that comes later changes nobody, and nobody would be told again.
    seats = gate.seats_in(session, desk.event_id, wanted)
    watches = _watches(session, desk, wanted)
    return [
        _without_defaults({
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
            "watch": watches.get(row.id),
            "days": sorted(seats[row.id][0]) if row.id in seats else [],
            "sessions": sorted(seats[row.id][1]) if row.id in seats else [],
            "in": present[row.id],
        })
        for row in rows
    ]  # fmt: skip


def _watches(session: Session, desk: Desk, wanted: _Wanted) -> dict[int, str]:
    """For whose first arrival somebody waits, and in which words; perhaps none."""
    if not desk.has_watches:
        return {}
    is_open = (_watch.c.event_id == desk.event_id, _watch.c.arrived_at.is_(None), wanted(_watch.c.registration_id))
    return dict(session.execute(select(_watch.c.registration_id, _watch.c.words).where(*is_open)).all())


def _without_defaults(person: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in person.items() if key not in DEFAULTS or value != DEFAULTS[key]}


def _changed(session: Session, event_id: int, start: datetime) -> list[int]:
    """The registrations of an event of which something changed since: themselves, or how they stand at a point."""
    scanned = select(_scan.c.registration_id).where(_scan.c.event_id == event_id, _scan.c.registration_id.is_not(None))
    undone = (
        select(_scan.c.registration_id)
        .join(_fact, _fact.c.subject_id == _scan.c.id)
        .where(_fact.c.event_id == event_id, _fact.c.kind == UNDONE, _fact.c.at >= start)
        .where(_scan.c.event_id == event_id, _scan.c.registration_id.is_not(None))
    )
    # Each part has an index of its own; a condition with OR would read everybody and every scan.
    parts = union(
        select(_person.c.id).where(_person.c.event_id == event_id, _person.c.updated_at >= start),
        scanned.where(_scan.c.received_at >= start),
        scanned.where(_scan.c.corrected_at >= start),
        undone,
    )
    return sorted(session.execute(parts).scalars())


def _codes(session: Session, wanted: _Wanted, key: bytes) -> dict[int, tuple[list[str], list[str]]]:
    """Hashes of the codes that let a person in, and of those that were replaced."""
    columns = (_ticket.c.registration_id, _ticket.c.code, _ticket.c.short_code, _ticket.c.replaced_at)
    found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in session.execute(select(*columns).where(wanted(_ticket.c.registration_id)).order_by(_ticket.c.id)):
        hashes = found[row.registration_id][0 if row.replaced_at is None else 1]
        hashes += [hashed_code(key, row.code), hashed_code(key, row.short_code)]
    return found


def _present(
    session: Session, desk: Desk, wanted: _Wanted, days: set[date], desks: list[str]
) -> dict[int, dict[str, list[int]]]:
    """Who came on these days, or ever where one passes once in all, by point; the names of the devices are added to
    `desks`."""
    columns = (
        _admission.c.registration_id, _admission.c.point_key, _admission.c.first_at, _admission.c.is_inside,
        _admission.c.last_at, _scan.c.device_id,
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(_scan, _scan.c.id == _admission.c.first_scan_id)
        .where(wanted(_admission.c.registration_id), figures.on_day(*days))
        # Of two days the later one counts.
        .order_by(_admission.c.day)
    ).all()
    places: dict[int, int] = {}
    found: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for number, point, first_at, is_inside, last_at, device in rows:
        place = places.setdefault(device, len(places))
        moved = [] if last_at == first_at else [_milliseconds(last_at)]
        found[number][point] = [_milliseconds(first_at), int(is_inside), place, *moved]
    names = dict(session.execute(select(_device.c.id, _device.c.name).where(_device.c.event_id == desk.event_id)).all())
    desks += [names[device] for device in places]
    return found


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _of_facts(session: Session, event_id: int, kinds: tuple[str, ...], start: datetime) -> list[int]:
    """What facts of these kinds are about, since an instant."""
    query = select(_fact.c.subject_id).where(
        _fact.c.event_id == event_id, _fact.c.kind.in_(kinds), _fact.c.at >= start, _fact.c.subject_id.is_not(None)
    )
    return list(session.execute(query).scalars())
