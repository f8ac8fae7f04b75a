"""One stream as one visitor may see it: what is on, whether it is for them, how they get in. No page knows more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.agenda.cards import who_says
from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.registration.rules import Viewer
from eventsys.streams import queries, rules
from eventsys.streams.rules import Barrier, Moment, Player, Way


@dataclass(frozen=True)
class Screen:
    """One stream for one visitor.

    `way` and `host` are known where they may watch it now; `player`, which holds the address, only where they asked to.
    """

    number: int
    audience: str
    room: str
    moment: Moment
    barrier: Barrier | None
    entry: AgendaSession | None
    is_on: bool
    who: str
    coming: AgendaSession | None
    opens_at: datetime | None
    way: Way | None = None
    host: str = ""
    player: Player | None = None

    @property
    def may_enter(self) -> bool:
        return self.way is not None


def screens_of(session: Session, event: Event, viewer: Viewer, *, watched: str, now: datetime) -> list[Screen]:
    """All streams of an event as this viewer may see them: what is open first, then what is next, then what is over."""
    streams = queries.streams_of(session, event.id)
    entries = queries.shown_sessions(session, streams)
    shown = [rules.showing(stream, entries, event, now=now) for stream in streams]
    queries.load_people(session, [one.entry for one in shown if one.entry is not None])
    screens = [_screen(one, viewer, watched) for one in shown]
    order = list(Moment)
    return sorted(
        screens,
        key=lambda screen: (
            order.index(screen.moment),
            screen.barrier is not None,
            screen.opens_at.timestamp() if screen.moment == Moment.LATER and screen.opens_at else 0,
        ),
    )


def _next_today(shown: rules.Showing) -> AgendaSession | None:
    """What comes after the session that names the stream, before it closes for the day."""
    coming = shown.coming
    if coming is None or coming is shown.entry or shown.closes_at is None or coming.starts_at >= shown.closes_at:
        return None
    return coming


def _screen(shown: rules.Showing, viewer: Viewer, watched: str) -> Screen:
    stream, entry = shown.stream, shown.entry
    barrier = rules.barrier(stream.audience, viewer)
    player = rules.player_of(stream.url) if barrier is None and shown.is_open else None
    is_watched = player is not None and player.way != Way.JOIN and str(stream.id) == watched
    room = stream.room or (entry.room if entry else None)
    return Screen(
        number=stream.id,
        audience=stream.audience,
        room=room.name if room else "",
        moment=shown.moment,
        barrier=barrier,
        entry=entry,
        is_on=entry is not None and entry is shown.current,
        who=who_says(entry) if entry else "",
        coming=_next_today(shown),
        opens_at=shown.opens_at,
        way=player.way if player else None,
        host=player.host if player else "",
        player=player if is_watched else None,
    )
