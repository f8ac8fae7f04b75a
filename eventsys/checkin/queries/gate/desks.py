"""Which device asks, at which event, and where it may scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import Role, User
from eventsys.checkin.errors import DeviceElsewhere, DeviceUnknown
from eventsys.checkin.models import ArrivalWatch, Device, DevicePoint, DeviceRole
from eventsys.checkin.queries.gate.places import EVENT_COLUMNS, event, places_at, point
from eventsys.checkin.queries.gate.sets import one_of
from eventsys.checkin.rules import ENTRANCE, MAY, Place, door_day
from eventsys.events.models import FormerSlug, Membership
from eventsys.kernel import tokens
from eventsys.registration.models import PoolKind, SeatPool

_device = cast(Table, Device.__table__)
_allowed = cast(Table, DevicePoint.__table__)
_watch = cast(Table, ArrivalWatch.__table__)
_pool = cast(Table, SeatPool.__table__)
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
    only_at: frozenset[str] | None
    role: str
    printer_id: int | None
    has_days: bool
    expires_at: datetime
    last_seen_at: datetime | None
    has_watches: bool = False

    def place(self, key: str) -> Place | None:
        """The point of this key, if there is one and this device may scan there."""
        return self.places.get(key) if self.only_at is None or key in self.only_at else None

    def may(self, deed: str) -> bool:
        """Whether this device is there for `deed`, one of those in `rules.MAY`."""
        return deed in MAY[DeviceRole(self.role)]

    @property
    def home(self) -> str:
        """Where a scan was made that names no point."""
        if self.only_at is None or ENTRANCE in self.only_at:
            return ENTRANCE
        return next((key for key in self.places if key in self.only_at), ENTRANCE)

    @property
    def asks_seats(self) -> bool:
        """Whether any point asks on which days or in which sessions somebody has a seat."""
        return self.has_days or any(place.session for place in self.places.values())

    def day(self, now: datetime) -> date:
        """The local day whose arrivals this desk shows."""
        return door_day(now, starts_at=self.starts_at, ends_at=self.ends_at, zone=self.zone)


_HAS_DAYS = (
    select(_pool.c.id).where(_pool.c.event_id == _device.c.event_id, _pool.c.kind == PoolKind.DAY).exists()
).label("has_days")
# Hardly an event waits for anybody: where nobody is watched for, a scan pays for this look only.
_HAS_WATCHES = (
    select(_watch.c.id).where(_watch.c.event_id == _device.c.event_id, _watch.c.arrived_at.is_(None)).exists()
).label("has_watches")
_DEVICES = (
    select(
        _device.c.token_hash, _device.c.id, _device.c.name, _device.c.event_id, _device.c.is_limited,
        _device.c.expires_at, _device.c.revoked_at, _device.c.last_seen_at, _device.c.user_id, _device.c.role,
        _device.c.printer_id, _user.c.is_active, _user.c.role.label("user_role"),
        _member.c.role.label("member_role"), point.c.key.label("allowed"), _HAS_DAYS, _HAS_WATCHES, *EVENT_COLUMNS,
    )
    .select_from(_device.join(event, event.c.id == _device.c.event_id))
    .join(_user, _user.c.id == _device.c.user_id, isouter=True)
    .join(
        _member, (_member.c.user_id == _device.c.user_id) & (_member.c.event_id == _device.c.event_id), isouter=True
    )
    .join(_allowed, _allowed.c.device_id == _device.c.id, isouter=True)
    .join(point, point.c.id == _allowed.c.point_id, isouter=True)
    .where(one_of(_device.c.token_hash, "hashes"))
    .order_by(_device.c.id)
)  # fmt: skip


def desk_of(session: Session, token: str, *, slug: str | None, now: datetime) -> Desk:
    """The desk a token opens. `slug` None takes the token's own event.

    Raises DeviceUnknown for a token that is wrong, ended or revoked, or whose user has no place here any more;
    DeviceElsewhere for one of another event.
    """
    return desk_at(session, desks_of(session, [token], now=now).get(token), slug=slug)


def desk_at(session: Session, desk: Desk | None, *, slug: str | None) -> Desk:
    """The same desk, if there is one and it belongs to the event of this address; raises as `desk_of` does."""
    if desk is None:
        raise DeviceUnknown
    if slug not in (None, desk.slug) and not _was_called(session, desk.event_id, str(slug)):
        raise DeviceElsewhere
    return desk


def desks_of(session: Session, asking: Iterable[str], *, now: datetime) -> dict[str, Desk]:
    """The desks that these tokens open; one that opens none is not in it."""
    hashes = {tokens.hashed(token): token for token in asking}
    rows: dict[str, list[Any]] = {}
    for row in session.connection().execute(_DEVICES, {"hashes": sorted(hashes)}):
        rows.setdefault(row.token_hash, []).append(row)
    valid = {hashes[found]: some for found, some in rows.items() if _is_valid(some[0], now)}
    places = places_at(session, [some[0].event_id for some in valid.values()]) if valid else {}
    return {token: _desk(some, places[some[0].event_id]) for token, some in valid.items()}


def _desk(rows: Sequence[Any], places: dict[str, Place]) -> Desk:
    row = rows[0]
    return Desk(
        device_id=row.id,
        device_name=row.name,
        event_id=row.event_id,
        slug=row.slug,
        title=row.title,
        zone=ZoneInfo(row.timezone),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        places=places,
        only_at=frozenset(each.allowed for each in rows if each.allowed) if row.is_limited else None,
        role=row.role,
        printer_id=row.printer_id,
        has_days=bool(row.has_days),
        expires_at=row.expires_at,
        last_seen_at=row.last_seen_at,
        has_watches=bool(row.has_watches),
    )


def _is_valid(row: Any, now: datetime) -> bool:
    """Whether a device may still scan; one that somebody opened by signing in ends with that person's place here."""
    if row.revoked_at is not None or row.expires_at <= now:
        return False
    if row.user_id is None:
        return True
    return bool(row.is_active) and (row.member_role is not None or row.user_role == Role.ADMINISTRATOR)


def _was_called(session: Session, event_id: int, slug: str) -> bool:
    """A renamed event still lets in the devices whose link names its old address."""
    if not slug.isprintable():
        return False
    renamed = select(_slug.c.event_id).where(_slug.c.slug == slug)
    return session.connection().execute(renamed).scalar() == event_id
