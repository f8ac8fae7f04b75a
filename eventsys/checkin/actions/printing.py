"""One badge for one printer, as people have it: asked for, asked for again, cancelled, sent elsewhere."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.checkin.actions.leasing import forget_print
from eventsys.checkin.errors import BadgeUnprintable, PrintJobOver, RequestTaken
from eventsys.checkin.models import JobState, Printer, PrintJob
from eventsys.checkin.queries import printing as queries
from eventsys.checkin.queries.gate import Desk
from eventsys.events.models import Event
from eventsys.registration.errors import RegistrationUnknown
from eventsys.registration.models import Registration

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_OVER = (JobState.PRINTED, JobState.FAILED, JobState.CANCELLED)


def ask_for_badge(
    session: Session,
    at: Desk | Event,
    registration_id: int,
    *,
    request_id: str,
    now: datetime,
    by: str,
    printer_id: int | None = None,
    design_id: int | None = None,
) -> PrintJob:
    """Have a badge printed, on the printer that is named or on the desk's own.

    `request_id` (up to 36 characters) is made by who asks: asking again under it gives the same job and prints nothing
    more. `by` is the actor. Raises RegistrationUnknown, BadgeUnprintable, PrinterMissing, PrinterUnknown,
    PrinterRetired and RequestTaken.
    """
    event_id = at.event_id if isinstance(at, Desk) else at.id
    before = queries.find_by_request(session, event_id, request_id)
    if before is None:
        registration = session.get(Registration, registration_id)
        if registration is None or registration.event_id != event_id:
            raise RegistrationUnknown
        if not queries.may_have_badge(registration) or queries.current_ticket(session, registration_id) is None:
            raise BadgeUnprintable(name=registration.name)
        printer = queries.printer_to_use(session, printer_id or (at.printer_id if isinstance(at, Desk) else None))
        _add(
            session, event_id=event_id, registration_id=registration_id, printer_id=printer.id, design_id=design_id,
            request_id=request_id, now=now, by=by,
        )  # fmt: skip
    job = before or queries.find_by_request(session, event_id, request_id)
    if job is None or job.registration_id != registration_id:
        raise RequestTaken
    return job


def _add(session: Session, *, now: datetime, by: str, **values: Any) -> None:
    """Two who ask at one moment under one id make one job."""
    insert = _INSERTS[session.get_bind().dialect.name]
    values |= {"state": JobState.QUEUED, "tries": 0, "due_at": now, "error": "", "created_at": now, "created_by": by}
    values["face_hash"] = ""
    statement = insert(PrintJob).values(values).on_conflict_do_nothing(index_elements=["event_id", "request_id"])
    session.execute(statement)


def print_again(session: Session, job: PrintJob, *, now: datetime, by: str) -> PrintJob:
    """The same badge once more, as the person is called now, whatever became of the first."""
    registration, printer = job.registration, queries.printer_to_use(session, job.printer_id)
    if not queries.may_have_badge(registration):
        raise BadgeUnprintable(name=registration.name)
    again = _copy(job, printer, request_id=str(uuid.uuid4()), now=now, by=by)
    session.add(again)
    session.flush()
    return again


def cancel_job(session: Session, job: PrintJob, *, now: datetime) -> None:
    """Print it no more. What lies in a printer's queue already is taken out of it by the worker. Raises
    PrintJobOver."""
    if job.state in _OVER:
        raise PrintJobOver
    job.state, job.finished_at, job.error, job.due_at = JobState.CANCELLED, now, "", now
    forget_print(session, job.id)
    session.flush()


def move_job(session: Session, job: PrintJob, printer_id: int, *, now: datetime, by: str) -> PrintJob:
    """Have it printed elsewhere; whoever asked for it goes on asking under the same request id. Raises PrintJobOver
    for what is printed."""
    printer = queries.printer_to_use(session, printer_id)
    if job.state == JobState.PRINTED:
        raise PrintJobOver
    if job.state not in _OVER:
        cancel_job(session, job, now=now)
    request_id, job.request_id = job.request_id, str(uuid.uuid4())
    session.flush()
    elsewhere = _copy(job, printer, request_id=request_id, now=now, by=by)
    session.add(elsewhere)
    session.flush()
    return elsewhere


def _copy(job: PrintJob, printer: Printer, *, request_id: str, now: datetime, by: str) -> PrintJob:
    return PrintJob(
        event_id=job.event_id,
        request_id=request_id,
        registration_id=job.registration_id,
        printer_id=printer.id,
        design_id=job.design_id,
        repeats_id=job.id,
        due_at=now,
        created_at=now,
        created_by=by,
    )
