"""What the clock does to registrations: offers expire, stray free seats are given away, answers are erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text

from eventsys.events.models import Event
from eventsys.kernel.database import reading, transaction
from eventsys.registration import actions, queries
from eventsys.registration.models import Registration


def expire_offers(now: datetime) -> int:
    """End offers, invitations and unconfirmed addresses whose deadline has passed, each event in a transaction of its
    own, and offer the seats anew."""
    is_held = text("registration.state IN ('offered', 'invited', 'unverified')")
    due = select(Registration.event_id).where(is_held, Registration.offer_until <= now)
    done = 0
    for event_id in reading().scalars(due.distinct().order_by(Registration.event_id)).all():
        with transaction() as session:
            done += actions.expire_offers(session, session.get_one(Event, event_id), now=now)
    return done


def promote_waiting(now: datetime) -> int:
    """Move people up where a free seat and somebody who waits stand side by side: an event restored, a row mended."""
    done = 0
    for event_id in queries.events_with_free_seats_waited_for(reading(), now):
        with transaction() as session:
            done += actions.promote_waiting(session, session.get_one(Event, event_id), now=now)
    return done


def erase_answers(now: datetime) -> int:
    """Erase the answers whose time has come, a batch a question and transaction."""
    with transaction() as session:
        return actions.erase_due_answers(session, now=now)
