"""One person is forgotten because they ask for it: at once, and wherever their event stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from eventsys.mailing.models import OutboxMessage
from eventsys.privacy import queries, rules
from eventsys.privacy.actions.erasing import Span, erase
from eventsys.registration.actions import cancel
from eventsys.registration.models import BulkAct, EmailChange, Registration


def erase_person(session: Session, registration: Registration, *, now: datetime) -> int:
    """Forget one person (GDPR, Article 17): this registration, and all others of the same address in the event.

    A seat that others could have goes to the next in the same transaction. The personal links then say that they were
    erased. Returns how many registrations it was; doing it twice changes nothing.
    """
    # Whoever holds a row, a scan at the door or a promotion, comes first.
    people = queries.of_one_person(session, registration, is_to_change=True)
    for one in people:
        if rules.must_give_up_seat(one, registration.event, now):
            cancel(session, one, now=now)
    session.flush()
    ids = [one.id for one in people]
    _forget_mail(session, registration.event_id, ids)
    _forget_acts(session, registration.event_id, ids)
    actor = session.info.get("actor") or "system"
    for number in ids:
        erase(session, Span(registration.event_id, number, number), actor=actor, now=now)
    for one in people:
        session.expire(one)
    return len(ids)


def _forget_mail(session: Session, event_id: int, ids: Sequence[int]) -> None:
    """What was sent, and what was to be sent: nothing leaves any more."""
    changes = select(EmailChange.id).where(EmailChange.registration_id.in_(ids))
    session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.event_id == event_id,
            or_(
                OutboxMessage.arguments["registration_id"].as_integer().in_(ids),
                OutboxMessage.arguments["change_id"].as_integer().in_(changes),
            ),
        ),
        execution_options={"synchronize_session": False},
    )


def _forget_acts(session: Session, event_id: int, ids: Collection[int]) -> None:
    """Acts on many remember how people stood before, also those that were undone: of these nothing can be undone any
    more. Whoever carries one on writes the same column, so each is held."""
    acts = select(BulkAct).where(BulkAct.event_id == event_id).order_by(BulkAct.id)
    for act in session.scalars(acts.with_for_update()):
        known = act.before.get("done", {})
        gone = {str(number) for number in ids}
        if act.before.get("values", {}).get("stays") in ids:
            gone |= set(known)
        if gone & set(known):
            back = [number for number in act.before.get("back", []) if str(number) not in gone]
            done = {key: value for key, value in known.items() if key not in gone}
            act.before = act.before | {"done": done} | ({"back": back} if "back" in act.before else {})
