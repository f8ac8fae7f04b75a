"""A consent given or taken back on its own, without the rest of the form."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import EventStatus
from eventsys.registration.actions import change_details, give_consent, withdraw_consent
from eventsys.registration.models import ENDED, Question, Registration
from eventsys.registration.rules import consent_text


def agree(session: Session, registration: Registration, question: Question, *, now: datetime) -> None:
    """Agree to a statement in the words of `question`, as they were read. Raises SeatsGone where the answer needs a
    seat that is not free."""
    # A second click comes after the first, and finds that it was done.
    session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update())
    text = consent_text(question)
    if _may_change(registration, now):
        change_details(session, registration, now=now, answers={question.id: True}, consents={question.id: text})
    else:
        give_consent(session, registration, question.id, text, now=now)


def disagree(session: Session, registration: Registration, question: Question, *, now: datetime) -> None:
    """Take a consent back; nothing but the end of the data can stand against it, also when the event is over."""
    if _may_change(registration, now):
        text = consent_text(question)
        change_details(session, registration, now=now, answers={question.id: False}, consents={question.id: text})
    else:
        withdraw_consent(session, registration, question.id, now=now)


def _may_change(registration: Registration, now: datetime) -> bool:
    event = registration.event
    is_running = event.status != EventStatus.CANCELLED and now < event.ends_at
    return is_running and registration.state not in ENDED
