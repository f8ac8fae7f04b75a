"""Who of those that listen to a door may still do so: asked every other second, for all who listen at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import Role, User
from eventsys.checkin.models import Device
from eventsys.events.models import Membership


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever was let in to listen: a device by the digest of its token, or somebody who is signed in."""

    token_hash: str = ""
    user_id: int | None = None


def still_welcome(session: Session, event_id: int, asked: Collection[Who], *, now: datetime) -> set[Who]:
    """Those whose token still opens this event's door, and those who still have a place in its team."""
    tokens = sorted({who.token_hash for who in asked if who.token_hash})
    users = sorted({who.user_id for who in asked if who.user_id is not None})
    welcome: set[Who] = set()
    if tokens:
        welcome |= {Who(token_hash=one) for one in session.scalars(_devices(event_id, tokens, now))}
    if users:
        welcome |= {Who(user_id=one) for one in session.scalars(_team(event_id, users))}
    return welcome


def works_here(session: Session, event_id: int, user_id: int) -> bool:
    """Whether this account is active and has a place in the event's team, or administers all."""
    return session.scalar(_team(event_id, [user_id])) is not None


def _devices(event_id: int, tokens: list[str], now: datetime) -> Select[str]:
    """As `gate.desk_of` judges them; one that somebody opened by signing in ends with that person's place here."""
    is_mine = (Membership.user_id == Device.user_id) & (Membership.event_id == Device.event_id)
    return (
        select(Device.token_hash)
        .join(User, User.id == Device.user_id, isouter=True)
        .join(Membership, is_mine, isouter=True)
        .where(
            Device.event_id == event_id,
            Device.token_hash.in_(tokens),
            Device.revoked_at.is_(None),
            Device.expires_at > now,
            or_(Device.user_id.is_(None), _HAS_PLACE),
        )
    )


def _team(event_id: int, users: list[int]) -> Select[int]:
    is_mine = (Membership.user_id == User.id) & (Membership.event_id == event_id)
    return select(User.id).join(Membership, is_mine, isouter=True).where(User.id.in_(users), _HAS_PLACE)


_HAS_PLACE = and_(User.is_active, or_(Membership.id.is_not(None), User.role == Role.ADMINISTRATOR))
