"""One session: is it for me?"""

from __future__ import annotations

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.agenda import cards
from eventsys.agenda.errors import SessionUnknown
from eventsys.agenda.models import SessionStatus
from eventsys.agenda.queries import find_session
from eventsys.agenda.rules import role_label
from eventsys.events import presentation, visits
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.look import nearest_tint
from eventsys.kernel.text import markdown
from eventsys.site import shown
from eventsys.streams.queries import stream_of_session


def session(slug: str, key: str) -> AnyResponse:
    """Title, when and where, people with roles, talks in order, stream or recording, slides, calendar button."""
    return visits.page(slug, ("session", key), lambda session, event: _page(session, event, key))


def _page(session: Session, event: Event, key: str) -> str:
    entry = find_session(session, event.id, key)
    if entry is None:
        raise SessionUnknown
    now = clock.now()
    is_coming = entry.ends_at > now and entry.status != SessionStatus.CANCELLED
    tint = nearest_tint(entry.track.colour) if entry.track else None
    return render_template(
        "site/session.html",
        event=event,
        entry=entry,
        card=cards.card_of(event, entry, {entry.track_id: tint} if entry.track_id and tint else {}, event.zone),
        tint=tint,
        abstract=markdown(entry.abstract),
        talks=[(talk, markdown(talk.abstract)) for talk in entry.talks],
        is_on=is_coming and entry.starts_at <= now,
        stream=shown.told(stream_of_session(session, entry)) if is_coming else None,
        materials=shown.materials_of_session(session, event, entry),
        role_label=role_label,
        language_name=cards.language_name,
        **presentation.strip(event),
    )
