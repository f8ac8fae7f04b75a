"""Printers and the badges on their way to them: who may have one, what waits, what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from eventsys.checkin.errors import PrinterMissing, PrinterRetired, PrinterUnknown, PrintJobUnknown
from eventsys.checkin.models import JobState, Printer, PrintJob
from eventsys.registration.models import Mode, Registration, State, Ticket

OPEN = (JobState.QUEUED, JobState.SENDING)
# What nobody waits for any more may still lie in a printer's queue.
OVER_HERE = (JobState.CANCELLED, JobState.FAILED)


def printers(session: Session, *, with_retired: bool = False) -> list[Printer]:
    """The printers of this installation, by name; retired ones last."""
    query = select(Printer).order_by(Printer.retired_at.is_not(None), Printer.name, Printer.id)
    return list(session.scalars(query if with_retired else query.where(Printer.retired_at.is_(None))))


def printer_of(session: Session, number: int) -> Printer:
    """A printer by its number; raises PrinterUnknown."""
    found = session.get(Printer, number)
    if found is None:
        raise PrinterUnknown
    return found


def printer_to_use(session: Session, number: int | None) -> Printer:
    """A printer that takes badges. Raises PrinterMissing, PrinterUnknown and PrinterRetired."""
    if number is None:
        raise PrinterMissing(field="printer")
    found = printer_of(session, number)
    if found.retired_at is not None:
        raise PrinterRetired(printer=found.name, field="printer")
    return found


def waiting_at(session: Session) -> dict[int, int]:
    """How many badges of all events wait at each printer: the one thing that events learn of one another."""
    query = select(PrintJob.printer_id, func.count()).where(PrintJob.state.in_(OPEN)).group_by(PrintJob.printer_id)
    found: dict[int, int] = dict(session.execute(query).all())
    return found


def waiting_before(session: Session, job: PrintJob) -> int:
    """How many badges of all events are before this one at its printer."""
    is_before = or_(
        PrintJob.created_at < job.created_at, and_(PrintJob.created_at == job.created_at, PrintJob.id < job.id)
    )
    query = select(func.count()).where(PrintJob.printer_id == job.printer_id, PrintJob.state.in_(OPEN), is_before)
    return session.scalar(query) or 0


def may_have_badge(registration: Registration) -> bool:
    """Whether a badge is printed for this person: whoever is confirmed on site."""
    return registration.state == State.CONFIRMED and registration.mode == Mode.ONSITE


def current_ticket(session: Session, registration_id: int) -> Ticket | None:
    """The ticket whose code is valid."""
    return session.scalar(select(Ticket).where(Ticket.registration_id == registration_id, Ticket.replaced_at.is_(None)))


def find_by_request(session: Session, event_id: int, request_id: str) -> PrintJob | None:
    """The job that was asked for under this id."""
    return session.scalar(select(PrintJob).where(PrintJob.event_id == event_id, PrintJob.request_id == request_id))


def job_of(session: Session, event_id: int, number: int, *, is_to_change: bool = False) -> PrintJob:
    """A job of this event; raises PrintJobUnknown. One to change is held until the caller commits."""
    query = select(PrintJob).where(PrintJob.event_id == event_id, PrintJob.id == number)
    found = session.scalar(query.with_for_update() if is_to_change else query)
    if found is None:
        raise PrintJobUnknown
    return found


def jobs_of(event_id: int, *, states: Iterable[str] = ()) -> Select[PrintJob]:
    """The jobs of an event, the newest first, with the person and the printer; of some states when they are given."""
    query = (
        select(PrintJob)
        .join(PrintJob.registration)
        .where(PrintJob.event_id == event_id)
        .options(contains_eager(PrintJob.registration), joinedload(PrintJob.printer))
        .order_by(PrintJob.created_at.desc(), PrintJob.id.desc())
    )
    wanted = list(states)
    return query.where(PrintJob.state.in_(wanted)) if wanted else query


def counts_of(session: Session, event_id: int) -> dict[str, int]:
    """How many jobs of an event are in each state."""
    query = select(PrintJob.state, func.count()).where(PrintJob.event_id == event_id).group_by(PrintJob.state)
    found: dict[str, int] = dict(session.execute(query).all())
    return {state.value: found.get(state, 0) for state in JobState}


@dataclass(frozen=True)
class Mark:
    """How far an event's jobs are: while it stays the same, nothing on their page has changed."""

    newest: int
    open: int
    failed: int
    finished_at: datetime | None

    def __str__(self) -> str:
        return f"{self.newest}-{self.open}-{self.failed}-{self.finished_at.isoformat() if self.finished_at else ''}"


def is_due(now: datetime, *, except_at: Collection[int] = ()) -> Select[PrintJob]:
    """The jobs that a worker may take: to be sent, to be looked after, or to be taken out of a queue; none of the
    printers `except_at`."""
    is_free = or_(PrintJob.leased_until.is_(None), PrintJob.leased_until <= now)
    is_left_there = and_(PrintJob.state.in_(OVER_HERE), PrintJob.remote_id.is_not(None))
    query = select(PrintJob).where(or_(PrintJob.state.in_(OPEN), is_left_there), PrintJob.due_at <= now, is_free)
    if except_at:
        query = query.where(PrintJob.printer_id.not_in(sorted(except_at)))
    return query.order_by(PrintJob.due_at, PrintJob.id)


def is_any_due(session: Session, *, now: datetime, except_at: Collection[int] = ()) -> bool:
    """Whether a worker has anything to do."""
    due = is_due(now, except_at=except_at).with_only_columns(PrintJob.id).order_by(None)
    return session.scalar(due.limit(1)) is not None
