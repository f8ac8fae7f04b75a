"""An event's first page: shall I come, and how?"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.agenda import cards, timetable
from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.agenda.queries import Appearance, Programme, programme, speakers
from eventsys.agenda.rules import role_label
from eventsys.events import presentation, visits
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.pages import absolute
from eventsys.kernel.text import markdown
from eventsys.registration import queries as registration
from eventsys.registration.rules import phase
from eventsys.site import shown, structured
from eventsys.site.seating import offers
from eventsys.streams.queries import has_streams

BRIEF = 10
FACES = 8
SHOWN = 8


def event(slug: str) -> AnyResponse:
    """Title, when, where and how many seats; then why, who, what and what to know."""
    return visits.page(slug, "event", _page, also=_seats_now)


def _seats_now(session: Session, event_id: int) -> Hashable:
    """Seats do not grow an event's version: they change with each registration and show on this page alone."""
    return tuple(registration.seats(session, event_id).items())


def _page(session: Session, event: Event) -> str:
    now = clock.now()
    known = programme(session, event.id, with_texts=False)
    settings = registration.settings_of(session, event.id)
    seats = registration.seats(session, event.id)
    found = shown.materials_of_event(session, event)
    return render_template(
        "site/event.html",
        event=event,
        phase=str(phase(event, settings, now, seats)),
        settings=settings,
        offers=offers(seats, settings),
        has_stream=has_streams(session, event.id),
        materials=found[:SHOWN],
        material_count=len(found),
        address=presentation.long_place_of(event),
        why=markdown(event.description),
        brief=_brief(event, known, now),
        session_count=len([one for one in known.sessions if not timetable.is_pause(one)]),
        **_people(speakers(session, event.id, known=known)),
        structured=Markup(structured.event_document(event, seats)),
        canonical=absolute("site.event", slug=event.slug),
        webcal=visits.feed_address(event, "calendars.event"),
        **presentation.strip(event),
    )


def _brief(event: Event, known: Programme, now: datetime) -> dict[str, Any] | None:
    """The first lines of the first day's programme; while the event goes on, of what is on now and next."""
    days = timetable.days_of(known.sessions, event.zone)
    if not days:
        return None
    today = now.astimezone(event.zone).date()
    day = today if today in days else days[0]
    tints = cards.tints_of(known.tracks)
    planned = [one for one in timetable.sessions_on(known.sessions, day, event.zone) if _is_planned(one)]
    ahead = [one for one in planned if one.ends_at > now]
    # In the evening the day is told whole again.
    shown = ahead if day == today and ahead else planned
    return {
        "day": day,
        "lines": [
            (cards.card_of(event, one, tints, event.zone), one.starts_at <= now < one.ends_at) for one in shown[:BRIEF]
        ],
        "is_from_now": len(shown) < len(planned),
        "days": len(days),
    }


def _is_planned(entry: AgendaSession) -> bool:
    return entry.status != SessionStatus.CANCELLED


def _people(found: list[Appearance]) -> dict[str, Any]:
    """The first people of the programme, each with the first thing they do."""
    return {
        "people": [
            (one.person, ", ".join(filter(None, (role_label(one.roles[0][0]), one.person.affiliation))))
            for one in found[:FACES]
        ],
        "people_count": len(found),
    }
