"""What stands on the badge and the ticket of one registration, in the language and zone of who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from eventsys.badges.designs import Needs
from eventsys.badges.faces import BadgeFace, TicketFace
from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_COLOURS, sector_label
from eventsys.events.models import Event
from eventsys.kernel.locale import country_name, say_days, say_instant, say_when
from eventsys.kernel.pages import absolute, settings
from eventsys.registration import queries, rules
from eventsys.registration.face_facts import FaceFacts
from eventsys.registration.models import Mode, Registration, RegistrationType, State, Ticket

_FACES_A_READ = 250

NOTHING_MORE = Needs()
_SECTORS = frozenset(Sector)

# What badges can be sorted by; the name decides among equals.
_BY_NAME = (Registration.last_name, Registration.first_name, Registration.id)
ORDERS: dict[str, tuple[Any, ...]] = {
    "name": _BY_NAME,
    "organisation": (Registration.organisation, *_BY_NAME),
    "type": (Registration.type, *_BY_NAME),
    "sector": (Registration.sector, *_BY_NAME),
    "registered": (Registration.registered_at, Registration.id),
}

_SHOWN = (
    Registration.id, Registration.first_name, Registration.last_name, Registration.organisation, Registration.country,
    Registration.sector, Registration.type, Registration.person_key, Registration.email_key, Ticket.code,
    Ticket.short_code,
)  # fmt: skip


def badge_faces(
    session: Session,
    event: Event,
    *,
    ids: Sequence[int] | None = None,
    order: str = "name",
    needs: Needs = NOTHING_MORE,
) -> Iterator[BadgeFace]:
    """Everyone confirmed on site (or those of `ids`) in one of the ORDERS, with what a design `needs` of them.

    They are read in pages, and none is missed or comes twice when others register meanwhile. The texts follow the
    locale in force.
    """
    query = select(Registration.id).where(*_gets_badge(event)).order_by(*ORDERS.get(order, _BY_NAME))
    # Databases take only so many values in one question.
    if ids is not None and len(ids) <= _FACES_A_READ:
        query = query.where(Registration.id.in_(ids))
    meant = None if ids is None else frozenset(ids)
    found = [number for number in session.scalars(query) if meant is None or number in meant]
    for _number, face in faces_in_turn(session, event, found, needs=needs):
        yield face


def faces_in_turn(
    session: Session, event: Event, numbers: Sequence[int], *, needs: Needs = NOTHING_MORE
) -> Iterator[tuple[int, BadgeFace]]:
    """These registrations with their faces, in the order in which they are given; who gets no badge is left out.

    They are read in pages, so that memory stays flat, and what is the event's own once for all.
    """
    query = select(*_SHOWN).join(Ticket, (Ticket.registration_id == Registration.id) & Ticket.replaced_at.is_(None))
    query = query.where(*_gets_badge(event))
    facts, same = FaceFacts(session, event, needs), _same_on_all(event)
    for start in range(0, len(numbers), _FACES_A_READ):
        page = numbers[start : start + _FACES_A_READ]
        people = {person.id: person for person in session.execute(query.where(Registration.id.in_(page)))}
        more = facts.of(list(people.values()))
        for number in page:
            if person := people.get(number):
                yield number, BadgeFace(**same, **_own(person), **more[number])


def _gets_badge(event: Event) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.event_id == event.id,
        Registration.state == State.CONFIRMED,
        Registration.mode == Mode.ONSITE,
    )


def _same_on_all(event: Event) -> dict[str, Any]:
    return {
        "event_title": event.title,
        "event_dates": say_days(event.starts_at, event.ends_at, event.zone),
        "venue": ", ".join(filter(None, (event.venue_name, event.venue_city))),
        "language": event.language,
    }


def _own(person: Any) -> dict[str, Any]:
    return {
        "name": f"{person.first_name} {person.last_name}".strip(),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "code": person.code,
        "short_code": rules.spoken(person.short_code),
        "affiliation": person.organisation,
        "country": country_name(person.country) if person.country else "",
        "sector_label": sector_label(person.sector),
        "sector_colour": SECTOR_COLOURS[Sector(person.sector)] if person.sector in _SECTORS else "",
        "type_key": person.type,
        "type_label": str(rules.TYPE_LABELS[RegistrationType(person.type)]),
    }


def ticket_face(registration: Registration, event: Event, ticket: Ticket) -> TicketFace:
    """One ticket; the caller sets the locale to the registration's language."""
    say = partial(state_heading, registration)
    return TicketFace(
        name=registration.name,
        code=ticket.code,
        short_code=rules.spoken(ticket.short_code),
        event_title=event.title,
        when=when_lines(event),
        where=where_lines(event) if registration.mode == Mode.ONSITE else (_("Online, by your personal link"),),
        affiliation=registration.organisation,
        mode_label=str(rules.MODE_LABELS[Mode(registration.mode)]),
        state_label=say(),
        is_valid=registration.state == State.CONFIRMED,
        notes=(_("Each code lets one person in. Please do not pass it on."),),
        link=absolute("site.personal", token=queries.link_of(registration)),
        site_name=settings().site_name,
        language=registration.language,
    )


def when_lines(event: Event) -> tuple[str, ...]:
    """The days, and when it begins, with the place of the clock."""
    return (
        say_when(event.starts_at, event.ends_at, event.zone),
        _("Begins %(instant)s", instant=say_instant(event.starts_at, event.zone)),
    )


def where_lines(event: Event) -> tuple[str, ...]:
    country = country_name(event.venue_country) if event.venue_country else ""
    city = ", ".join(filter(None, (event.venue_city, country)))
    return tuple(filter(None, (event.venue_name, event.venue_address, city)))


def state_heading(registration: Registration) -> str:
    """Where a registration stands, as the person is told: the head of their page, ticket and mails."""
    is_onsite = registration.mode == Mode.ONSITE
    match registration.state:
        case State.CONFIRMED:
            return str(_("You are in, on site") if is_onsite else _("You are in, online"))
        case State.WAITING:
            return str(_("You are on the waiting list"))
        case State.OFFERED:
            return str(_("A seat is held for you") if is_onsite else _("A place online is held for you"))
        case State.APPLIED:
            return str(_("Your application is with the organisers"))
        case State.DECLINED:
            return str(_("The organisers could not give you a place"))
        case State.CANCELLED:
            return str(_("Your registration is cancelled"))
        case State.INVITED:
            return str(_("You are invited"))
    return str(_("Please confirm your address"))
