"""What the clock erases of an event: first answers whose day has come, then the people, then what speaks of them.

One transaction does some hundred rows and writes into the run how far it came. Whoever is killed leaves a run that
the next worker goes on with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.mailing.models import OutboxMessage
from eventsys.privacy import queries, rules
from eventsys.privacy.actions.erasing import Span, erase, erase_answers
from eventsys.privacy.models import RetentionRun
from eventsys.registration.models import Answer, BulkAct, Delegation, Registration, SavedView
from eventsys.registration.queries import settings_of

BATCH = 500
_ANSWERS_A_BATCH = 1000
_MAILS_A_BATCH = 2000


def begin(session: Session, event_id: int, *, now: datetime) -> int:
    """The run of this event that goes on, begun when there is none; returns its id."""
    # Two workers that look at the same moment share one run.
    session.execute(select(Event.id).where(Event.id == event_id).with_for_update())
    going = select(RetentionRun).where(RetentionRun.event_id == event_id, RetentionRun.finished_at.is_(None))
    run = session.scalar(going.order_by(RetentionRun.id))
    if run is None:
        run = RetentionRun(event_id=event_id, begun_at=now, counts={})
        session.add(run)
        session.flush()
    return run.id


def go_on(session: Session, run_id: int, *, now: datetime, most: int = BATCH) -> int:
    """Erase the next batch; returns how many rows it was. The call that finds nothing finishes the run."""
    run = session.scalar(select(RetentionRun).where(RetentionRun.id == run_id).with_for_update())
    if run is None or run.finished_at is not None:
        return 0
    event = session.get_one(Event, run.event_id)
    keep_days = settings_of(session, event.id).keep_days
    ends_at = rules.people_end_at(event, keep_days)
    done = _answers(session, event, keep_days, now=now)
    if not done and ends_at is not None and ends_at <= now:
        done = _people(session, event, run, most, now=now) or _traces(session, event)
    run.counts = _added(run.counts, done)
    if not done:
        _finish(session, run, now=now)
    session.flush()
    return sum(done.values())


def _answers(session: Session, event: Event, keep_days: int | None, *, now: datetime) -> dict[str, int]:
    due = queries.due_questions(session, event, keep_days, now)
    if not due:
        return {}
    some = session.scalars(select(Answer.id).where(Answer.question_id.in_(due)).limit(_ANSWERS_A_BATCH)).all()
    answers, files = erase_answers(session, event.id, Answer.id.in_(some)) if some else (0, 0)
    return _counted(answers=answers, files=files)


def _people(session: Session, event: Event, run: RetentionRun, most: int, *, now: datetime) -> dict[str, int]:
    ids = _next_people(session, event.id, run.counts.get("reached_id", 0), most)
    if not ids:
        # Somebody may have been brought in from a list behind the place the run had reached.
        ids = _next_people(session, event.id, 0, most)
    if not ids:
        return {}
    counts = erase(session, Span(event.id, ids[0], ids[-1]), actor="system", now=now)
    run.counts = run.counts | {"reached_id": ids[-1]}
    return _counted(**counts)


def _next_people(session: Session, event_id: int, after: int, most: int) -> Sequence[int]:
    kept = (Registration.event_id == event_id, Registration.id > after, Registration.erased_at.is_(None))
    return session.scalars(select(Registration.id).where(*kept).order_by(Registration.id).limit(most)).all()


def _traces(session: Session, event: Event) -> dict[str, int]:
    """What spoke of people beside their own rows: mails, acts that could be undone, searches, names of groups."""
    about_people = or_(OutboxMessage.maker.startswith("registration."), OutboxMessage.maker.startswith("notices."))
    some = select(OutboxMessage.id).where(OutboxMessage.event_id == event.id, about_people).limit(_MAILS_A_BATCH)
    mails = _rows(session, delete(OutboxMessage).where(OutboxMessage.id.in_(some.scalar_subquery())))
    _rows(session, update(BulkAct).where(BulkAct.event_id == event.id).values(before={}))
    _rows(session, delete(SavedView).where(SavedView.event_id == event.id))
    _rows(session, delete(Delegation).where(Delegation.event_id == event.id))
    return _counted(mails=mails)


def _rows(session: Session, statement: object) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    return max(0, int(getattr(done, "rowcount", 0)))


def _counted(**counts: int) -> dict[str, int]:
    return {what: number for what, number in counts.items() if number}


def _added(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return counts | {what: counts.get(what, 0) + number for what, number in more.items()}


def _finish(session: Session, run: RetentionRun, *, now: datetime) -> None:
    run.finished_at = now
    counts = {what: number for what, number in run.counts.items() if what != "reached_id"}
    record(
        session,
        "privacy.retained",
        at=now,
        subject="event",
        subject_id=run.event_id,
        event_id=run.event_id,
        actor="system",
        **counts,
    )
