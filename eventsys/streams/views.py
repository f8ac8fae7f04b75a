"""The live page: what is on now, shown to whom it is for; everyone else learns why not and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import visible_event
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.kernel.pages import allow_source
from eventsys.registration.queries import viewer_of
from eventsys.registration.rules import may_see
from eventsys.streams import queries, rules
from eventsys.streams.errors import StreamNotForYou, StreamNotOpen, StreamUnknown
from eventsys.streams.rules import Player, Showing, Way

bp = Blueprint("streams", __name__)


@dataclass(frozen=True)
class Screen:
    """One stream as this visitor may see it. `player` is there only when they may watch it now and asked to."""

    showing: Showing
    is_for_visitor: bool
    player: Player | None
    way: Way | None
    host: str


@bp.get("/events/<slug>/live")
def live(slug: str) -> str:
    """All streams of the event; `?watch=<id>` opens one in the page, so that nothing foreign loads before a click."""
    session = reading()
    event = visible_event(session, slug)
    screens = _screens(session, event, watched=request.args.get("watch", ""))
    for screen in screens:
        if screen.player is not None:
            _allow(screen.player)
    return render_template(
        "streams/live.html",
        event=event,
        screens=screens,
        viewer=viewer_of(session, event),
        has_locked=any(not screen.is_for_visitor for screen in screens),
        now=clock.now(),
    )


def _screens(session: Session, event: Event, *, watched: str) -> list[Screen]:
    streams = queries.streams_of(session, event.id)
    entries = queries.shown_sessions(session, streams)
    viewer, now = viewer_of(session, event), clock.now()
    screens = []
    for stream in streams:
        shown = rules.showing(stream, entries, event.zone, now=now)
        is_for_visitor = may_see(stream.audience, viewer)
        player = rules.player_of(stream.url) if is_for_visitor and shown.is_open else None
        is_watched = player is not None and player.way != Way.JOIN and str(stream.id) == watched
        screens.append(
            Screen(
                shown,
                is_for_visitor,
                player if is_watched else None,
                player.way if player else None,
                player.host if player else "",
            )
        )
    return sorted(screens, key=lambda screen: (not screen.showing.is_open, screen.showing.is_over))


def _allow(player: Player) -> None:
    if player.way == Way.FRAME:
        allow_source("frame-src", player.origin)
    else:
        allow_source("media-src", player.origin)
        allow_source("connect-src", player.origin)


@bp.post("/events/<slug>/live/<int:number>/join")
def join(slug: str, number: int) -> Response:
    """Go to where the stream is. A POST, so that no page, preview or prefetch ever holds the address."""
    session = reading()
    event = visible_event(session, slug)
    stream = queries.find_stream(session, event.id, number)
    if stream is None:
        raise StreamUnknown
    if not may_see(stream.audience, viewer_of(session, event)):
        raise StreamNotForYou
    entries = queries.shown_sessions(session, [stream])
    if not rules.showing(stream, entries, event.zone, now=clock.now()).is_open:
        raise StreamNotOpen
    response = redirect(stream.url, 303)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
