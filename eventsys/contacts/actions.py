"""Writing a card, asking for somebody's by their badge, agreeing, and ending it for both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from eventsys.contacts import queries, rules
from eventsys.contacts.errors import CardMissing, CodeUnread, ExchangeUnknown, OwnBadge
from eventsys.contacts.models import ContactCard, ContactExchange
from eventsys.kernel import tokens
from eventsys.registration.models import Registration


def keep_card(
    session: Session,
    registration: Registration,
    *,
    now: datetime,
    is_open: bool,
    email: str = "",
    phone: str = "",
    role: str = "",
    link: str = "",
) -> ContactCard:
    """Write or change one's own card; writing it the first time is the consent to be shown to those one agrees with."""
    card = session.get(ContactCard, registration.id)
    if card is None:
        card = ContactCard(registration_id=registration.id, consented_at=now, updated_at=now)
        session.add(card)
    card.is_open, card.email, card.phone, card.role, card.link = is_open, email, phone, role, link
    card.updated_at = now
    session.flush()
    return card


def remove_card(session: Session, registration: Registration, *, now: datetime) -> None:
    """Take the consent back: the card goes, and with it every exchange, on both sides."""
    mine = or_(ContactExchange.asker_id == registration.id, ContactExchange.asked_id == registration.id)
    session.execute(delete(ContactExchange).where(mine))
    session.execute(delete(ContactCard).where(ContactCard.registration_id == registration.id))
    session.flush()


def ask(session: Session, registration: Registration, code: str, *, now: datetime) -> ContactExchange:
    """Ask whose badge this is for their card. Agreed at once where they asked first, or give it to whoever asks.

    Asking again changes nothing. Asking after an end begins anew, and then waits for a yes: who took theirs back gives
    nothing by an open card. Raises ExchangeClosed, CardMissing, CodeUnread and
    OwnBadge.
    """
    rules.refuse_unless_open(registration.event, now)
    if queries.card_of(session, registration.id) is None:
        raise CardMissing
    other = queries.find_by_code(session, registration.event_id, tokens.as_typed(code[:60]))
    if other is None or not rules.may_exchange(other):
        raise CodeUnread(field="code")
    if other.id == registration.id:
        raise OwnBadge(field="code")
    # Two who scan each other in the same moment find each other: the lower number is locked first by both.
    _lock(session, registration.id, other.id)
    has_ended = _forget_ended(session, registration.id, other.id)
    exchange = _between(session, registration.id, other.id)
    if exchange is None:
        return _begin(session, registration, other, now, may_be_open=not has_ended)
    if exchange.asked_id == registration.id and rules.is_waiting(exchange):
        exchange.agreed_at = now
    session.flush()
    return exchange


def _lock(session: Session, *numbers: int) -> None:
    locked = select(Registration.id).where(Registration.id.in_(numbers)).order_by(Registration.id)
    session.execute(locked.with_for_update(key_share=True))


def _of_pair(one: int, other: int) -> ColumnElement[bool]:
    return and_(ContactExchange.asker_id.in_((one, other)), ContactExchange.asked_id.in_((one, other)))


def _forget_ended(session: Session, one: int, other: int) -> bool:
    """Whether these two had an exchange that ended."""
    ended = delete(ContactExchange).where(_of_pair(one, other), ContactExchange.ended_at.is_not(None))
    return bool(session.scalars(ended.returning(ContactExchange.id)).all())


def _between(session: Session, one: int, other: int) -> ContactExchange | None:
    """The exchange of these two, whoever asked."""
    return session.scalar(select(ContactExchange).where(_of_pair(one, other)).order_by(ContactExchange.id).limit(1))


def _begin(
    session: Session, registration: Registration, other: Registration, now: datetime, *, may_be_open: bool
) -> ContactExchange:
    theirs = queries.card_of(session, other.id)
    exchange = ContactExchange(
        event_id=registration.event_id,
        asker_id=registration.id,
        asked_id=other.id,
        asked_at=now,
        agreed_at=now if may_be_open and theirs is not None and theirs.is_open else None,
    )
    session.add(exchange)
    session.flush()
    return exchange


def agree(session: Session, registration: Registration, number: int, *, now: datetime) -> ContactExchange:
    """Say yes to somebody who asked; raises ExchangeUnknown and CardMissing. Saying it again changes nothing."""
    exchange = queries.exchange_of(session, registration.id, number)
    if exchange is None or exchange.asked_id != registration.id:
        raise ExchangeUnknown
    if queries.card_of(session, registration.id) is None:
        raise CardMissing
    if exchange.agreed_at is None:
        exchange.agreed_at = now
    session.flush()
    return exchange


def end(session: Session, registration: Registration, number: int, *, now: datetime) -> None:
    """Say no, or take a yes back: neither sees the other's card any more. Raises ExchangeUnknown."""
    exchange = queries.exchange_of(session, registration.id, number)
    if exchange is None:
        raise ExchangeUnknown
    exchange.ended_at = now
    session.flush()
