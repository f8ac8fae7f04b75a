"""What stands on the badge and the ticket of one registration, in the language and zone of who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.badges.faces import BadgeFace, TicketFace
from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_COLOURS, sector_label
from eventsys.events.models import Event
from eventsys.kernel.locale import country_name, say_days, say_instant, say_when
from eventsys.kernel.pages import absolute, settings
from eventsys.registration import queries, rules
from eventsys.registration.models import Mode, Registration, RegistrationType, State, Ticket

_FACES_A_READ = 500


def badge_face(registration: Registration, event: Event, ticket: Ticket) -> BadgeFace:
    """One badge; the texts follow the locale in force."""
    return BadgeFace(
        name=registration.name,
        code=ticket.code,
        short_code=rules.spoken(ticket.short_code),
        affiliation=registration.organisation,
        country=country_name(registration.country) if registration.country else "",
        sector_label=sector_label(registration.sector),
        sector_colour=SECTOR_COLOURS[Sector(registration.sector)] if registration.sector in set(Sector) else "",
        type_key=registration.type,
        type_label=str(rules.TYPE_LABELS[RegistrationType(registration.type)]),
        event_title=event.title,
        event_dates=say_days(event.starts_at, event.ends_at, event.zone),
        venue=", ".join(filter(None, (event.venue_name, event.venue_city))),
        language=event.language,
    )


def badge_faces(session: Session, event: Event, *, ids: Sequence[int] | None = None) -> Iterator[BadgeFace]:
    """Everyone confirmed on site (or those of `ids`), by family name, read in pages so that memory stays flat."""
    query = (
        select(Registration, Ticket)
        .join(Ticket, (Ticket.registration_id == Registration.id) & Ticket.replaced_at.is_(None))
        .where(
            Registration.event_id == event.id,
            Registration.state == State.CONFIRMED,
            Registration.mode == Mode.ONSITE,
        )
        .order_by(Registration.last_name, Registration.first_name, Registration.id)
    )
    if ids is not None:
        query = query.where(Registration.id.in_(ids))
    after = 0
    # The order needs whole rows: pages by offset are exact while nobody registers, and a print is a snapshot.
    while page := session.execute(query.limit(_FACES_A_READ).offset(after)).all():
        yield from (badge_face(registration, event, ticket) for registration, ticket in page)
        after += len(page)
        for registration, ticket in page:
            session.expunge(ticket)
            session.expunge(registration)


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
