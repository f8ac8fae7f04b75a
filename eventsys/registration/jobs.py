"""What the clock does to registrations: offers expire, stray free seats are given away."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from eventsys.events.models import Event
from eventsys.kernel import work
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions, files, queries
from eventsys.registration.actions import bulk, dealing_out
from eventsys.registration.models import Breakout, Registration
from eventsys.registration.queries import dealt as outcomes
from eventsys.registration.queries import invited as invited_queries
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


# How often a long run writes down how far it is.
_SAY_EVERY = 1.0


class _Unwanted(Exception):
    """Ends a long run that nobody waits for any more, or that the worker has no time left for."""


def deal_breakouts(now: datetime) -> int:
    """Calculate the runs of large rounds before anything is locked; deal those that were looked at and confirmed."""
    done = 0
    for number in outcomes.runs_due(reading()):
        run = outcomes.run_of(reading(), number)
        if run.get("state") == "calculating":
            done += _calculate(number, run["seed"])
        elif run.get("state") == "confirmed":
            done += _deal(number, run, now)
    return done


def _calculate(number: int, seed: str) -> int:
    said_at = 0.0

    def say(count: int, of: int) -> None:
        nonlocal said_at
        if work.is_stopping():
            raise _Unwanted
        if time.monotonic() - said_at < _SAY_EVERY:
            return
        said_at = time.monotonic()
        with transaction() as session:
            known = session.get(Breakout, number)
            if known is None or not dealing_out.note_progress(session, known, seed, done=count, of=of):
                raise _Unwanted

    try:
        run = dealing_out.calculate(reading(), reading().get_one(Breakout, number), seed, noticed=say)
    except _Unwanted:
        return 0
    with transaction() as session:
        known = session.get(Breakout, number)
        return int(known is not None and dealing_out.keep_run(session, known, run))


def _deal(number: int, run: dict[str, Any], now: datetime) -> int:
    try:
        with transaction(actor=run["by"]) as session:
            known = session.get_one(Breakout, number)
            dealing_out.carry_out(session, known, run["seed"], run["digest"], actor=run["by"], now=now)
    except Refusal as refusal:
        with transaction() as session:
            dealing_out.fail_run(session, session.get_one(Breakout, number), refusal.code)
    return 1


def remind_invited(now: datetime) -> int:
    """Remind people of invitations that end soon, each deadline once."""
    if not invited_queries.invited_to_remind(reading(), now):
        return 0
    with transaction() as session:
        return actions.remind_invited(session, invited_queries.invited_to_remind(session, now), now=now)


def remove_orphans(now: datetime) -> int:
    """Remove files that were sent as answers and that no answer names any more."""
    return files.remove_orphans(reading(), now=now)
