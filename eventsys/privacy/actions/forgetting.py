"""One person is forgotten because they ask for it: at once, and wherever their event stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from eventsys.mailing.models import OutboxMessage
from eventsys.privacy import rules
from eventsys.privacy.actions.erasing import Span, erase
from eventsys.registration.actions import cancel
from eventsys.registration.models import EmailChange, Registration


def erase_person(session: Session, registration: Registration, *, now: datetime) -> None:
    """Forget one person (GDPR, Article 17). A seat that others could have goes to the next in the same transaction.

    Their personal link then says that they were erased. Doing it twice changes nothing.
    """
    # Whoever holds the row, a scan at the door or a promotion, comes first.
    session.refresh(registration, with_for_update=True)
    if registration.erased_at is not None:
        return
    if rules.must_give_up_seat(registration, registration.event, now):
        cancel(session, registration, now=now)
    session.flush()
    _forget_mail(session, registration)
    span = Span(registration.event_id, registration.id, registration.id)
    erase(session, span, actor=session.info.get("actor") or "system", now=now)
    session.expire(registration)


def _forget_mail(session: Session, registration: Registration) -> None:
    """What was sent, and what was to be sent: nothing leaves any more."""
    changes = select(EmailChange.id).where(EmailChange.registration_id == registration.id)
    session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.event_id == registration.event_id,
            or_(
                OutboxMessage.arguments["registration_id"].as_integer() == registration.id,
                OutboxMessage.arguments["change_id"].as_integer().in_(changes),
            ),
        ),
        execution_options={"synchronize_session": False},
    )
