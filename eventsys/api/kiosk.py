"""The kiosk's own door: one code in, one first name out. It lists nothing, searches nothing, and counts who guesses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from eventsys.api.bearing import body, desk_asking, name_the_scheme, said
from eventsys.api.printing import job_asked_for
from eventsys.checkin import actions, forms
from eventsys.checkin.actions import kiosk
from eventsys.checkin.actions.kiosk import Arrival
from eventsys.checkin.actions.printing import ask_for_badge
from eventsys.checkin.errors import BodyMisread
from eventsys.checkin.models import JobState, Outcome
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import ENTRANCE
from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal

bp = Blueprint("kiosk_api", __name__, url_prefix="/api/v1/events/<slug>/checkin/kiosk")
bp.after_request(name_the_scheme)

# Short codes that named nobody, by one kiosk within ten minutes. Of 20,000 people a guess meets one in 1.7 million.
_MOST_GUESSES, _WITHIN = 20, 600


@bp.post("/look")
def look(slug: str) -> Response:
    """Whom a code names, for "Is this you?": first name and organisation, or a sentence that fits anybody's ears."""
    code, desk = _code(body()), desk_asking(reading(), slug, deed="serve")
    _count_guess(desk, code)
    with transaction(actor="device") as session:
        # The entrance of an event that nobody has scanned at yet.
        if ENTRANCE not in desk.places:
            actions.ensure_entrance(session, desk.event_id)
        desk = desk_asking(session, slug, deed="serve")
        greeting = kiosk.greet(session, desk, code, now=clock.now())
    if not greeting.is_welcome:
        return said({"welcome": False, "message": greeting.message})
    _forgive_guess(desk, code)
    person = {"first_name": greeting.first_name, "organisation": greeting.organisation}
    return said({"welcome": True, "person": person})


@bp.post("/arrive")
def arrive(slug: str) -> Response:
    """Check in whom the code names. `badge` tells whether it is being printed, waits at the desk, or is not due."""
    sent, now = body(), clock.now()
    code, scan_id, desk = _code(sent), forms.read_scan_id(sent), desk_asking(reading(), slug, deed="serve")
    _count_guess(desk, code)
    with transaction(actor="device") as session:
        desk = desk_asking(session, slug, deed="serve")
        arrival = kiosk.arrive(session, desk, code, scan_id=scan_id, now=now)
        badge = _ask_for_badge(session, desk, arrival, scan_id, now) if arrival.is_welcome else None
    if arrival.is_welcome:
        _forgive_guess(desk, code)
    outcome = _public(arrival.outcome)
    return said({"welcome": arrival.is_welcome, "outcome": outcome, "message": arrival.message, "badge": badge})


def _ask_for_badge(session: Session, desk: Desk, arrival: Arrival, request_id: str, now: datetime) -> str:
    """`printing`, or `badge_at_desk` where there is no printer, or no badge, or it was printed for an earlier arrival.

    Whatever is wrong with a printer keeps nobody out.
    """
    if desk.printer_id is None or arrival.registration_id is None or arrival.outcome != Outcome.ADMITTED:
        return "badge_at_desk"
    by = f"device:{desk.device_id}"
    try:
        ask_for_badge(session, desk, arrival.registration_id, request_id=request_id, now=now, by=by)
    except Refusal:
        return "badge_at_desk"
    return "printing"


@bp.get("/badge/<request_id>")
def badge(slug: str, request_id: str) -> Response:
    """What became of the badge of an arrival: `printing`, `printed` or `badge_at_desk`, and nothing of whose it is."""
    desk = desk_asking(reading(), slug, deed="serve")
    job = job_asked_for(reading(), desk, request_id)
    return said({"badge": _BADGES.get(JobState(job.state), "badge_at_desk")})


_BADGES = {JobState.QUEUED: "printing", JobState.SENDING: "printing", JobState.PRINTED: "printed"}


def _public(outcome: str) -> str:
    """The outcomes a kiosk tells apart; all others are a matter between the person and the desk."""
    return outcome if outcome in ("admitted", "already_in", "too_early", "too_late", "full") else "desk"


def _code(sent: Any) -> str:
    """Raises BodyMisread."""
    code = sent.get("code") if isinstance(sent, dict) else None
    if not isinstance(code, str) or not code.strip():
        raise BodyMisread
    return code


def _count_guess(desk: Desk, code: str) -> None:
    """Raises TooManyTries. What a QR holds is never refused: a prankster must not close the kiosk to everybody."""
    if kiosk.is_short(code):
        limits.take("kiosk", most=_MOST_GUESSES, seconds=_WITHIN, by=f"device {desk.device_id}")


def _forgive_guess(desk: Desk, code: str) -> None:
    if kiosk.is_short(code):
        limits.give_back("kiosk", seconds=_WITHIN, by=f"device {desk.device_id}")
