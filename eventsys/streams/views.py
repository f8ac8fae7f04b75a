"""The live page: what is on now, shown to whom it is for; everyone else learns why not and what to do."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events import visits
from eventsys.events.models import Event
from eventsys.events.presentation import strip
from eventsys.events.queries import visible_event
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.kernel.pages import allow_source
from eventsys.registration.queries import link_of, settings_of, viewer_of
from eventsys.registration.rules import Viewer, is_open, may_see
from eventsys.streams import queries, rules
from eventsys.streams.errors import StreamNotForYou, StreamNotOpen, StreamUnknown
from eventsys.streams.rules import Moment, Player, Way
from eventsys.streams.screens import Screen, screens_of

bp = Blueprint("streams", __name__)


@bp.get("/events/<slug>/live")
def live(slug: str) -> Response:
    """All streams of the event; `?watch=<id>` opens one in the page, so that nothing foreign loads before a click."""
    return visits.page(slug, ("live",), _live_page, is_kept=False)


def _live_page(session: Session, event: Event) -> str:
    viewer, now = viewer_of(session, event), clock.now()
    screens = screens_of(session, event, viewer, watched=request.args.get("watch", ""), now=now)
    for screen in screens:
        _allow(screen)
    return render_template(
        "streams/live.html",
        event=event,
        watched=next((screen for screen in screens if screen.player is not None), None),
        on=[screen for screen in screens if screen.moment == Moment.OPEN and screen.player is None],
        later=[screen for screen in screens if screen.moment in (Moment.LATER, Moment.UNPLANNED)],
        past=[screen for screen in screens if screen.moment in (Moment.OVER, Moment.CANCELLED)],
        opens_next=min((s.opens_at for s in screens if s.moment == Moment.LATER and s.opens_at), default=None),
        may_register=is_open(event, settings_of(session, event.id), now) and not viewer.registrations,
        personal_path=personal_path(viewer),
        **strip(event),
    )


def personal_path(viewer: Viewer) -> str:
    """The personal page that this browser has opened last, where there is one."""
    return f"/r/{link_of(viewer.registrations[-1])}" if viewer.registrations else ""


def _allow(screen: Screen) -> None:
    """What this one answer may load or lead to, besides this site."""
    if screen.way == Way.JOIN:
        # Browsers hold the target of a form's redirect, and of each one after it, against this policy: meeting sites
        # send people on to servers that nobody can name beforehand.
        allow_source("form-action", "https:")
        allow_source("form-action", "http:")
    if screen.player is not None:
        _allow_player(screen.player)


def _allow_player(player: Player) -> None:
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
    if not rules.showing(stream, entries, event, now=clock.now()).is_open:
        raise StreamNotOpen
    return redirect(stream.url, 303)
