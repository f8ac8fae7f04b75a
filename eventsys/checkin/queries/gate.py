"""What a scan is judged by, in few statements: the desk, whom the codes belong to, and their other scans of the day.

These run hundreds of times a second while people queue, so they are plain columns prepared once, never entities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Table, bindparam, or_, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import Role, User
from eventsys.checkin.errors import DeviceElsewhere, DeviceUnknown
from eventsys.checkin.models import Device, Point, Scan
from eventsys.checkin.rules import PASSED, Admittance, Holder, Passage, Place, door_day, window
from eventsys.events.models import Event, FormerSlug, Membership
from eventsys.kernel import tokens
from eventsys.registration.models import Registration, Ticket

_device = cast(Table, Device.__table__)
_point = cast(Table, Point.__table__)
_event = cast(Table, Event.__table__)
_scan = cast(Table, Scan.__table__)
_ticket = cast(Table, Ticket.__table__)
_person = cast(Table, Registration.__table__)
_slug = cast(Table, FormerSlug.__table__)
_user = cast(Table, User.__table__)
_member = cast(Table, Membership.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A device at its event: who scans, where it may, and the points with their windows."""

    device_id: int
    device_name: str
    event_id: int
    slug: str
    title: str
    zone: ZoneInfo
    starts_at: datetime
    ends_at: datetime
    places: dict[str, Place]
    only_at: str | None
    expires_at: datetime
    last_seen_at: datetime | None

    def place(self, key: str) -> Place | None:
        """The point of this key, if there is one and this device may scan there."""
        return self.places.get(key) if self.only_at in (None, key) else None

    def day(self, now: datetime) -> date:
        """The local day whose arrivals this desk shows."""
        return door_day(now, starts_at=self.starts_at, ends_at=self.ends_at, zone=self.zone)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a code belongs to: what the rules ask, and what the screen shows."""

    holder: Holder
    name: str
    organisation: str
    sector: str
    type: str
    notes: str


_EVENT_COLUMNS = (_event.c.slug, _event.c.title, _event.c.timezone, _event.c.starts_at, _event.c.ends_at)
_POINT_COLUMNS = (
    _point.c.id.label("point_id"), _point.c.key, _point.c.name.label("point_name"), _point.c.opens_at,
    _point.c.closes_at, _point.c.may_repeat,
)  # fmt: skip
_DESK = (
    select(
        _device.c.id, _device.c.name, _device.c.event_id, _device.c.point_id.label("only_id"), _device.c.expires_at,
        _device.c.revoked_at, _device.c.last_seen_at, _device.c.user_id, _user.c.is_active,
        _user.c.role.label("user_role"), _member.c.role.label("member_role"), *_EVENT_COLUMNS, *_POINT_COLUMNS,
    )
    .select_from(_device.join(_event, _event.c.id == _device.c.event_id))
    .join(_user, _user.c.id == _device.c.user_id, isouter=True)
    .join(
        _member, (_member.c.user_id == _device.c.user_id) & (_member.c.event_id == _device.c.event_id), isouter=True
    )
    .join(_point, _point.c.event_id == _device.c.event_id, isouter=True)
    .where(_device.c.token_hash == bindparam("token_hash"))
    .order_by(_point.c.position, _point.c.id)
)  # fmt: skip


def desk_of(session: Session, token: str, *, slug: str | None, now: datetime) -> Desk:
    """The desk a token opens, in one statement. `slug` None takes the token's own event.

    Raises DeviceUnknown for a token that is wrong, ended or revoked, or whose user has no place here any more;
    DeviceElsewhere for one of another event.
    """
    rows = session.connection().execute(_DESK, {"token_hash": tokens.hashed(token)}).all()
    if not rows or not _is_valid(rows[0], now):
        raise DeviceUnknown
    row = rows[0]
    if slug not in (None, row.slug) and not _was_called(session, row.event_id, str(slug)):
        raise DeviceElsewhere
    return Desk(
        device_id=row.id,
        device_name=row.name,
        event_id=row.event_id,
        slug=row.slug,
        title=row.title,
        zone=ZoneInfo(row.timezone),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        places={point.key: place_of(point) for point in rows if point.key is not None},
        only_at=next((point.key for point in rows if row.only_id is not None and point.point_id == row.only_id), None),
        expires_at=row.expires_at,
        last_seen_at=row.last_seen_at,
    )


def _is_valid(row: Any, now: datetime) -> bool:
    """Whether a device may still scan; one that somebody opened by signing in ends with that person's place here."""
    if row.revoked_at is not None or row.expires_at <= now:
        return False
    if row.user_id is None:
        return True
    return bool(row.is_active) and (row.member_role is not None or row.user_role == Role.ADMINISTRATOR)


def place_of(row: Any) -> Place:
    """A point as the rules see it, from a row with the columns of a point and its event's instants."""
    opens_at, closes_at = window(row.opens_at, row.closes_at, starts_at=row.starts_at, ends_at=row.ends_at)
    return Place(
        key=row.key, name=row.point_name, opens_at=opens_at, closes_at=closes_at, may_repeat=bool(row.may_repeat)
    )


