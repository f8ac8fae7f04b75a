"""A seat handed on to a colleague, by the personal link."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions, queries, rules
from eventsys.registration.errors import SubstitutionNotOffered
from eventsys.registration.forms.invited import ColleagueForm
from eventsys.registration.models import Registration, State
from eventsys.registration.views.person import REGISTRANT, registration_of


def hand_on(token: str) -> AnyResponse | tuple[str, int] | str:
    """Who comes instead: a name and an address. What becomes of it is told to that address alone."""
    registration = registration_of(token)
    settings = queries.settings_of(reading(), registration.event_id)
    if not settings.may_substitute:
        raise SubstitutionNotOffered
    rules.refuse_unless_running(registration.event, clock.now())
    rules.refuse_unless_in(registration, State.CONFIRMED)
    form = ColleagueForm()
    if form.validate_on_submit():
        limits.take("substitution", most=5, seconds=3600, by=str(registration.id))
        number = registration.id
        try:
            entry = form.entry(settings)
            with transaction(actor=REGISTRANT) as writing:
                actions.substitute(writing, writing.get_one(Registration, number), entry, now=clock.now())
        except Refusal as refusal:
            form.email.errors = [*form.email.errors, str(refusal)]
        else:
            flash(_("Your seat is handed on. %(name)s has mail from us.", name=form.name.data), "good")
            return redirect(url_for("site.personal", token=token), 303)
    event = reading().get_one(Registration, registration.id).event
    page = render_template("registration/colleague.html", form=form, event=event, token=token, instead_of=None)
    return page if request.method == "GET" else (page, 422)
