"""What goes into the outbox and what becomes of it: each key once, each message held by one worker at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.mailing import rules
from eventsys.mailing.models import BouncedAddress, Delivery, OutboxMessage


@dataclass(frozen=True)
class Held:
    """A message that this worker holds until `until`, which is also how it proves that it still does."""

    id: int
    key: str
    maker: str
    arguments: dict[str, Any]
    tries: int
    created_at: datetime
    until: datetime


def enqueue(
    session: Session,
    *,
    key: str,
    maker: str,
    arguments: dict[str, Any],
    due_at: datetime,
    event_id: int | None = None,
) -> bool:
    """Put a message into the caller's transaction; False, and nothing done, when the key was used before.

    `key` says what the message is about (`registration.confirmed:17:2`): whoever asks for it again, also at the same
    moment in another process, is the second and is told so.
    """
    values = {"key": key, "maker": maker, "arguments": arguments, "event_id": event_id, "due_at": due_at}
    values |= {"state": Delivery.WAITING, "tries": 0, "created_at": clock.now()}
    connection = session.connection()
    return connection.execute(_ADD[connection.dialect.name], values).scalar() is not None


_ADD = {
    name: insert(OutboxMessage.__table__).on_conflict_do_nothing(index_elements=["key"]).returning(OutboxMessage.id)  # type: ignore[arg-type]
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def take_back(session: Session, key: str) -> None:
    """Unwrite a message of this very transaction, which no worker can have seen."""
    session.execute(delete(OutboxMessage).where(OutboxMessage.key == key))


def take_back_unsent(session: Session, keys: Iterable[str], *, now: datetime) -> set[str]:
    """Unwrite messages that have not left and that no worker is about to send; gives the keys of those."""
    wanted = sorted(set(keys))
    if not wanted:
        return set()
    is_free = or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)
    taken = session.scalars(
        delete(OutboxMessage)
        .where(OutboxMessage.key.in_(wanted), OutboxMessage.state == Delivery.WAITING, is_free)
        .returning(OutboxMessage.key)
        .execution_options(synchronize_session=False)
    )
    return set(taken)


def hold_due(session: Session, *, now: datetime, most: int = rules.BATCH) -> list[Held]:
    """Take the longest due messages, so that no other worker takes them before the lease ends.

    On PostgreSQL rows that another worker is just taking are passed over; on SQLite the writing transaction is alone.
    """
    until = now + rules.LEASE
    due = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.state == Delivery.WAITING,
            OutboxMessage.due_at <= now,
            or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for message in due:
        message.leased_until = until
        # Counted when it begins: a message that kills its worker is given up in the end too.
        message.tries += 1
    return [Held(m.id, m.key, m.maker, m.arguments, m.tries, m.created_at, until) for m in due]


def let_go(session: Session, held: Sequence[Held]) -> None:
    """Give back what was taken and not begun: any worker may take it at once."""
    for one in held:
        _change(session, one, leased_until=None, tries=OutboxMessage.tries - 1)


def mark_sent(session: Session, held: Held, *, now: datetime) -> bool:
    """The server has taken the message. False when another worker holds it by now."""
    return _change(session, held, state=Delivery.SENT, sent_at=now, leased_until=None, last_error=None)


def mark_dropped(session: Session, held: Held) -> bool:
    """The message is no longer wanted."""
    return _change(session, held, state=Delivery.DROPPED, leased_until=None, last_error=None)


def mark_failed(session: Session, held: Held, *, why: str, now: datetime, is_final: bool = False) -> bool:
    """Try again after a pause that grows, or give up. `why` is kept for the administrators and names no address."""
    pause = None if is_final else rules.pause_after(held.tries)
    if pause is None:
        return _change(session, held, state=Delivery.FAILED, leased_until=None, last_error=why)
    return _change(session, held, due_at=now + pause, leased_until=None, last_error=why)


def send_again(session: Session, message: OutboxMessage, *, now: datetime) -> None:
    """An administrator asks for another try: at once, and with all pauses before it."""
    message.state = Delivery.WAITING
    message.tries = 0
    message.due_at = now
    message.leased_until = None
    session.flush()


def note_bounce(session: Session, address: str, *, status: str, reason: str, now: datetime) -> None:
    """Mail to the address came back for good: nothing more is sent to it. `reason` names no person."""
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"status": status, "reason": reason, "bounced_at": now, "cleared_at": None}
    added = insert(BouncedAddress).values(address_key=rules.address_key(address), **values)
    # Two workers may hear it at the same moment.
    session.execute(added.on_conflict_do_update(index_elements=["address_key"], set_=values))


def clear_bounce(session: Session, address: str, *, now: datetime) -> bool:
    """The address is right after all, or works again: mail goes to it as before. False where nothing was noted."""
    changed = session.execute(
        update(BouncedAddress)
        .where(BouncedAddress.address_key == rules.address_key(address), BouncedAddress.cleared_at.is_(None))
        .values(cleared_at=now)
    )
    return bool(getattr(changed, "rowcount", 0))


def _change(session: Session, held: Held, **values: Any) -> bool:
    """Change the row where this worker still holds it."""
    changed = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == held.id,
            OutboxMessage.state == Delivery.WAITING,
            OutboxMessage.leased_until == held.until,
        )
        .values(**values),
        execution_options={"synchronize_session": False},
    )
    return bool(getattr(changed, "rowcount", 0))
