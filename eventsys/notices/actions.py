"""Telling everyone registered what happened to their event: once, in batches, to be continued after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import enqueue
from eventsys.notices.models import Notice
from eventsys.registration.models import ENDED, Registration

KINDS = ("event.moved", "event.cancelled")
# What nobody was told for so long is no news any more, and the search for it ends here.
STALE = timedelta(days=30)


def begin(session: Session, *, now: datetime) -> int:
    """Note each fact that nobody has been told about yet; only the newest of an event is told.

    Facts are found by the absence of their notice and not by a cursor: on PostgreSQL a smaller id may commit later.
    """
    facts = session.scalars(
        select(Fact)
        .where(
            Fact.kind.in_(KINDS),
            Fact.at > now - STALE,
            ~select(Notice.fact_id).where(Notice.fact_id == Fact.id).exists(),
        )
        .order_by(Fact.id)
        .limit(500)
    ).all()
    newest = {fact.event_id: fact.id for fact in facts}
    for fact in facts:
        if fact.event_id is None or session.get(Event, fact.event_id) is None:
            continue
        last = newest[fact.event_id]
        is_last = fact.id == last
        session.add(
            Notice(
                fact_id=fact.id,
                event_id=fact.event_id,
                begun_at=now,
                finished_at=None if is_last else now,
                told_by_id=None if is_last else last,
            )
        )
    session.flush()
    return len(facts)


def unfinished(session: Session) -> Sequence[int]:
    """The facts whose telling is not finished, oldest first."""
    return session.scalars(select(Notice.fact_id).where(Notice.finished_at.is_(None)).order_by(Notice.fact_id)).all()


def go_on(session: Session, fact_id: int, *, now: datetime, most: int = 200) -> int:
    """Tell the next `most` people of one fact; returns how many. The last call finishes the notice.

    Whoever registered after it happened knows it already; who has no address cannot be told.
    """
    notice = session.scalar(select(Notice).where(Notice.fact_id == fact_id).with_for_update())
    fact, event = session.get_one(Fact, fact_id), None
    if notice is None or notice.finished_at is not None:
        return 0
    event = session.get_one(Event, notice.event_id)
    people = _next(session, notice, fact, most) if event.ends_at > now else []
    for registration in people:
        enqueue(
            session,
            key=f"notice:{fact_id}:{registration.id}",
            maker=f"notices.{fact.kind.removeprefix('event.')}",
            arguments={"registration_id": registration.id, "fact_id": fact_id},
            due_at=now,
            event_id=event.id,
        )
    if people:
        notice.reached_id = people[-1].id
        notice.told += len(people)
    if len(people) < most:
        notice.finished_at = now
    session.flush()
    return len(people)


def _next(session: Session, notice: Notice, fact: Fact, most: int) -> Sequence[Registration]:
    return session.scalars(
        select(Registration)
        .where(
            Registration.event_id == notice.event_id,
            Registration.id > notice.reached_id,
            Registration.state.not_in(ENDED),
            Registration.email.is_not(None),
            Registration.registered_at <= fact.at,
        )
        .order_by(Registration.id)
        .limit(most)
    ).all()
