"""A person's own calendar feed: their place at the event and their sessions, followed through every change."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request
from flask_babel import force_locale
from flask_babel import gettext as _

from eventsys.calendars import writer
from eventsys.calendars.entries import event_entry, session_entry
from eventsys.calendars.writer import Entry, Status
from eventsys.events.models import Event, EventStatus
from eventsys.kernel.database import reading
from eventsys.kernel.pages import absolute
from eventsys.registration import rules
from eventsys.registration.models import ENDED, Mode, Registration, State
from eventsys.registration.queries.breakouts import seated_sessions
from eventsys.registration.views.person import registration_of


def personal_feed(token: str) -> Response:
    """The event as one entry under the UID of the invitation, so that who has both sees it once; one each for the
    sessions that the person has a seat in, under their own UIDs."""
    registration = registration_of(token)
    event, session = registration.event, reading()
    with force_locale(registration.language):
        entry = _entry(registration, event, absolute("site.personal", token=token))
        chosen = seated_sessions(session, registration.id) if registration.state == State.CONFIRMED else []
        entries = [entry, *(session_entry(event, one, takes_time=True) for one in chosen)]
        body = writer.feed(entries, name=event.title)
    answer = Response(body, content_type=writer.MEDIA_TYPE)
    answer.add_etag(weak=True)
    answer.last_modified = max(one.updated_at for one in entries)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


def _entry(registration: Registration, event: Event, link: str) -> Entry:
    entry = event_entry(event, url=link, takes_time=True)
    return replace(
        entry,
        uid=rules.calendar_uid(event, registration),
        sequence=rules.calendar_sequence(event, registration),
        updated_at=max(entry.updated_at, registration.updated_at),
        status=_status(registration, event),
        location=str(_("Online")) if registration.mode == Mode.ONLINE else entry.location,
    )


def _status(registration: Registration, event: Event) -> Status:
    """Who waits for a seat or an answer sees it as tentative; what ended stays and says so."""
    if event.status == EventStatus.CANCELLED or registration.state in ENDED:
        return "cancelled"
    return "confirmed" if registration.state == State.CONFIRMED else "tentative"
