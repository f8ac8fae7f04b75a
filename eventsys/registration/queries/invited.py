"""Reads of the ways in besides the open form: codes and domains, who is invited, who belongs to a group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from eventsys.kernel.facts import Fact
from eventsys.kernel.text import search_key
from eventsys.registration import rules
from eventsys.registration.errors import InvitationUnknown
from eventsys.registration.models import Delegation, Invitation, Registration, Seat, SeatState, State
from eventsys.registration.rules import invited


def find_code(session: Session, event_id: int, code: str) -> Invitation | None:
    """The invitation of a typed code, whatever its hyphens, blanks and case; ended and revoked ones too."""
    plain = func.replace(Invitation.code, "-", "")
    query = select(Invitation).where(Invitation.event_id == event_id, plain.in_(invited.spellings(code)))
    return session.scalars(query.order_by(Invitation.id)).first()


def find_domain(session: Session, event_id: int, email: str) -> Invitation | None:
    """The invitation of the domain of this address, or of the nearest one above it."""
    domains = list(invited.domains_of(email))
    query = select(Invitation).where(Invitation.event_id == event_id, Invitation.domain.in_(domains))
    found = {invitation.domain: invitation for invitation in session.scalars(query)}
    return next((found[domain] for domain in domains if domain in found), None)


def has_codes(session: Session, event_id: int, now: datetime) -> bool:
    """Whether there is a code that somebody could still use."""
    query = select(Invitation.id).where(
        Invitation.event_id == event_id,
        Invitation.code.is_not(None),
        Invitation.revoked_at.is_(None),
        or_(Invitation.until.is_(None), Invitation.until > now),
    )
    return session.scalar(query.limit(1)) is not None


def invitations_of(session: Session, event_id: int) -> Sequence[Invitation]:
    """Codes and domains, the newest first, those that are revoked last."""
    query = select(Invitation).where(Invitation.event_id == event_id)
    return session.scalars(query.order_by(Invitation.revoked_at.is_not(None), Invitation.id.desc())).all()


def invitation_of_event(session: Session, event_id: int, number: int) -> Invitation:
    """One code or domain of this event. Raises InvitationUnknown."""
    found = session.get(Invitation, number)
    if found is None or found.event_id != event_id:
        raise InvitationUnknown
    return found


def invited_people(event_id: int, q: str = "") -> Select[Registration]:
    """Who is invited and has not answered, the next deadline first; every word of `q` in name or address."""
    query = select(Registration).where(Registration.event_id == event_id, Registration.state == State.INVITED)
    for word in q.split()[:8]:
        folded = search_key(word) or word.lower()
        query = query.where(
            or_(
                Registration.search_key.contains(folded, autoescape=True),
                Registration.email_key.contains(word.lower(), autoescape=True),
            )
        )
    return query.order_by(Registration.offer_until, Registration.last_name, Registration.id)


def invited_to_remind(session: Session, now: datetime) -> Sequence[Registration]:
    """Whose invitation ends soon and who was not reminded of this deadline."""
    is_reminded = (
        select(Fact.id)
        .where(
            Fact.subject == "registration",
            Fact.subject_id == Registration.id,
            Fact.kind == "registration.invitation_reminded",
            Fact.at > now - invited.REMINDED_BEFORE,
        )
        .exists()
    )
    due = session.scalars(
        select(Registration)
        .where(
            Registration.state == State.INVITED,
            Registration.email.is_not(None),
            Registration.offer_until > now,
            Registration.offer_until <= now + invited.REMINDED_BEFORE,
            ~is_reminded,
        )
        .options(joinedload(Registration.event))
        .order_by(Registration.id)
    ).all()
    return [one for one in due if invited.is_to_remind(one, now) and rules.is_running(one.event, now)]


def has_kept_seat(session: Session, registration_id: int) -> bool:
    """Whether a seat is taken for this person, as for somebody invited where it is kept."""
    query = select(Seat.pool_id).where(Seat.registration_id == registration_id, Seat.state == SeatState.TAKEN)
    return session.scalar(query.limit(1)) is not None


def delegation_of(session: Session, registration: Registration) -> Delegation | None:
    """The group that this person heads."""
    query = select(Delegation).where(Delegation.head_id == registration.id).order_by(Delegation.id)
    return session.scalars(query).first()


def members_of(session: Session, delegation: Delegation) -> Sequence[Registration]:
    """The people of a group without its head, in the order in which they were named."""
    query = select(Registration).where(Registration.delegation_id == delegation.id)
    if delegation.head_id is not None:
        query = query.where(Registration.id != delegation.head_id)
    return session.scalars(query.order_by(Registration.id)).all()


def successor_of(session: Session, registration: Registration) -> Registration | None:
    """Who was handed the seat of this person."""
    query = select(Registration).where(Registration.stands_in_for_id == registration.id)
    return session.scalars(query.order_by(Registration.id.desc())).first()
