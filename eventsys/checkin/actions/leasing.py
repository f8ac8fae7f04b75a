"""Print jobs in the hands of a worker: taken so that no other takes them, and noted as they fare."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from eventsys.checkin.models import BadgePrint, JobState, PrintJob
from eventsys.checkin.queries import printing as queries
from eventsys.checkin.rules import printing as rules


@dataclass(frozen=True)
class Held:
    """A job that this worker holds until `until`, which is also how it proves that it still does."""

    id: int
    event_id: int
    request_id: str
    registration_id: int
    design_key: str | None
    printer_id: int
    kind: str
    address: str
    dpi: int
    is_retired: bool
    state: str
    tries: int
    remote_id: int | None
    handed_at: datetime | None
    face_hash: str
    created_at: datetime
    finished_at: datetime | None
    until: datetime

    @property
    def is_over(self) -> bool:
        """Whether nobody wants it any more, and it is only to be taken out of the printer's queue."""
        return self.state in queries.OVER_HERE

    @property
    def is_tried(self) -> bool:
        """Whether this is one of its tries to reach the printer."""
        return not self.is_over and self.handed_at is None


def hold_due(session: Session, *, now: datetime, most: int, except_at: Collection[int] = ()) -> list[Held]:
    """Take the longest due jobs, so that no other worker takes them before the lease ends; none of the printers
    `except_at`.

    On PostgreSQL rows that another worker is just taking are passed over; on SQLite the writing transaction is alone.
    """
    until = now + rules.LEASE
    due = session.scalars(
        queries.is_due(now, except_at=except_at)
        .options(joinedload(PrintJob.printer), joinedload(PrintJob.design))
        .limit(most)
        .with_for_update(of=PrintJob, skip_locked=True)
    ).all()
    return [_held(job, until) for job in due]


def _held(job: PrintJob, until: datetime) -> Held:
    job.leased_until = until
    if job.state == JobState.QUEUED:
        job.state = JobState.SENDING
    held = Held(
        id=job.id,
        event_id=job.event_id,
        request_id=job.request_id,
        registration_id=job.registration_id,
        design_key=job.design.key if job.design else None,
        printer_id=job.printer_id,
        kind=job.printer.kind,
        address=job.printer.address,
        dpi=job.printer.dpi,
        is_retired=job.printer.retired_at is not None,
        state=job.state,
        # Counted when it begins: a badge that kills its worker is given up in the end too.
        tries=job.tries + (job.state == JobState.SENDING and job.handed_at is None),
        remote_id=job.remote_id,
        handed_at=job.handed_at,
        face_hash=job.face_hash,
        created_at=job.created_at,
        finished_at=job.finished_at,
        until=until,
    )
    job.tries = held.tries
    return held


def let_go(session: Session, held: Sequence[Held]) -> None:
    """Give back what was taken and not begun: any worker may take it at once."""
    for one in held:
        _change(session, one, leased_until=None, tries=one.tries - one.is_tried)


def note_begun(session: Session, held: Held, *, remote_id: int, face_hash: str) -> bool:
    """A print queue has made a job for the badge and has nothing of it yet. False when it is not wanted any more."""
    _change(session, held, remote_id=remote_id, face_hash=face_hash)
    mine = (PrintJob.id == held.id) & (PrintJob.leased_until == held.until) & (PrintJob.state == JobState.SENDING)
    is_wanted = session.scalar(select(PrintJob.id).where(mine)) is not None
    if not is_wanted:
        _change(session, held, leased_until=None)
    return is_wanted


def note_taken(
    session: Session, held: Held, *, remote_id: int, face_hash: str, now: datetime, look_at: datetime
) -> None:
    """A print queue has the badge: its number there is kept, and the badge is noted. Somebody who cancelled it
    meanwhile has the worker take it out again."""
    is_held = _change(
        session, held, remote_id=remote_id, handed_at=now, face_hash=face_hash, due_at=look_at, leased_until=None,
        error="",
    )  # fmt: skip
    if is_held:
        _note_print(session, held, face_hash, now)


def note_look(session: Session, held: Held, *, error: str, look_at: datetime) -> None:
    """It still waits in the queue; `error` is the code of what keeps the printer from it."""
    _change(session, held, due_at=look_at, leased_until=None, error=error)


def mark_printed(session: Session, held: Held, *, face_hash: str | None, now: datetime) -> bool:
    """The badge came out. `face_hash` None: it was noted when the queue took it. False when another worker holds it."""
    is_held = _change(session, held, state=JobState.PRINTED, finished_at=now, leased_until=None, error="")
    if is_held and face_hash is not None:
        _note_print(session, held, face_hash, now)
    return is_held


def mark_failed(
    session: Session, held: Held, *, error: str, now: datetime, is_final: bool, is_gone_there: bool = False
) -> None:
    """Try again after a pause that grows, or give up; `error` is a code of `printing.trouble`.

    What may still lie in the printer's queue is taken out of it later, unless it `is_gone_there`.
    """
    pause = None if is_final else rules.pause_after(held.tries)
    if pause is not None:
        _change(session, held, due_at=now + pause, leased_until=None, error=error, is_open=True)
        return
    left_there = None if is_gone_there else PrintJob.remote_id
    _change(
        session, held, state=JobState.FAILED, finished_at=now, due_at=now, leased_until=None, error=error,
        remote_id=left_there, is_open=True,
    )  # fmt: skip
    forget_print(session, held.id)


def mark_unwanted(session: Session, held: Held, *, error: str, now: datetime) -> None:
    """It is not wanted any more before it was handed over."""
    _change(session, held, state=JobState.CANCELLED, finished_at=now, due_at=now, leased_until=None, error=error)


def put_off(session: Session, held: Held, *, until: datetime) -> None:
    """It is still to be taken out of the printer's queue; what is said of it stays."""
    _change(session, held, due_at=until, leased_until=None)


def note_withdrawn(session: Session, held: Held) -> None:
    """It was taken out of the printer's queue, or nobody can be asked to do so any more."""
    if _change(session, held, remote_id=None, leased_until=None):
        forget_print(session, held.id)


def forget_print(session: Session, job_id: int) -> None:
    """The badge of a job counts as printed no more."""
    session.execute(delete(BadgePrint).where(BadgePrint.job_id == job_id))


def _note_print(session: Session, held: Held, face_hash: str, now: datetime) -> None:
    noted = BadgePrint(
        event_id=held.event_id, registration_id=held.registration_id, job_id=held.id, face_hash=face_hash,
        printed_at=now,
    )  # fmt: skip
    session.add(noted)
    session.flush()


def _change(session: Session, held: Held, *, is_open: bool = False, **values: Any) -> bool:
    """Change the row where this worker still holds it, and, if asked, where nobody has cancelled it."""
    mine = update(PrintJob).where(PrintJob.id == held.id, PrintJob.leased_until == held.until)
    if is_open:
        mine = mine.where(PrintJob.state == JobState.SENDING)
    changed = session.execute(mine.values(**values), execution_options={"synchronize_session": False})
    return bool(getattr(changed, "rowcount", 0))
