"""A seat handed to a colleague by an organiser, where the person asks for it by mail or phone."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions, queries, rules
from eventsys.registration.forms.invited import ColleagueForm
from eventsys.registration.models import State


def hand_on(slug: str, number: int) -> str | tuple[str, int] | Response:
    """Who comes instead; also where people may not hand on their seats themselves."""
    session = reading()
    event = event_to_manage(session, slug)
    registration = queries.registration_of_event(session, event.id, number)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    form = ColleagueForm()
    if form.validate_on_submit():
        try:
            entry = form.entry(queries.settings_of(session, event.id))
            with transaction(actor=access.actor()) as writing:
                known = queries.registration_of_event(writing, event.id, number)
                other = actions.substitute(writing, known, entry, now=clock.now(), by_organiser=True).id
        except Refusal as refusal:
            form.email.errors = [*form.email.errors, str(refusal)]
            event = event_to_manage(reading(), slug)
            registration = queries.registration_of_event(reading(), event.id, number)
        else:
            flash(_("The seat is handed on; both are told by mail."), "good")
            return redirect(url_for("registration_manage.show", slug=slug, number=other), 303)
    page = render_template("registration/manage/hand_on.html", event=event, form=form, registration=registration)
    return page if request.method == "GET" else (page, 422)
