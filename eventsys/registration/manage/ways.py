"""How one person came in, for their organiser: by a code, in a group, instead of or together with somebody."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration.models import Delegation, Invitation, Registration
from eventsys.registration.queries import invited as queries

Way = tuple[str, str, str]


def ways_of(session: Session, event: Event, registration: Registration) -> list[Way]:
    """What to say of it, what or whom it was, and the page of that."""
    found: list[Way] = []
    invitation = session.get(Invitation, registration.invitation_id) if registration.invitation_id else None
    if invitation is not None:
        name = invitation.label or invitation.code or f"@{invitation.domain}"
        found.append((str(_("Came by")), name, url_for(".code", slug=event.slug, number=invitation.id)))
    delegation = session.get(Delegation, registration.delegation_id) if registration.delegation_id else None
    head = session.get(Registration, delegation.head_id) if delegation and delegation.head_id else None
    if head is not None:
        found.append(_person(event, str(_("Group of")), head))
    before = session.get(Registration, registration.stands_in_for_id) if registration.stands_in_for_id else None
    if before is not None:
        found.append(_person(event, str(_("Comes instead of")), before))
    if (successor := queries.successor_of(session, registration)) is not None:
        found.append(_person(event, str(_("Handed the seat to")), successor))
    host = session.get(Registration, registration.accompanies_id) if registration.accompanies_id else None
    if host is not None:
        found.append(_person(event, str(_("Companion of")), host))
    companions = select(Registration).where(Registration.accompanies_id == registration.id).order_by(Registration.id)
    found += [_person(event, str(_("Comes with")), one) for one in session.scalars(companions)]
    return found


def _person(event: Event, words: str, person: Registration) -> Way:
    return words, person.name, url_for(".show", slug=event.slug, number=person.id)
