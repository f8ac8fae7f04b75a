"""What stands in the outbox, for those who look after it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from eventsys.mailing.models import Delivery, OutboxMessage


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