def _was_called(session: Session, event_id: int, slug: str) -> bool:
    """A renamed event still lets in the devices whose link names its old address."""
    if not slug.isprintable():
        return False
    renamed = select(_slug.c.event_id).where(_slug.c.slug == slug)
    return session.connection().execute(renamed).scalar() == event_id


_PEOPLE = (
    select(
        _ticket.c.code, _ticket.c.short_code, _ticket.c.replaced_at, _person.c.id, _person.c.event_id,
        _person.c.state, _person.c.mode, _person.c.first_name, _person.c.last_name, _person.c.organisation,
        _person.c.sector, _person.c.type, _person.c.notes,
    )
    .join(_person, _person.c.id == _ticket.c.registration_id)
    # Scans of one person wait for one another here, in one order for all, so that no two batches hold each other up.
    .order_by(_person.c.id)
    .with_for_update(of=_person, key_share=True)
)  # fmt: skip
_FULL = _ticket.c.code.in_(bindparam("full", expanding=True))
_SHORT = (_ticket.c.event_id == bindparam("event_id")) & _ticket.c.short_code.in_(bindparam("short", expanding=True))
_BY_FULL = _PEOPLE.where(_FULL)
_BY_SHORT = _PEOPLE.where(_SHORT)
_BY_BOTH = _PEOPLE.where(or_(_FULL, _SHORT))


def people_by_code(session: Session, event_id: int, codes: Iterable[str]) -> dict[str, Person]:
    """Whom the folded codes belong to, by the code asked for; until the caller commits nobody else judges them."""
    asked = {code for code in codes if 0 < len(code) <= 29}
    short = sorted(code for code in asked if len(code) <= 8)
    full = sorted(code for code in asked if len(code) > 8)
    if not asked:
        return {}
    query, values = _by(full, short, event_id)
    found: dict[str, Person] = {}
    for row in session.connection().execute(query, values):
        person = _person_of(row)
        found[row.code] = person
        if row.event_id == event_id:
            found[row.short_code] = person
    return found


def _by(full: list[str], short: list[str], event_id: int) -> tuple[Select[Any], dict[str, Any]]:
    if not short:
        return _BY_FULL, {"full": full}
    if not full:
        return _BY_SHORT, {"short": short, "event_id": event_id}
    return _BY_BOTH, {"full": full, "short": short, "event_id": event_id}


def _person_of(row: Any) -> Person:
    holder = Holder(
        registration_id=row.id,
        event_id=row.event_id,
        state=row.state,
        mode=row.mode,
        is_replaced=row.replaced_at is not None,
    )
    name = f"{row.first_name} {row.last_name}".strip()
    return Person(holder, name, row.organisation, row.sector, row.type, row.notes)


def lines_of(notes: str) -> list[str]:
    """What a desk is to tell or bring somebody, as organisers noted it: a line each."""
    return [line.strip() for line in notes.splitlines() if line.strip()]


_STORED = select(_scan.c.scan_id, _scan.c.answer).where(
    _scan.c.event_id == bindparam("event_id"), _scan.c.scan_id.in_(bindparam("ids", expanding=True))
)


def stored_answers(session: Session, event_id: int, scan_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The answers these scans got when they first arrived, by scan id."""
    if not scan_ids:
        return {}
    rows = session.connection().execute(_STORED, {"event_id": event_id, "ids": scan_ids})
    return {row.scan_id: row.answer for row in rows}


_PASSED_BEFORE = (
    select(
        _scan.c.id, _scan.c.scan_id, _scan.c.registration_id, _scan.c.point_key, _scan.c.at, _scan.c.direction,
        _scan.c.answer, _scan.c.corrected_answer, _device.c.name,
    )
    .join(_device, _device.c.id == _scan.c.device_id)
    .where(
        _scan.c.registration_id.in_(bindparam("ids", expanding=True)),
        _scan.c.at >= bindparam("since"),
        _scan.c.at < bindparam("until"),
        _scan.c.outcome.in_(sorted(PASSED)),
        _scan.c.undone_at.is_(None),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stored scan that passed, where and of whom, and what its device was last told."""

    row_id: int
    registration_id: int
    point_key: str
    passage: Passage
    answer: dict[str, Any]


def passed_before(
    session: Session, registration_ids: Iterable[int], *, since: datetime, until: datetime
) -> list[Remembered]:
    """The scans of these people in a span of time that passed and were not undone."""
    values = {"ids": sorted(registration_ids), "since": since, "until": until}
    return [_remembered(row) for row in session.connection().execute(_PASSED_BEFORE, values)]


def _remembered(row: Any) -> Remembered:
    answer = row.corrected_answer or row.answer
    passage = Passage(
        scan_id=row.scan_id,
        at=row.at,
        order=row.id,
        direction=row.direction,
        device=row.name,
        outcome=answer["outcome"],
        first=admittance_of(answer),
    )
    return Remembered(row.id, row.registration_id, row.point_key, passage, answer)


def admittance_of(answer: dict[str, Any]) -> Admittance | None:
    """When and where a stored answer says that the person was first let in."""
    first = answer["first"]
    return Admittance(datetime.fromisoformat(first["at"]), first["device"]) if first else None
