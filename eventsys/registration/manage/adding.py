"""Organisers bring people in: one by hand, a list of staff or press, everyone of the programme."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions
from eventsys.registration.manage.forms import AddForm, ListForm


def add(slug: str) -> str | tuple[str, int] | Response:
    """One person by hand: no privacy notice is accepted for them, and the address may be missing."""
    event = event_to_manage(reading(), slug)
    form = AddForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                registration = actions.register(
                    session,
                    session.get_one(Event, event.id),
                    form.entry(event.language),
                    now=clock.now(),
                    overbook=form.overbook.data,
                    by_organiser=True,
                )
        except Refusal as refusal:
            field = form[refusal.field] if refusal.field and refusal.field in form else form.first_name
            field.errors = [*field.errors, str(refusal)]
        else:
            flash(_("%(name)s is registered.", name=registration.name), "good")
            return redirect(url_for("registration_manage.show", slug=slug, number=registration.id), 303)
    page = render_template("registration/manage/add.html", event=event, form=form)
    return page if request.method == "GET" else (page, 422)


def add_list(slug: str) -> str | tuple[str, int] | Response:
    """Staff, press or guests: a line a person."""
    event = event_to_manage(reading(), slug)
    form = ListForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                added, known = actions.add_people(
                    session,
                    session.get_one(Event, event.id),
                    form.entries(event.language),
                    now=clock.now(),
                    overbook=form.overbook.data,
                )
        except Refusal as refusal:
            form.people.errors = [*form.people.errors, str(refusal)]
        else:
            _say_added(len(added), known)
            return redirect(url_for("registration_manage.index", slug=slug, type=form.type.data), 303)
    page = render_template("registration/manage/add_list.html", event=event, form=form)
    return page if request.method == "GET" else (page, 422)


def add_programme(slug: str) -> Response:
    """Everyone of the programme who is not registered yet, as speakers."""
    event = event_to_manage(reading(), slug)
    try:
        with transaction(actor=access.actor()) as session:
            added = actions.register_programme_people(
                session,
                session.get_one(Event, event.id),
                now=clock.now(),
                overbook=request.form.get("overbook") == "1",
                is_mailed=request.form.get("notify") == "1",
            )
        _say_added(len(added), 0)
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.index", slug=slug, type="speaker"), 303)


def _say_added(added: int, known: int) -> None:
    said = ngettext("%(num)d person is registered.", "%(num)d people are registered.", added)
    if known:
        said += " " + ngettext("%(num)d was registered already.", "%(num)d were registered already.", known)
    flash(said, "good" if added else "info")
