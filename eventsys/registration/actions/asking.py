"""Asking people again whether they come: each on site once, and who stays silent may lose the seat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.registration import queries, rules
from eventsys.registration.actions.leaving import cancel, leave
from eventsys.registration.actions.pools import hold_all, hold_of
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.models import Coming, Registration, State
from eventsys.registration.queries.coming import silent, unasked
from eventsys.registration.rules.coming import answer_until

A_BATCH = 200


def ask_batch(session: Session, event: Event, *, before: datetime, now: datetime) -> int:
    """Ask some of those who registered before an instant and were not asked yet; how many, 0 when all are.

    Whoever is asked is marked in the transaction that writes the letter, so that to go on after a crash asks nobody
    twice.
    """
    rules.refuse_unless_running(event, now)
    until = answer_until(queries.settings_of(session, event.id), event, now)
    query = unasked(event.id, before).order_by(Registration.id).limit(A_BATCH)
    chosen = session.scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()
    for registration in chosen:
        registration.coming, registration.coming_until = Coming.ASKED, until
        registration.updated_at = now
        note_fact(session, registration, "asked_again", now=now, until=until.isoformat())
        tell(session, registration, "still_coming", now=now)
    session.flush()
    return len(chosen)


def note_asking(session: Session, event: Event, *, now: datetime) -> None:
    """One line for the event: its people were asked."""
    record(session, "coming.asked", at=now, subject="event", subject_id=event.id, event_id=event.id)


def answer_coming(session: Session, registration: Registration, *, comes: bool, now: datetime) -> None:
    """Keep the answer; a no gives the seat to the next in line. Raises NotPossibleNow, EventOver, EventCancelled."""
    # The pools first, as everywhere: who holds a row and then waits for a pool may wait for ever.
    hold_of(session, registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    if registration.coming == Coming.UNASKED:
        raise NotPossibleNow
    registration.coming = Coming.YES if comes else Coming.NO
    registration.coming_until = None
    registration.updated_at = now
    note_fact(session, registration, "still_comes" if comes else "comes_no_more", now=now)
    if not comes:
        cancel(session, registration, now=now)


def free_silent(session: Session, event: Event, *, now: datetime) -> int:
    """Free the seats of some who did not answer in time; how many, 0 when there is nobody left."""
    held = hold_all(session, event)
    due: Sequence[Registration] = session.scalars(
        silent(event.id, now)
        .order_by(Registration.coming_until, Registration.id)
        .limit(A_BATCH)
        .execution_options(populate_existing=True)
    ).all()
    for registration in due:
        leave(session, registration, held, State.CANCELLED, now=now)
        note_fact(session, registration, "let_go", now=now, actor="system")
        tell(session, registration, "let_go", now=now)
    return len(due)
