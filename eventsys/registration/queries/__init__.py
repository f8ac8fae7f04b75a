"""Reads of registrations: one by its personal link, the seats of an event, who is looking."""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from eventsys.agenda.models import Person
from eventsys.agenda.queries import has_role
from eventsys.events.models import Event
from eventsys.events.queries import rank_of
from eventsys.kernel import access, tokens
from eventsys.kernel.facts import Fact
from eventsys.registration.errors import RegistrationUnknown
from eventsys.registration.models import (
    ENDED,
    Answer,
    EmailChange,
    Registration,
    State,
    Ticket,
)
from eventsys.registration.queries.asking import form_of
from eventsys.registration.queries.questions import (
    answered_counts,
    answers_of,
    is_answered,
    is_counted,
    questions_of,
)
from eventsys.registration.queries.seating import (
    Look,
    cancelled_sessions,
    events_with_free_seats_waited_for,
    is_blocked,
    look,
    people_of_session,
    place_in_session,
    places_in_sessions,
    pool_of_session,
    pools_of,
    pools_of_organisation,
    seats,
    seats_in,
    seats_of,
    seats_of_person,
    sessions_to_be_dealt,
    settings_of,
    wanted_of,
)
from eventsys.registration.rules import Viewer

__all__ = [
    "Look",
    "answered_counts",
    "answers_of",
    "cancelled_sessions",
    "events_with_free_seats_waited_for",
    "form_of",
    "is_answered",
    "is_blocked",
    "is_counted",
    "look",
    "people_of_session",
    "place_in_session",
    "places_in_sessions",
    "pool_of_session",
    "pools_of",
    "pools_of_organisation",
    "questions_of",
    "seats",
    "seats_in",
    "seats_of",
    "seats_of_person",
    "sessions_to_be_dealt",
    "settings_of",
    "wanted_of",
]

LINK = "registration"
NEW_ADDRESS = "new address"
CONFIRMATION = "confirm address"


def link_of(registration: Registration) -> str:
    """The secret of the personal link, derived again so that it can be sent again."""
    return tokens.derived(LINK, registration.link_nonce)


def find_by_link(session: Session, token: str) -> Registration | None:
    """The registration of a personal link, with its event."""
    return session.scalar(
        select(Registration)
        .where(Registration.link_hash == tokens.hashed(token))
        .options(joinedload(Registration.event))
    )


def confirmation_of(registration: Registration) -> str:
    """What the link holds that confirms an address: the number of the registration, and a secret of its own, so that it
    does not open the personal page."""
    return f"{registration.id}-{tokens.derived(CONFIRMATION, registration.link_nonce)}"


def find_by_confirmation(session: Session, token: str) -> Registration | None:
    """The registration of a link that confirms its address, with its event."""
    number, _hyphen, secret = token.partition("-")
    # Sixteen figures hold every number that we give, and no number that a database would stumble over.
    if not (number.isascii() and number.isdecimal() and len(number) <= 16):
        return None
    found = session.get(Registration, int(number), options=[joinedload(Registration.event)])
    is_known = found is not None and compare_digest(
        tokens.derived(CONFIRMATION, found.link_nonce).encode(), secret.encode()
    )
    return found if is_known else None


def find_email_change(session: Session, token: str) -> EmailChange | None:
    """The change of address that a link to the new address confirms, with its registration and event."""
    return session.scalar(
        select(EmailChange)
        .where(EmailChange.token_hash == tokens.hashed(token))
        .options(joinedload(EmailChange.registration).joinedload(Registration.event))
    )


def pending_email_change(session: Session, registration_id: int) -> EmailChange | None:
    """The newest change of address that waits for its confirmation."""
    return session.scalar(
        select(EmailChange)
        .where(EmailChange.registration_id == registration_id, EmailChange.confirmed_at.is_(None))
        .order_by(EmailChange.id.desc())
        .limit(1)
    )


def registration_of_event(session: Session, event_id: int, registration_id: int) -> Registration:
    """One registration of this event, with its answers; raises RegistrationUnknown."""
    found = session.scalar(
        select(Registration)
        .where(Registration.id == registration_id, Registration.event_id == event_id)
        .options(joinedload(Registration.event), selectinload(Registration.answers).joinedload(Answer.question))
    )
    if found is None:
        raise RegistrationUnknown
    return found


def living_registration(session: Session, event_id: int, email_key: str) -> Registration | None:
    """The registration that this address has in this event, unless it has ended."""
    return session.scalar(
        select(Registration).where(
            Registration.event_id == event_id, Registration.email_key == email_key, Registration.state.not_in(ENDED)
        )
    )


def is_registered_anew(session: Session, ended: Registration) -> bool:
    """Whether the address, or the person of the programme, of an ended registration has a living one."""
    same = [getattr(Registration, name) == value for name in ("email_key", "person_key")
            if (value := getattr(ended, name)) is not None]  # fmt: skip
    query = select(Registration.id).where(
        Registration.event_id == ended.event_id, Registration.state.not_in(ENDED), or_(false(), *same)
    )
    return session.scalar(query.limit(1)) is not None


def current_ticket(session: Session, registration_id: int) -> Ticket | None:
    """The ticket that opens the door now."""
    return session.scalar(select(Ticket).where(Ticket.registration_id == registration_id, Ticket.replaced_at.is_(None)))


def place_in_queue(session: Session, registration: Registration) -> int:
    """The position among those who wait for the same mode, counted from 1."""
    before = session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.event_id == registration.event_id,
            Registration.mode == registration.mode,
            Registration.state == State.WAITING,
            Registration.queue_number < registration.queue_number,
        )
    )
    return (before or 0) + 1


def viewer_of(session: Session, event: Event) -> Viewer:
    """Who looks at this event: by account, and by the personal links that this browser has opened."""
    known = access.let_in_as()
    mine: list[Registration] = []
    if known:
        query = select(Registration).where(Registration.id.in_(known), Registration.event_id == event.id)
        query = query.where(Registration.erased_at.is_(None))
        mine = list(session.scalars(query.order_by(Registration.id)))
    return Viewer(is_staff=rank_of(session, event.id) > 0, registrations=mine)


def timeline_of(session: Session, registration_id: int) -> Sequence[Fact]:
    """What happened to one registration, oldest first."""
    return session.scalars(
        select(Fact).where(Fact.subject == "registration", Fact.subject_id == registration_id).order_by(Fact.id)
    ).all()


def programme_people_missing(session: Session, event_id: int) -> Sequence[Person]:
    """People of the programme who have no living registration, in the order of the programme."""
    registered = select(Registration.person_key).where(
        Registration.event_id == event_id, Registration.state.not_in(ENDED), Registration.person_key.is_not(None)
    )
    return session.scalars(
        select(Person)
        .where(Person.event_id == event_id, Person.key.not_in(registered))
        .order_by(Person.position, Person.id)
    ).all()


def count_unreachable_people(session: Session, event_id: int) -> int:
    """How many people with a role in the programme left an address neither there nor with a registration."""
    known = select(Registration.person_key).where(
        Registration.event_id == event_id, Registration.person_key.is_not(None), Registration.email.is_not(None)
    )
    query = select(func.count(Person.id)).where(
        Person.event_id == event_id, Person.email == "", has_role(), Person.key.not_in(known)
    )
    return session.scalar(query) or 0
