"""Badges for devices: one asked for at a printer, what became of it, and one as a PDF for the browser's own print."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from eventsys.api.bearing import body, desk_asking, name_the_scheme, said
from eventsys.checkin.actions.printing import ask_for_badge
from eventsys.checkin.errors import BadgeUnprintable, PrintJobUnknown, RequestMisread
from eventsys.checkin.models import PrintJob
from eventsys.checkin.printing.drawing import badge_of
from eventsys.checkin.printing.wording import job_in_words
from eventsys.checkin.queries import printing as queries
from eventsys.checkin.queries.gate import Desk
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction

bp = Blueprint("printing_api", __name__, url_prefix="/api/v1")
bp.after_request(name_the_scheme)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,35}")
_MOST = 2**31


@bp.get("/events/<slug>/checkin/printers")
def printers(slug: str) -> Response:
    """The printers that this device may choose from, its own one named, each with how many badges wait there."""
    session = reading()
    desk = desk_asking(session, slug, deed="print")
    waiting = queries.waiting_at(session)
    found = [{"id": one.id, "name": one.name, "waiting": waiting.get(one.id, 0)} for one in queries.printers(session)]
    return said({"printers": found, "own": desk.printer_id})


@bp.post("/events/<slug>/checkin/print")
def ask(slug: str) -> Response:
    """Have one badge printed; the same request id again gives the same job, and prints nothing more."""
    registration_id, request_id, printer_id = _asked(body())
    with transaction(actor="device") as session:
        desk = desk_asking(session, slug, deed="print")
        job = ask_for_badge(
            session, desk, registration_id, request_id=request_id, printer_id=printer_id, now=clock.now(),
            by=f"device:{desk.device_id}",
        )  # fmt: skip
        answer = told(session, job)
    return said(answer)


@bp.get("/events/<slug>/checkin/print/<request_id>")
def asked(slug: str, request_id: str) -> Response:
    """What became of a badge that was asked for."""
    desk = desk_asking(reading(), slug, deed="print")
    return said(told(reading(), job_asked_for(reading(), desk, request_id)))


@bp.get("/events/<slug>/checkin/badge/<int:registration>.pdf")
def badge(slug: str, registration: int) -> Response:
    """One badge as a PDF of the design's exact size, for the browser's own print."""
    desk = desk_asking(reading(), slug, deed="print")
    return badge_answer(reading(), desk.event_id, registration)


def told(session: Session, job: PrintJob) -> dict[str, Any]:
    """A job as devices read it: its state, and a sentence for whoever waits for the badge."""
    before = queries.waiting_before(session, job) if job.state in queries.OPEN else 0
    return {
        "request_id": job.request_id,
        "registration": job.registration_id,
        "state": job.state,
        "printer": {"id": job.printer.id, "name": job.printer.name},
        "waiting_before": before,
        "message": job_in_words(job, before),
    }


def job_asked_for(session: Session, desk: Desk, request_id: str) -> PrintJob:
    """The job of this desk's event under a request id; raises PrintJobUnknown."""
    job = queries.find_by_request(session, desk.event_id, request_id) if _ID.fullmatch(request_id) else None
    if job is None:
        raise PrintJobUnknown
    return job


def badge_answer(session: Session, event_id: int, registration_id: int) -> Response:
    """The PDF of one badge, which no cache keeps; raises BadgeUnprintable for whoever gets none."""
    badge = badge_of(session, event_id, registration_id, None) if registration_id < _MOST else None
    if badge is None:
        raise BadgeUnprintable(name=registration_id)
    response = Response(badge.pdf(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="badge-{registration_id}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(sent: Any) -> tuple[int, str, int | None]:
    """The person, the request's id, and the printer if one is named; raises RequestMisread."""
    wanted = sent if isinstance(sent, dict) else {}
    registration_id, printer_id = _number(wanted.get("registration")), _number(wanted.get("printer"))
    request_id = wanted.get("request_id")
    if registration_id is None or (printer_id is None and wanted.get("printer") is not None):
        raise RequestMisread
    if not isinstance(request_id, str) or not _ID.fullmatch(request_id):
        raise RequestMisread
    return registration_id, request_id, printer_id


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST
    return value if is_number else None
