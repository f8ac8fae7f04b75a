"""A visit to a public page of an event: kept for everybody, made afresh for those who work on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime

from flask import Response, current_app, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events import queries
from eventsys.events.errors import EventUnknown
from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.caching import kept_answer
from eventsys.kernel.database import reading
from eventsys.kernel.locale import chosen_language
from eventsys.kernel.pages import absolute, is_for_everybody

# "Live now" and "registration closed" may be this many seconds late on a kept page.
LATENESS = 60


def page(
    slug: str,
    key: Hashable,
    make: Callable[[Session, Event], str],
    *,
    is_kept: bool = True,
    also: Callable[[Session, int], Hashable] | None = None,
) -> AnyResponse:
    """The page that `make` draws of an event, from what is kept unless the reader has an own view of it.

    `key` names the page and what was chosen on it. `also` reads what the page shows besides what grows the event's
    version. Former addresses redirect for good. Raises EventUnknown, for drafts too unless the reader works on it.
    """
    session = reading()
    known = queries.stamp(session, slug)
    if known is None:
        return moved_for_good(session, slug)
    if not is_kept or known.status == EventStatus.DRAFT or known.is_private or not is_for_everybody():
        return current_app.make_response(make(session, queries.visible_event(session, slug)))
    version = (known.version, int(clock.now().timestamp()) // LATENESS, also(session, known.id) if also else None)
    return kept_answer(
        (key, known.id, chosen_language()), version, lambda: make(session, queries.visible_event(session, slug))
    )


def feed(
    slug: str,
    key: Hashable,
    make: Callable[[Session, Event], tuple[bytes, datetime]],
    *,
    content_type: str,
) -> AnyResponse:
    """A feed of a public event: `make` gives the bytes and the instant of their last change. Drafts have none.

    A calendar keeps no cookie: that of a private event names its key as `?key=`.
    """
    session = reading()
    known = queries.stamp(session, slug)
    if known is None:
        return moved_for_good(session, slug)
    if known.status == EventStatus.DRAFT:
        raise EventUnknown
    if known.is_private:
        return _secret_feed(session, slug, make, content_type)

    def made() -> tuple[bytes, datetime]:
        event = queries.find_event(session, slug)
        if event is None:
            raise EventUnknown
        return make(session, event)

    return kept_answer((key, known.id), known.version, made, content_type=content_type)


def _secret_feed(
    session: Session, slug: str, make: Callable[[Session, Event], tuple[bytes, datetime]], content_type: str
) -> Response:
    event = queries.find_event(session, slug)
    if event is None or not queries.may_see(session, event, request.args.get("key", "")):
        raise EventUnknown
    body, modified = make(session, event)
    answer = Response(body, content_type=content_type)
    answer.last_modified = modified
    return answer


def feed_address(event: Event, endpoint: str) -> str:
    """The absolute address that a calendar subscribes to."""
    key = {"key": queries.key_of(event)} if event.is_private else {}
    return absolute(endpoint, slug=event.slug, **key)


def moved_for_good(session: Session, slug: str) -> Response:
    """A redirect from a former address to the same page at the present one. Raises EventUnknown."""
    present = queries.former_address(session, slug)
    if present is None:
        raise EventUnknown
    values = {**(request.view_args or {}), "slug": present}
    query = request.query_string.decode()
    address = url_for(str(request.endpoint), **values) + (f"?{query}" if query else "")
    return current_app.make_response(redirect(address, 301))
