"""People who were refused at a door and sent to the desk: what stands against them is put right, with a reason.

Nobody is let in past the rules. What they stand on (state, way, day, session) is changed where a seat is free, by the
actions that organisers use, and the next scan is judged like any other.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.checkin.actions.desk import HELPED, Deed, found_done, note_help, refuse_without_seat
from eventsys.checkin.errors import ReasonMissing
from eventsys.checkin.queries.desk import find_scan
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules.desk import Remedy
from eventsys.kernel import facts
from eventsys.kernel.text import clean_line
from eventsys.registration import actions, queries
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.models import Mode, Registration, SeatState
from eventsys.registration.queries import registration_of_event

CLOSED = "checkin.exception_closed"
_LONGEST_REASON = 300


def solve(
    session: Session, desk: Desk, number: int, remedy: Remedy, reason: str, deed: Deed, *, point: str
) -> Registration:
    """Put right what refused this person at `point`; they are not let in by it, the next scan lets them in.

    Raises ReasonMissing, NoSeatAtTheDoor, SeatsGone, NotPossibleNow, EventOver and EventCancelled; then nothing has
    changed.
    """
    reason = _reason(reason)
    registration = registration_of_event(session, desk.event_id, number)
    if found_done(session, desk, deed) is None:
        _WAYS[remedy](session, desk, registration, deed, point)
        note_help(session, registration, deed, "solved", how=remedy.value, reason=reason, point=point)
    return registration


def close(session: Session, desk: Desk, scan_id: str, reason: str, deed: Deed) -> None:
    """Take a refused scan off the list: they went home, it was a mistake. Closing it again changes nothing.

    Raises ScanUnknown and ReasonMissing.
    """
    reason = _reason(reason)
    scan = find_scan(session, desk.event_id, scan_id)
    facts.record(
        session, CLOSED, at=deed.now, subject="scan", subject_id=scan.id, event_id=desk.event_id, actor=deed.by,
        reason=reason,
    )  # fmt: skip


def _reason(words: str) -> str:
    reason = clean_line(words)[:_LONGEST_REASON]
    if not reason:
        raise ReasonMissing(_("Please give a reason: it is kept with what was done."), field="reason")
    return reason


def _seat(session: Session, _desk: Desk, registration: Registration, deed: Deed, _point: str) -> None:
    actions.seat_present(session, registration, now=deed.now)


def _restore(session: Session, _desk: Desk, registration: Registration, deed: Deed, _point: str) -> None:
    actions.restore(session, registration, now=deed.now)
    refuse_without_seat(registration)


def _bring_on_site(session: Session, _desk: Desk, registration: Registration, deed: Deed, _point: str) -> None:
    actions.switch_mode(session, registration, Mode.ONSITE, now=deed.now)
    refuse_without_seat(registration)


def _this_day(session: Session, desk: Desk, registration: Registration, deed: Deed, _point: str) -> None:
    wanted = queries.wanted_of(session, registration).days
    actions.choose_days(session, registration, wanted | {desk.day(deed.now).isoformat()}, now=deed.now)


def _sign_up(session: Session, desk: Desk, registration: Registration, deed: Deed, point: str) -> None:
    place = desk.places.get(point)
    if place is None or place.session is None:
        raise NotPossibleNow(_("This point asks for no session."))
    if actions.sign_up(session, registration, place.session, now=deed.now) != SeatState.TAKEN:
        raise NotPossibleNow(_("No seat is left in “%(session)s”.", session=place.name))


def _current_code(session: Session, _desk: Desk, registration: Registration, _deed: Deed, _point: str) -> None:
    """They hold an old badge of their own: the code that is valid now lets them in, and belongs on a new badge."""
    if queries.current_ticket(session, registration.id) is None:
        raise NotPossibleNow(_("They have no ticket."))


_WAYS: dict[Remedy, Callable[[Session, Desk, Registration, Deed, str], None]] = {
    Remedy.SEAT: _seat,
    Remedy.RESTORE: _restore,
    Remedy.ON_SITE: _bring_on_site,
    Remedy.THIS_DAY: _this_day,
    Remedy.SIGN_UP: _sign_up,
    Remedy.CURRENT_CODE: _current_code,
}

__all__ = ["CLOSED", "HELPED", "close", "solve"]
