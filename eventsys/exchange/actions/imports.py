"""A document becomes an event, or a newer state of the event that has its slug."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.agenda import rules as agenda_rules
from eventsys.agenda.models import AgendaSession
from eventsys.events import actions as event_actions
from eventsys.events.models import Event, EventKind, EventStatus
from eventsys.events.queries import find_event
from eventsys.events.rules import default_privacy_notice
from eventsys.exchange.actions.badges import import_badges
from eventsys.exchange.actions.parts import import_people, import_rooms, import_tracks, remove_unused
from eventsys.exchange.actions.points import import_points
from eventsys.exchange.actions.registering import import_questions, import_seats, import_settings, standard_seats
from eventsys.exchange.actions.sessions import import_sessions
from eventsys.exchange.actions.streams import import_streams
from eventsys.exchange.document import Document, Values
from eventsys.exchange.queries import sessions_of
from eventsys.exchange.summary import Summary
from eventsys.kernel.locale import say_day, say_time


def import_document(
    session: Session, document: Document, *, now: datetime, owner: User | None = None, publish: bool = False
) -> Summary:
    """Write a document into the event with its slug, or into a new one; tells what was done.

    Entries are matched by their keys. Sessions that are gone are cancelled and stay; rooms, tracks and people that
    nothing uses any more are removed. Raises what the rules of the domains below refuse.
    """
    event = find_event(session, document.slug)
    summary = Summary(slug=document.slug, is_new=event is None, notes=list(document.notes))
    if event is None:
        event = _created(session, document, owner, now)
    else:
        _updated(session, event, document, summary)
    before = standard_seats(session, event)
    _import_programme(session, event, document, now, summary)
    import_settings(session, event, document)
    import_questions(session, event, document.questions, now=now)
    import_seats(session, event, document, before=before, now=now)
    import_badges(session, event, document.badges, now=now, summary=summary)
    import_points(session, event, document.points, now=now, summary=summary)
    _step(session, event, document, publish=publish, now=now, summary=summary)
    session.flush()
    summary.title, summary.status = event.title, str(event.status)
    summary.clashes = _clashes(event, sessions_of(session, event.id))
    return summary


def _created(session: Session, document: Document, owner: User | None, now: datetime) -> Event:
    standard = {"kind": EventKind.CONFERENCE, "privacy_notice": default_privacy_notice()}
    values: Values = standard | document.values
    values.pop("status_note", None)
    return event_actions.create_event(
        session, slug=document.slug, owner=owner, themes=document.themes or (), now=now, **values
    )


def _updated(session: Session, event: Event, document: Document, summary: Summary) -> None:
    values = {name: value for name, value in document.values.items() if name != "status_note"}
    themes = {theme.id for theme in event.themes}
    summary.is_event_changed = any(getattr(event, name) != value for name, value in values.items())
    event_actions.update_event(session, event, themes=document.themes, **values)
    summary.is_event_changed |= themes != {theme.id for theme in event.themes}


def _import_programme(session: Session, event: Event, document: Document, now: datetime, summary: Summary) -> None:
    rooms = import_rooms(session, event, document.rooms, summary.rooms)
    tracks = import_tracks(session, event, document.tracks, summary.tracks)
    people = import_people(session, event, document.people, summary.people)
    session.flush()
    import_sessions(session, event, document, rooms, tracks, people, now=now, summary=summary)
    session.flush()
    import_streams(session, event, document, rooms, now=now)
    remove_unused(session, event, document, summary)


def _step(
    session: Session, event: Event, document: Document, *, publish: bool, now: datetime, summary: Summary
) -> None:
    """The status changes only when asked to; what the file says of it otherwise is told."""
    if not publish:
        if document.status not in (None, event.status):
            note = _(
                "the file says “%(file)s”; the status stays “%(status)s”", file=document.status, status=event.status
            )
            summary.notes.append(note)
        return
    is_cancelled = document.status == EventStatus.CANCELLED
    before = event.status
    if event.status == EventStatus.DRAFT or (event.status == EventStatus.CANCELLED and not is_cancelled):
        event_actions.publish(session, event, now=now)
    if is_cancelled and event.status != EventStatus.CANCELLED:
        replacement = find_event(session, document.replaced_by) if document.replaced_by else None
        note = str(document.values.get("status_note", ""))
        event_actions.cancel(session, event, note=note, replaced_by=replacement, now=now)
    summary.is_event_changed |= event.status != before


def _clashes(event: Event, entries: Sequence[AgendaSession]) -> list[str]:
    """What cannot all happen as planned, said; it is allowed."""
    said = []
    for clash in agenda_rules.clashes(entries):
        when = f"{say_day(clash.second.starts_at, event.zone)} {say_time(clash.second.starts_at, event.zone)}"
        said.append(
            _(
                "%(what)s, %(when)s: “%(first)s” and “%(second)s” overlap",
                what=clash.name,
                when=when,
                first=clash.first.title,
                second=clash.second.title,
            )
        )
    return said
