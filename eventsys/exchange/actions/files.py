"""A file becomes an event in one transaction: all of it, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events.queries import find_event
from eventsys.exchange.actions.imports import import_document
from eventsys.exchange.opening import Opened, read_document
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
    may_create: bool = True,
) -> Summary:
    """Write what a file says. Whatever is refused on the way is refused in the name of the file.

    Raises FileRefused. With `may_create` off, the file may only change the event that `given.slug` names.
    """
    try:
        event = find_event(session, given.slug) if given.slug else None
        into = whole_event(session, event) if event is not None else None
        zones = replace(given, zone_of=lambda slug: _zone_of(session, slug, given))
        document = read_document(file, zones, into)
        if not may_create and (event is None or document.slug != event.slug):
            raise Refusal
        return import_document(session, document, now=now, owner=owner, publish=publish)
    except FileRefused:
        raise
    except Refusal as refusal:
        raise FileRefused(file.filename, str(refusal)) from refusal


def _zone_of(session: Session, slug: str, given: Overrides) -> str:
    event = find_event(session, slug)
    return event.timezone if event is not None else given.zone_of(slug)
