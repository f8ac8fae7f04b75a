"""The printers of the installation: added, changed, taken out of use and back into it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from eventsys.checkin.models import JobState, Printer, PrintJob
from eventsys.checkin.queries.printing import OPEN, OVER_HERE
from eventsys.checkin.rules.printing import read_address
from eventsys.kernel import facts
from eventsys.kernel.text import clean_line

USUAL_DPI = 203


def add_printer(session: Session, *, name: str, kind: str, address: str, dpi: int, now: datetime) -> Printer:
    """One more printer for all events. Raises PrinterAddressMisread."""
    read_address(kind, address)
    printer = Printer(name=clean_line(name), kind=kind, address=address.strip(), dpi=dpi, created_at=now)
    session.add(printer)
    session.flush()
    _record(session, "checkin.printer_added", printer, now)
    return printer


def change_printer(
    session: Session, printer: Printer, *, name: str, kind: str, address: str, dpi: int, now: datetime
) -> None:
    """Another name or address. Raises PrinterAddressMisread.

    What lies in the queue of the old address cannot be followed any more, and is said to be lost from sight.
    """
    read_address(kind, address)
    if (printer.kind, printer.address) != (kind, address.strip()):
        _lose_sight(session, printer, now)
    printer.name, printer.kind, printer.address, printer.dpi = clean_line(name), kind, address.strip(), dpi
    session.flush()
    _record(session, "checkin.printer_changed", printer, now)


def _lose_sight(session: Session, printer: Printer, now: datetime) -> None:
    lies_there = (PrintJob.printer_id == printer.id) & PrintJob.remote_id.is_not(None)
    gone = update(PrintJob).where(lies_there, PrintJob.state.in_(OVER_HERE))
    session.execute(gone.values(remote_id=None), execution_options={"synchronize_session": False})
    lost = update(PrintJob).where(lies_there, PrintJob.state.in_(OPEN))
    values = {
        "state": JobState.FAILED, "error": "readdressed", "finished_at": now, "leased_until": None, "remote_id": None,
    }  # fmt: skip
    session.execute(lost.values(values), execution_options={"synchronize_session": False})


def retire_printer(session: Session, printer: Printer, *, now: datetime) -> None:
    """It takes no new badges; those that wait for it fail and can be moved elsewhere."""
    if printer.retired_at is None:
        printer.retired_at = now
        waits = update(PrintJob).where(
            PrintJob.printer_id == printer.id, PrintJob.state == JobState.QUEUED, PrintJob.leased_until.is_(None)
        )
        values = {"state": JobState.FAILED, "error": "retired", "finished_at": now}
        session.execute(waits.values(values), execution_options={"synchronize_session": False})
        session.flush()
        _record(session, "checkin.printer_retired", printer, now)


def restore_printer(session: Session, printer: Printer, *, now: datetime) -> None:
    """It takes badges again."""
    if printer.retired_at is not None:
        printer.retired_at = None
        session.flush()
        _record(session, "checkin.printer_restored", printer, now)


def _record(session: Session, kind: str, printer: Printer, now: datetime) -> None:
    facts.record(session, kind, at=now, subject="printer", subject_id=printer.id, name=printer.name)
