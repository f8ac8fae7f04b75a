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
from eventsys.registration.actions import pools
from eventsys.registration.actions.consents import give_consent, withdraw_consent
from eventsys.registration.actions.pools import Held
from eventsys.registration.actions.rows import organisations_of
from eventsys.registration.actions.standing import change_seats
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.entries import address_key, door_key, normal_address
from eventsys.registration.errors import AlreadyRegistered, NotPossibleNow
from eventsys.registration.models import Answer, EmailChange, Mode, PoolKind, Registration, SeatPool

CHANGE_LASTS = timedelta(days=2)
LINK_PAUSE = timedelta(minutes=10)


def change_details(
    session: Session,
    registration: Registration,
    *,
    now: datetime,
    answers: dict[int, Any] | None = None,
    consents: dict[int, str] | None = None,
    overbook: bool = False,
    **values: str,
) -> list[str]:
    """Change names, organisation, country, sector, and answers (by question; None takes one back). `consents` is the
    wording of each statement among them that asks for consent.

    Where seats are counted by what changes, the seat changes with it or nothing does: raises SeatsGone that names the
    field. Returns what changed. The timeline gets the names of the fields, not what they hold.
    """
    rules.refuse_if_erased(registration)
    held = _hold_if_counted(session, registration, values)
    rules.refuse_unless_living(registration)
    changed = [name for name, value in values.items() if getattr(registration, name) != value]
    for name in changed:
        setattr(registration, name, values[name])
    registration.search_key = door_key(registration.first_name, registration.last_name, registration.organisation)
    registration.organisation_key = organisations_of(session, [registration.organisation])[registration.organisation]
    answers = answers or {}
    _change_consents(session, registration, answers, consents or {}, now=now)
    changed += _change_answers(session, registration, answers)
    if changed:
        registration.updated_at = now
        note_fact(session, registration, "details_changed", now=now, fields=changed)
    session.flush()
    if held is not None and changed:
        wanted = queries.wanted_of(session, registration)
        change_seats(session, registration, held, wanted, now=now, overbook=overbook)
    return changed


def _hold_if_counted(session: Session, registration: Registration, values: dict[str, str]) -> Held | None:
    """The pools, where seats are counted by anything that somebody says of themselves."""
    most = queries.settings_of(session, registration.event_id).organisation_seats
    counted = queries.pools_of(session, registration.event_id, PoolKind.SECTOR, PoolKind.ANSWER)
    organisation = values.get("organisation", registration.organisation)
    key = organisations_of(session, [organisation])[organisation]
    if most is not None and key and registration.mode == Mode.ONSITE:
        pools.ensure_organisation(session, registration.event_id, [key], most)
    capped = [
        pool
        for one in {key, registration.organisation_key} - {""}
        for pool in queries.pools_of_organisation(session, registration.event_id, one)
    ]
    if not counted and not capped:
        return None
    return pools.hold_of(session, registration, SeatPool.id.in_([pool.id for pool in (*counted, *capped)]))


def _change_consents(
    session: Session, registration: Registration, answers: dict[int, Any], consents: dict[int, str], *, now: datetime
) -> None:
    """What is ticked is given in these words, what is not any more is withdrawn."""
    for question_id, text in consents.items():
        if answers.get(question_id):
            give_consent(session, registration, question_id, text, now=now)
        elif withdraw_consent(session, registration, question_id, now=now):
            answers[question_id] = False


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
    """What the door shows when this person arrives; an empty text takes the note away. Raises RegistrationErased."""
    rules.refuse_if_erased(registration)
    if registration.notes != text:
        registration.notes = text
        registration.updated_at = now
        note_fact(session, registration, "note_changed", now=now)


def request_email_change(session: Session, registration: Registration, email: str, *, now: datetime) -> EmailChange:
    """Ask the owner of the new address to confirm it; until then nothing changes. Raises AddressUnusable.

    Whether that address is registered already is not said here: only its owner may learn it.
    """
    rules.refuse_unless_living(registration)
    rules.refuse_if_locked(registration)
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
