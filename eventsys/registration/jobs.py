"""What the clock does to registrations: offers expire, stray free seats are given away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text

from eventsys.events.models import Event
from eventsys.kernel import work
from eventsys.kernel.database import reading, transaction
from eventsys.registration import actions, queries
from eventsys.registration.actions import bulk
from eventsys.registration.models import Registration
from eventsys.registration.queries.acts import unfinished_acts
from eventsys.registration.queries.coming import events_that_ask, events_with_silent, is_anybody_unasked
from eventsys.registration.rules.coming import asks_at, is_time_to_ask


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


def ask_again(now: datetime) -> int:
    """Ask the people of events whose time for it has come whether they still come, a batch a transaction."""
    session = reading()
    due = [
        (event.id, due_at)
        for event, settings in events_that_ask(session, now)
        if is_time_to_ask(settings, event, now) and (due_at := asks_at(settings, event)) is not None
    ]
    done = 0
    for event_id, due_at in due:
        if is_anybody_unasked(reading(), event_id, due_at):
            done += _ask_all(event_id, due_at, now)
    return done


def _ask_all(event_id: int, before: datetime, now: datetime) -> int:
    done = 0
    while not work.is_stopping():
        with transaction() as session:
            asked = actions.ask_batch(session, session.get_one(Event, event_id), before=before, now=now)
        done += asked
        if not asked:
            break
    return done


def free_silent(now: datetime) -> int:
    """Free the seats of those who did not say in time that they still come, where the organisers chose so."""
    done = 0
    for event_id in events_with_silent(reading(), now):
        while not work.is_stopping():
            with transaction() as session:
                freed = actions.free_silent(session, session.get_one(Event, event_id), now=now)
            done += freed
            if not freed:
                break
    return done


def carry_on_acts(now: datetime) -> int:
    """Go on with acts on many that a request left unfinished, each batch in a transaction of its own."""
    done = 0
    for number, actor in unfinished_acts(reading(), now):
        is_left = True
        while is_left and not work.is_stopping():
            with transaction(actor=actor) as session:
                is_left = bulk.carry_on(session, number, now=now)
            done += 1
    return done
