"""The public feeds: all events, one event, one agenda. Drafts are in none of them."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.agenda.queries import find_session, programme
from eventsys.calendars import entries, writer
from eventsys.events import queries, visits
from eventsys.events.models import Event, EventKind
from eventsys.events.versions import LISTS
from eventsys.kernel.caching import changed_at, kept_answer, revision
from eventsys.kernel.database import reading
from eventsys.kernel.errors import NotFound
from eventsys.kernel.pages import absolute, settings
from eventsys.kernel.text import plain

bp = Blueprint("calendars", __name__)


@bp.get("/calendar.ics")
def all_events() -> AnyResponse:
    """Every public event, cancelled ones too, of one kind and theme where asked."""
    kind = request.args.get("kind", "")
    theme = request.args.get("theme", "").lower()[:60]
    kind = kind if kind in set(EventKind) else ""
    session = reading()
    return kept_answer(
        ("calendar", kind, theme),
        revision(session, LISTS),
        lambda: _all_events(session, kind, theme),
        content_type=writer.MEDIA_TYPE,
    )


@bp.get("/events/<slug>/event.ics")
def event(slug: str) -> AnyResponse:
    """The event as one entry."""
    return visits.feed(slug, "event.ics", _event, content_type=writer.MEDIA_TYPE)


@bp.get("/events/<slug>/agenda.ics")
def agenda(slug: str) -> AnyResponse:
    """One entry a session; cancelled ones stay and say so."""
    return visits.feed(slug, "agenda.ics", _agenda, content_type=writer.MEDIA_TYPE)


@bp.get("/events/<slug>/sessions/<key>.ics")
def session(slug: str, key: str) -> AnyResponse:
    """One session as one entry."""
    return visits.feed(
        slug,
        ("session.ics", key),
        lambda session, event: _session(session, event, key),
        content_type=writer.MEDIA_TYPE,
    )


def _all_events(session: Session, kind: str, theme: str) -> tuple[bytes, datetime | None]:
    found = list(session.scalars(queries.public_events(kind=kind, theme=theme)))
    body = writer.feed(
        [entries.event_entry(one) for one in found], name=settings().site_name, url=absolute("events.index")
    )
    return body, changed_at(session, LISTS)


def _event(_session: Session, event: Event) -> tuple[bytes, datetime]:
    url = absolute("site.event", slug=event.slug)
    return writer.feed([entries.event_entry(event)], name=event.title, url=url), event.changed_at


def _agenda(session: Session, event: Event) -> tuple[bytes, datetime]:
    found = programme(session, event.id)
    body = writer.feed(
        [entries.session_entry(event, one) for one in found.sessions],
        name=event.title,
        description=plain(event.summary),
        url=absolute("agenda.agenda", slug=event.slug),
    )
    return body, event.changed_at


def _session(session: Session, event: Event, key: str) -> tuple[bytes, datetime]:
    one = find_session(session, event.id, key)
    if one is None:
        raise NotFound
    return writer.feed([entries.session_entry(event, one)], name=one.title), event.changed_at
