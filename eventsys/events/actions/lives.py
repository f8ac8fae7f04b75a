"""An event is created, changed, published, cancelled; what it once was called keeps leading to it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.community.actions import themes_named
from eventsys.events import rules
from eventsys.events.errors import ReplacesItself, SlugTaken
from eventsys.events.models import Event, EventKind, EventStatus, FormerSlug, MemberRole, Membership
from eventsys.kernel import tokens
from eventsys.kernel.facts import record
from eventsys.kernel.text import clean_line


def create_event(
    session: Session,
    *,
    slug: str,
    kind: str,
    title: str,
    timezone: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    owner: User | None = None,
    themes: Iterable[str] = (),
    **values: Any,
) -> Event:
    """A new event, a draft unless `status` says otherwise; without an owner it belongs to the administrators.

    `values` are further columns of Event. Raises SlugMalformed, SlugTaken, TimezoneUnknown, EndsBeforeStart,
    ValueUnknown.
    """
    rules.refuse_unless_slug(slug)
    _refuse_if_taken(session, slug)
    event = Event(slug=slug, uid=uuid.uuid4().hex, created_at=now, updated_at=now, status=EventStatus.DRAFT)
    _fill(event, {"kind": kind, "title": title, "timezone": timezone, "starts_at": starts_at, "ends_at": ends_at})
    _fill(event, values)
    _have_key(event)
    if event.status == EventStatus.PUBLISHED and event.published_at is None:
        event.published_at = now
    session.add(event)
    _flush_slug(session, slug)
    set_themes(session, event, themes)
    if owner is not None:
        session.add(Membership(event_id=event.id, user_id=owner.id, role=MemberRole.OWNER, created_at=now))
    record(session, "event.created", at=now, subject="event", subject_id=event.id, event_id=event.id)
    session.flush()
    return event


def update_event(session: Session, event: Event, *, themes: Iterable[str] | None = None, **values: Any) -> None:
    """Change columns of an event and, when given, its themes and its `slug`. Refuses as `create_event` does."""
    slug = values.pop("slug", event.slug)
    _fill(event, values)
    _have_key(event)
    if slug != event.slug:
        rename_slug(session, event, slug)
    if themes is not None:
        set_themes(session, event, themes)
    session.flush()


def publish(session: Session, event: Event, *, now: datetime) -> None:
    """Show the event to the public; also takes back a cancellation. Raises StepNotPossible."""
    rules.refuse_unless_step(event, "publish")
    event.status = EventStatus.PUBLISHED
    event.published_at = event.published_at or now
    _forget_cancellation(event)
    session.flush()


def cancel(session: Session, event: Event, *, now: datetime, note: str = "", replaced_by: Event | None = None) -> None:
    """Say that the event does not take place, why, and what replaces it. It keeps its address.

    Raises StepNotPossible, ReplacesItself.
    """
    rules.refuse_unless_step(event, "cancel")
    if rules.replaces_in_a_circle(event, replaced_by):
        raise ReplacesItself(field="replaced_by")
    event.status = EventStatus.CANCELLED
    event.cancelled_at = now
    event.status_note = note
    event.replaced_by = replaced_by
    session.flush()


def restore_to_draft(session: Session, event: Event) -> None:
    """Take the event off the public pages until it is published again. Raises StepNotPossible."""
    rules.refuse_unless_step(event, "restore")
    event.status = EventStatus.DRAFT
    _forget_cancellation(event)
    session.flush()


def remove_draft(session: Session, event: Event) -> None:
    """Delete a draft that was never public, with all that belongs to it. Raises StepNotPossible."""
    rules.refuse_unless_step(event, "remove")
    session.delete(event)
    session.flush()


def rename_slug(session: Session, event: Event, slug: str) -> None:
    """Give the event another address; one that the public knew redirects for ever. Raises SlugMalformed, SlugTaken."""
    if slug == event.slug:
        return
    rules.refuse_unless_slug(slug)
    _refuse_if_taken(session, slug, except_event=event.id)
    session.execute(delete(FormerSlug).where(FormerSlug.slug == slug, FormerSlug.event_id == event.id))
    if event.is_public or event.published_at is not None:
        session.add(FormerSlug(slug=event.slug, event_id=event.id))
    event.slug = slug
    _flush_slug(session, slug)


def set_themes(session: Session, event: Event, names: Iterable[str]) -> None:
    """The event carries exactly these themes (names or keys); unknown ones are made."""
    wanted = themes_named(session, names)
    if {theme.id for theme in wanted} != {theme.id for theme in event.themes}:
        event.themes = wanted
        session.flush()


def new_key(session: Session, event: Event, *, now: datetime) -> None:
    """Another secret link: who came by the old one is let in no more, who opened a personal one stays."""
    event.private_nonce = tokens.new_nonce()
    record(session, "event.link_renewed", at=now, subject="event", subject_id=event.id, event_id=event.id)
    session.flush()


def _have_key(event: Event) -> None:
    if event.is_private and not event.private_nonce:
        event.private_nonce = tokens.new_nonce()


# What stands on one line also where it comes from a file: it becomes the subject of mails.
_LINES = {"title", "contact", "venue_name", "venue_address", "venue_city", "privacy_controller"}


def _fill(event: Event, values: dict[str, Any]) -> None:
    if "kind" in values:
        rules.refuse_unless_known(values["kind"], EventKind, field="kind")
    if "timezone" in values:
        rules.zone_named(values["timezone"])
    for name, value in values.items():
        if not hasattr(Event, name):
            raise TypeError(f"an event has no {name!r}")
        kept = clean_line(value) if name in _LINES else value
        if getattr(event, name) != kept:
            setattr(event, name, kept)
    rules.refuse_unless_in_order(event.starts_at, event.ends_at)


def _forget_cancellation(event: Event) -> None:
    event.cancelled_at = None
    event.status_note = ""
    event.replaced_by = None


def _refuse_if_taken(session: Session, slug: str, *, except_event: int | None = None) -> None:
    taken = session.scalar(select(Event.id).where(Event.slug == slug))
    former = session.scalar(select(FormerSlug.event_id).where(FormerSlug.slug == slug))
    if any(owner is not None and owner != except_event for owner in (taken, former)):
        raise SlugTaken(slug=slug, field="slug")


def _flush_slug(session: Session, slug: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else took the address between the look and the write; the caller's transaction ends here.
        if "slug" in str(error.orig):
            raise SlugTaken(slug=slug, field="slug") from error
        raise
