"""The figures of a door for screens that hold a device's token: now, and as they change. They name nobody."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from eventsys.api.bearing import bearer, desk_asking, name_the_scheme, said
from eventsys.checkin.broadcasting import stream
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.listeners import Who
from eventsys.checkin.queries.standing import source, standing
from eventsys.checkin.screens import words_of
from eventsys.events.errors import EventUnknown
from eventsys.events.models import Event
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import reading
from eventsys.kernel.pages.waiting import stay_open

bp = Blueprint("live_api", __name__, url_prefix="/api/v1")
bp.after_request(name_the_scheme)


@bp.get("/events/<slug>/checkin/live")
def live(slug: str) -> Response:
    """The figures and the words to draw them with, in the reader's language."""
    session = reading()
    desk = desk_asking(session, slug, deed="figures")
    event = session.get(Event, desk.event_id)
    if event is None:
        raise EventUnknown
    figures = standing(session, event, now=clock.now())
    return said({"figures": figures, "words": words_of(event, gate.places_of(session, event.id), figures)})


@bp.get("/events/<slug>/checkin/live/stream")
def live_stream(slug: str) -> Response:
    """The figures as they change, as server-sent events named `figures`, until the token is revoked."""
    desk, who = desk_asking(reading(), slug, deed="figures"), Who(token_hash=tokens.hashed(bearer()))
    return stay_open(stream(current_app._get_current_object(), desk.event_id, source(), who))  # type: ignore[attr-defined]
