"""What a person is asked who was called by somebody else: to accept an invitation, or to complete a seat handed on."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.locale import say_instant
from eventsys.registration.callings import called_by
from eventsys.registration.models import Mode, Registration, State
from eventsys.registration.queries import invited as queries
from eventsys.registration.queries import settings_of
from eventsys.registration.rules.invited import is_to_complete


@dataclass(frozen=True)
class Called:
    """`may_answer` an invitation, in `words`; or to say who they are."""

    may_answer: bool
    words: str
    is_to_complete: bool


def called(session: Session, registration: Registration, *, is_running: bool) -> Called:
    if not is_running:
        return Called(False, "", False)
    if registration.state != State.INVITED:
        return Called(False, "", is_to_complete(registration))
    until = registration.offer_until
    if until is not None and until <= clock.now():
        return Called(False, "", False)
    return Called(True, " ".join(_words(session, registration)), False)


def may_hand_on(session: Session, registration: Registration, *, is_running: bool) -> bool:
    """Whether the seat can be handed to a colleague."""
    is_seated = registration.state == State.CONFIRMED and is_running
    return is_seated and settings_of(session, registration.event_id).may_substitute


def _words(session: Session, registration: Registration) -> list[str]:
    words = [called_by(session, registration)]
    if queries.has_kept_seat(session, registration.id):
        is_onsite = registration.mode == Mode.ONSITE
        words.append(_("A seat on site is kept for you.") if is_onsite else _("A place online is kept for you."))
    if registration.offer_until:
        deadline = say_instant(registration.offer_until, registration.event.zone)
        words.append(_("Please answer until %(deadline)s.", deadline=deadline))
    return words
