"""When people may exchange contacts, and whether both have agreed."""

from __future__ import annotations

from datetime import datetime, timedelta

from eventsys.contacts.errors import ExchangeClosed
from eventsys.contacts.models import ContactExchange
from eventsys.events.models import Event
from eventsys.registration.models import Registration, State

BEFORE = timedelta(days=1)
AFTER = timedelta(days=30)


def is_open(event: Event, now: datetime) -> bool:
    """From a day before the event until 30 days after it."""
    return event.starts_at - BEFORE <= now <= event.ends_at + AFTER


def refuse_unless_open(event: Event, now: datetime) -> None:
    if not is_open(event, now):
        raise ExchangeClosed


def may_exchange(registration: Registration) -> bool:
    """Who takes part, on site or online."""
    return registration.state == State.CONFIRMED and registration.erased_at is None


def is_agreed(exchange: ContactExchange) -> bool:
    """Whether both see each other's card."""
    return exchange.agreed_at is not None and exchange.ended_at is None


def is_waiting(exchange: ContactExchange) -> bool:
    """Whether the one who was asked has not answered."""
    return exchange.agreed_at is None and exchange.ended_at is None
