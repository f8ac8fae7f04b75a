"""What stands in the outbox, for those who look after it, and which addresses mail does not reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from eventsys.mailing import rules
from eventsys.mailing.models import BouncedAddress, Delivery, OutboxMessage

# SQLite takes no more than 32,766 values in one statement.
_PIECE = 10_000


def messages_in(state: str) -> Select[OutboxMessage]:
    """The messages in a state, newest first."""
    return select(OutboxMessage).where(OutboxMessage.state == state).order_by(OutboxMessage.id.desc())


def counts(session: Session, *, event_id: int | None = None) -> dict[str, int]:
    """How many messages are in each state; of one event when it is given."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    if event_id is not None:
        query = query.where(OutboxMessage.event_id == event_id)
    found: dict[str, int] = dict(session.execute(query).all())
    return {state.value: found.get(state, 0) for state in Delivery}


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Whether a message is due and held by nobody. Where that stays so, no worker runs."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.state == Delivery.WAITING,
        OutboxMessage.due_at <= now,
        or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
    )
    return session.scalar(query.limit(1)) is not None


def find_bounce(session: Session, address: str) -> BouncedAddress | None:
    """Why mail to an address does not arrive, where that is so."""
    return session.scalar(bounced_addresses().where(BouncedAddress.address_key == rules.address_key(address)))


def is_bounced(session: Session, address: str) -> bool:
    """Whether mail to an address came back for good, and nobody has said since that it is right."""
    return find_bounce(session, address) is not None


def bounced_among(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the addresses (by key: in lower case) that mail does not reach."""
    wanted = sorted(set(keys))
    found: set[str] = set()
    for start in range(0, len(wanted), _PIECE):
        piece = BouncedAddress.address_key.in_(wanted[start : start + _PIECE])
        found |= set(
            session.scalars(select(BouncedAddress.address_key).where(piece, BouncedAddress.cleared_at.is_(None)))
        )
    return found


def bounced_addresses(words: str = "") -> Select[BouncedAddress]:
    """The addresses that mail does not reach, the latest first; with words, those that hold them."""
    query = select(BouncedAddress).where(BouncedAddress.cleared_at.is_(None))
    query = query.order_by(BouncedAddress.bounced_at.desc(), BouncedAddress.id.desc())
    return query.where(BouncedAddress.address_key.icontains(words, autoescape=True)) if words else query


def number_of_bounced(session: Session) -> int:
    """How many addresses mail does not reach."""
    query = select(func.count()).select_from(BouncedAddress).where(BouncedAddress.cleared_at.is_(None))
    return session.scalar(query) or 0
