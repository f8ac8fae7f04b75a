"""An address confirmed by who reads its mail, before a seat is taken."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions.pools import hold_all
from eventsys.registration.actions.standing import seat_or_queue
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.models import Invitation, Registration, State


def confirm_address(session: Session, registration: Registration, *, now: datetime) -> bool:
    """The owner of the address has said so: now a seat is taken, a place in the queue, or the organisers decide.

    False where it was confirmed before. Raises NotPossibleNow when the link is too old, SeatsGone where nothing is left
    and nobody can wait.
    """
    held = hold_all(session, registration.event)
    session.refresh(registration)
    if registration.address_confirmed_at is not None:
        return False
    rules.refuse_unless_running(registration.event, now)
    if registration.state != State.UNVERIFIED or (registration.offer_until and registration.offer_until <= now):
        raise NotPossibleNow(_("This link has been used or is too old. Please register again."))
    registration.address_confirmed_at = now
    if _awaits_decision(session, registration):
        registration.state, registration.offer_until = State.APPLIED, None
        registration.sequence += 1
        registration.updated_at = now
        note_fact(session, registration, "address_confirmed", now=now, state=State.APPLIED.value)
        tell(session, registration, "applied", now=now)
        session.flush()
    else:
        seat_or_queue(session, registration, held, what="address_confirmed", now=now)
    return True


def _awaits_decision(session: Session, registration: Registration) -> bool:
    if not queries.settings_of(session, registration.event_id).has_approval:
        return False
    invitation = session.get(Invitation, registration.invitation_id) if registration.invitation_id else None
    return invitation is None or not invitation.passes_approval
