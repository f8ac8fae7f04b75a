"""Whose card somebody has, who asked for theirs, and whom they asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from eventsys.contacts import rules
from eventsys.contacts.models import ContactCard, ContactExchange
from eventsys.registration.models import Registration, Ticket


@dataclass(frozen=True)
class Contact:
    """Somebody on the page of another: `card` is theirs where both agreed, else None."""

    exchange: ContactExchange
    person: Registration
    card: ContactCard | None
    since: datetime


@dataclass(frozen=True)
class Contacts:
    """Everything on somebody's page: agreed by name, asked of them and by them, the newest first."""

    agreed: tuple[Contact, ...]
    asked_of_me: tuple[Contact, ...]
    asked_by_me: tuple[Contact, ...]


def card_of(session: Session, registration_id: int) -> ContactCard | None:
    return session.get(ContactCard, registration_id)


def contacts_of(session: Session, registration_id: int) -> Contacts:
    """In two statements, however many there are."""
    exchanges = _living(session, registration_id)
    others = {_other_id(one, registration_id) for one in exchanges if rules.is_agreed(one)}
    cards = _cards(session, others)
    agreed, of_me, by_me = [], [], []
    for one in exchanges:
        person = one.asked if one.asker_id == registration_id else one.asker
        if not rules.may_exchange(person):
            continue
        if rules.is_agreed(one):
            agreed.append(Contact(one, person, cards.get(person.id), one.agreed_at or one.asked_at))
        elif one.asked_id == registration_id:
            of_me.append(Contact(one, person, None, one.asked_at))
        else:
            by_me.append(Contact(one, person, None, one.asked_at))
    agreed.sort(key=lambda contact: (contact.person.last_name, contact.person.first_name, contact.person.id))
    return Contacts(tuple(agreed), tuple(of_me), tuple(by_me))


def _living(session: Session, registration_id: int) -> Sequence[ContactExchange]:
    mine = or_(ContactExchange.asker_id == registration_id, ContactExchange.asked_id == registration_id)
    return session.scalars(
        select(ContactExchange)
        .options(joinedload(ContactExchange.asker), joinedload(ContactExchange.asked))
        .where(mine, ContactExchange.ended_at.is_(None))
        .order_by(ContactExchange.asked_at.desc(), ContactExchange.id.desc())
    ).all()


def _other_id(exchange: ContactExchange, registration_id: int) -> int:
    return exchange.asked_id if exchange.asker_id == registration_id else exchange.asker_id


def _cards(session: Session, registration_ids: set[int]) -> dict[int, ContactCard]:
    query = select(ContactCard).where(ContactCard.registration_id.in_(registration_ids))
    return {card.registration_id: card for card in session.scalars(query)}


def exchange_of(session: Session, registration_id: int, number: int) -> ContactExchange | None:
    """One living exchange of this person, by either side."""
    mine = or_(ContactExchange.asker_id == registration_id, ContactExchange.asked_id == registration_id)
    query = select(ContactExchange).where(ContactExchange.id == number, mine, ContactExchange.ended_at.is_(None))
    return session.scalar(query)


def asked_count(session: Session, registration_id: int) -> int:
    """How many wait for this person's answer."""
    waiting = (
        ContactExchange.asked_id == registration_id,
        ContactExchange.agreed_at.is_(None),
        ContactExchange.ended_at.is_(None),
    )
    return session.scalar(select(func.count()).select_from(ContactExchange).where(*waiting)) or 0


def find_by_code(session: Session, event_id: int, code: str) -> Registration | None:
    """Whose valid badge of this event this is; `code` is folded, full or short."""
    if not 0 < len(code) <= 29:
        return None
    asked = Ticket.short_code == code if len(code) <= 8 else Ticket.code == code
    query = (
        select(Registration)
        .join(Ticket, Ticket.registration_id == Registration.id)
        .where(Ticket.event_id == event_id, Ticket.replaced_at.is_(None), asked)
    )
    return session.scalar(query)
