"""An event is written down and corrected."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.accounts.models import User
from eventsys.community.queries import themes
from eventsys.events import actions, rules
from eventsys.events.forms import EventForm, NewEventForm, blame
from eventsys.events.manage.door import bp
from eventsys.events.manage.home import refuse_unless_may_create
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage, key_of, rank_of
from eventsys.kernel import access, clock, pages
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal

# Refusals name what they are about; the form has two fields for an instant and one for a zone.
_FIELDS = {"starts_at": "starts_time", "ends_at": "ends_time"}

Answer = Response | str | tuple[str, int]


@bp.route("/manage/events/new", methods=["GET", "POST"])
def new() -> Answer:
    """A new draft, owned by whoever makes it."""
    owner = refuse_unless_may_create()
    form = NewEventForm(data={"timezone": pages.settings().timezone, "starts_time": time(9), "ends_time": time(17)})
    _offer_themes(reading(), form)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                event = _create(session, form, owner_id=owner.id)
            flash(_("The event is a draft: only its team sees it."), "good")
            return redirect(url_for("agenda_manage.ready", slug=event.slug), 303)
        except Refusal as refusal:
            blame(form, refusal, **_FIELDS)
    return _drawn("events/manage/new.html", form)


def _create(session: Session, form: NewEventForm, *, owner_id: int) -> Event:
    owner = session.get_one(User, owner_id)
    texts = {"privacy_notice": rules.default_privacy_notice(), "contact": owner.email, "language": _language()}
    return actions.create_event(session, **(form.values() | texts), owner=owner, now=clock.now())


def _language() -> str:
    return str(get_locale() or "en")


@bp.route("/manage/events/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> Answer:
    """All that is written about an event."""
    event = event_to_manage(reading(), slug)
    form = EventForm.of(event)
    _offer_themes(reading(), form)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug)
                rules.refuse_if_changed(form.seen.data, event.updated_at)
                actions.update_event(session, event, **form.values())
            flash(_("Saved."), "good")
            return redirect(url_for("events_manage.edit", slug=event.slug), 303)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            blame(form, refusal, **_FIELDS)
            event = event_to_manage(reading(), slug)
            form.seen.data = event.updated_at.isoformat()
    if not form.is_submitted():
        form.seen.data = event.updated_at.isoformat()
    link = pages.absolute("events.way_in", slug=slug, key=key_of(event)) if event.is_private else ""
    may_own = rank_of(reading(), event.id) >= 3
    return _drawn("events/manage/edit.html", form, event=event, may_own=may_own, secret_link=link)


@bp.post("/manage/events/<slug>/link")
def new_link(slug: str) -> Response:
    """Another secret link; the old one finds nothing any more."""
    with transaction(actor=access.actor()) as session:
        actions.new_key(session, event_to_manage(session, slug), now=clock.now())
    flash(_("The old link finds nothing any more. Send the new one to those who shall come."), "good")
    return redirect(url_for("events_manage.edit", slug=slug) + "#secret-link", 303)


def _offer_themes(session: Session, form: NewEventForm) -> None:
    form.themes.choices = [(theme.key, theme.name) for theme in themes(session)]


def _drawn(template: str, form: NewEventForm, **more: Any) -> Answer:
    page = render_template(template, form=form, zones=rules.zone_names(), base_url=pages.settings().base_url, **more)
    return (page, 422) if form.errors else page
