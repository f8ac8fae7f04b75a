"""The door as it happens: who came through which door, who is missing, and what the next hour brings."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template, request

from eventsys.checkin.broadcasting import stream
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.listeners import Who
from eventsys.checkin.queries.standing import source, standing
from eventsys.checkin.screens import times_of, words_of
from eventsys.events.models import MemberRole
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading
from eventsys.kernel.pages.waiting import stay_open


def live(slug: str) -> str:
    """The figures of now, drawn by the server; the script keeps them true. `?wall` draws them for a large screen."""
    session = reading()
    event = event_to_manage(session, slug, needs=MemberRole.DOOR)
    said = standing(session, event, now=clock.now())
    places = gate.places_of(session, event.id)
    page = "checkin/wall.html" if "wall" in request.args else "checkin/manage/live.html"
    return render_template(
        page, event=event, said=said, words=words_of(event, places, said), times=times_of(event, said)
    )


def live_stream(slug: str) -> Response:
    """The same figures as they change, as server-sent events, for as long as somebody is of the team."""
    event = event_to_manage(reading(), slug, needs=MemberRole.DOOR)
    number, app = event.id, _app()
    return stay_open(stream(app, number, source(), Who(user_id=access.user_id())))


def _app() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]
