"""A file becomes an event in one transaction: all of it, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events.errors import EventUnknown
from eventsys.events.queries import find_event
from eventsys.exchange.actions.imports import import_document
from eventsys.exchange.document import Document
from eventsys.exchange.errors import AnotherEvent, EventThere
from eventsys.exchange.frab import recognised
from eventsys.exchange.opening import MOST_SESSIONS, Format, Opened, read_document
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import whole_event
from eventsys.exchange.summary import Summary
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import FileRefused


def import_file(
    session: Session,
    file: Opened,
    given: Overrides,
    *,
    now: datetime,
    owner: User | None = None,
    publish: bool = False,
    is_new: bool | None = None,
) -> Summary:
    """Write what a file says. Whatever is refused on the way is refused in the name of the file.

    Raises FileRefused. `is_new` says that the event must be new, or must be the one that `given.slug` names.
    """
    try:
        event = find_event(session, given.slug) if given.slug else None
        if event is None and given.slug and file.format == Format.TABLE:
            raise EventUnknown(_("there is no event “%(slug)s”", slug=given.slug))
        into = whole_event(session, event) if event is not None else None
        zones = replace(given, zone_of=lambda slug: _zone_of(session, slug, given))
        document = read_document(file, zones, into)
        _refuse_unless(session, document, given, is_new)
        if len(document.sessions or ()) > MOST_SESSIONS:
            raise FileRefused(file.filename, _("there are more than %(most)d sessions", most=MOST_SESSIONS))
        if file.format in (Format.FRAB_XML, Format.FRAB_JSON):
            document = _recognised(session, document)
        return import_document(session, document, now=now, owner=owner, publish=publish)
    except FileRefused:
        raise
    except Refusal as refusal:
        raise FileRefused(file.filename, str(refusal)) from refusal


def _zone_of(session: Session, slug: str, given: Overrides) -> str:
    event = find_event(session, slug)
    return event.timezone if event is not None else given.zone_of(slug)


def _recognised(session: Session, document: Document) -> Document:
    event = find_event(session, document.slug)
    return document if event is None else recognised(document, whole_event(session, event))


def _refuse_unless(session: Session, document: Document, given: Overrides, is_new: bool | None) -> None:
    """Who may make a new event may not change one that is there, and the other way round."""
    if is_new is True and find_event(session, document.slug) is not None:
        raise EventThere(slug=document.slug)
    if is_new is False and (document.slug != given.slug or find_event(session, document.slug) is None):
        raise AnotherEvent
