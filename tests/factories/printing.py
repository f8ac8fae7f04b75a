"""Printers, and badges on their way to them, for tests of printing."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from eventsys.checkin.actions.batches import note_batch
from eventsys.checkin.actions.printing import ask_for_badge
from eventsys.checkin.models import Printer, PrintJob
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import Registration


def make_printer(address: str, *, name: str = "Desk printer", kind: str = "ipp", **values: Any) -> Printer:
    """A printer of the installation."""
    with transaction() as session:
        printer = Printer(name=name, kind=kind, address=address, created_at=clock.now(), **values)
        session.add(printer)
    return printer


def ask(event: Event, registration_id: int, printer: Printer, **values: Any) -> PrintJob:
    """Have a badge printed there, as the desk does."""
    values.setdefault("request_id", str(uuid.uuid4()))
    with transaction() as session:
        return ask_for_badge(
            session, event, registration_id, printer_id=printer.id, now=clock.now(), by="device:1", **values
        )


def make_prints(event: Event) -> dict[str, str]:
    """Two printers, badges in every state, and a batch printed before somebody's name was corrected."""
    first = make_printer("ipp://192.0.2.20/printers/badges", name="Foyer left")
    second = make_printer("192.0.2.21:9100", name="Registration desk 2", kind="zpl")
    make_printer("192.0.2.22:9100", name="Old one", kind="zpl", retired_at=clock.now())
    with transaction() as session:
        is_coming = (Registration.state == "confirmed") & (Registration.mode == "onsite")
        ours = select(Registration).where(Registration.event_id == event.id, is_coming).order_by(Registration.id)
        people = list(session.scalars(ours.limit(2)))
    states: dict[str, dict[str, Any]] = {
        "queued": {},
        "sending": {"error": "media-empty", "handed_at": clock.now()},
        "printed": {"finished_at": clock.now()},
        "failed": {"error": "unreachable", "finished_at": clock.now()},
        "cancelled": {"finished_at": clock.now()},
    }
    for position, (state, values) in enumerate(states.items()):
        job = ask(event, people[position % len(people)].id, second if state == "failed" else first)
        with transaction() as session:
            found = session.get_one(PrintJob, job.id)
            for name, value in {"state": state, **values}.items():
                setattr(found, name, value)
    with transaction(actor="user:1") as session:
        drawn = [(people[0].id, "0" * 32)]
        note_batch(session, event.id, drawn, layout="a6", design_id=None, order="name", is_only_new=False,
                   now=clock.now(), by="user:1")  # fmt: skip
    return {"printer": str(first.id)}
