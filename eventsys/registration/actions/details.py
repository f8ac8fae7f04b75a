"""What a person says of themselves, and how they are reached: changed without touching their seat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import tokens
from eventsys.mailing.actions import clear_bounce, enqueue
from eventsys.registration import queries, rules
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.entries import address_key, door_key, normal_address
from eventsys.registration.errors import AlreadyRegistered, NotPossibleNow
from eventsys.registration.models import Answer, EmailChange, Registration

CHANGE_LASTS = timedelta(days=2)
LINK_PAUSE = timedelta(minutes=10)


def change_details(
    session: Session,
    registration: Registration,
    *,
    now: datetime,
    answers: dict[int, Any] | None = None,
    **values: str,
) -> list[str]:
    """Change names, organisation, country, sector, and answers (by question; None takes one back).

    Returns what changed. The timeline gets the names of the fields, not what they hold.
    """
    rules.refuse_unless_living(registration)
    changed = [name for name, value in values.items() if getattr(registration, name) != value]
    for name in changed:
        setattr(registration, name, values[name])
    registration.search_key = door_key(registration.first_name, registration.last_name, registration.organisation)
    changed += _change_answers(session, registration, answers or {})
    if changed:
        registration.updated_at = now
        note_fact(session, registration, "details_changed", now=now, fields=changed)
    session.flush()
    return changed


def _change_answers(session: Session, registration: Registration, answers: dict[int, Any]) -> list[str]:
    given = {
        answer.question_id: answer
        for answer in session.scalars(select(Answer).where(Answer.registration_id == registration.id))
    }
    changed = []
    for question_id, value in answers.items():
        old = given.get(question_id)
        if value is None and old is not None:
            session.delete(old)
        elif value is not None and old is None:
            session.add(Answer(registration_id=registration.id, question_id=question_id, value=value))
        elif old is not None and value is not None and old.value != value:
            old.value = value
        else:
            continue
        changed.append(f"answer:{question_id}")
    return changed


def add_note(session: Session, registration: Registration, text: str, *, now: datetime) -> None:
    """What the door shows when this person arrives; an empty text takes the note away."""
    if registration.notes != text:
        registration.notes = text
        registration.updated_at = now
        note_fact(session, registration, "note_changed", now=now)


def request_email_change(session: Session, registration: Registration, email: str, *, now: datetime) -> EmailChange:
    """Ask the owner of the new address to confirm it; until then nothing changes. Raises AddressUnusable.

    Whether that address is registered already is not said here: only its owner may learn it.
    """
    rules.refuse_unless_living(registration)
    address = normal_address(email)
    if address_key(address) == registration.email_key:
        raise NotPossibleNow(_("This is your address already."), field="email")
    nonce = tokens.new_nonce()
    change = EmailChange(
        registration_id=registration.id,
        email=address,
        nonce=nonce,
        token_hash=tokens.hashed(tokens.derived(queries.NEW_ADDRESS, nonce)),
        created_at=now,
        expires_at=now + CHANGE_LASTS,
    )
    session.add(change)
    session.flush()
    # Mail to it may have come back before; whoever writes it down anew says that it is right.
    clear_bounce(session, address, now=now)
    enqueue(
        session,
        key=f"registration.new_address:{change.id}",
        maker="registration.new_address",
        arguments={"change_id": change.id},
        due_at=now,
        event_id=registration.event_id,
    )
    note_fact(session, registration, "address_change_requested", now=now)
    return change


def confirm_email(session: Session, change: EmailChange, *, now: datetime) -> Registration:
    """The owner of the new address has opened the link: it takes effect, and the old address is told.

    Raises NotPossibleNow when the link is too old, AlreadyRegistered when the address is registered by itself.
    """
    registration = change.registration
    rules.refuse_unless_living(registration)
    if change.confirmed_at or change.expires_at <= now:
        raise NotPossibleNow(_("This link has been used or is too old. Ask for the change again on your page."))
    key = address_key(change.email)
    other = queries.living_registration(session, registration.event_id, key)
    if other is not None and other.id != registration.id:
        raise AlreadyRegistered(other.id)
    change.former_email = registration.email
    change.confirmed_at = now
    registration.email, registration.email_key = change.email, key
    registration.sequence += 1
    registration.updated_at = now
    note_fact(session, registration, "address_changed", now=now)
    for what in ("address_given_up", "address_taken"):
        if what == "address_taken" or change.former_email:
            enqueue(
                session,
                key=f"registration.{what}:{change.id}",
                maker=f"registration.{what}",
                arguments={"change_id": change.id},
                due_at=now,
                event_id=registration.event_id,
            )
    return registration


def send_link(session: Session, registration: Registration, *, now: datetime) -> bool:
    """Send the personal link once more, at most once in ten minutes whoever asks; False when it was just sent."""
    if not registration.email:
        return False
    window = int(now.timestamp() // LINK_PAUSE.total_seconds())
    return enqueue(
        session,
        key=f"registration.link:{registration.id}:{window}",
        maker="registration.link",
        arguments={"registration_id": registration.id},
        due_at=now,
        event_id=registration.event_id,
    )
