"""How an event registers people: all settings on one page, none overwritten that somebody else has just saved."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventsys.events.errors import ChangedMeanwhile
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.registration import actions, queries
from eventsys.registration.manage.settings_forms import SettingsForm, seen_of, settings_form


def settings(slug: str) -> str | tuple[str, int] | Response:
    """Dates, the queue, decisions, ways in, what is asked again, what is kept and what people accept."""
    session = reading()
    event = event_to_manage(session, slug)
    form = settings_form(queries.settings_of(session, event.id), event)
    if form.validate_on_submit():
        try:
            _save(slug, form)
            return redirect(url_for("registration_manage.settings", slug=slug), 303)
        except ChangedMeanwhile as refusal:
            form.form_errors.append(str(refusal))
            event = event_to_manage(session, slug)
            form.seen.data = seen_of(queries.settings_of(session, event.id), event)
    page = render_template("registration/manage/settings.html", event=event, form=form)
    return page if request.method == "GET" else (page, 422)


def _save(slug: str, form: SettingsForm) -> None:
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        # A post that names no state, as programs send it, is taken.
        if form.seen.data and form.seen.data != seen_of(queries.settings_of(session, event.id), event):
            raise ChangedMeanwhile
        actions.change_settings(session, event, now=clock.now(), **form.settings(event.zone))
        event.privacy_controller = form.privacy_controller.data or ""
        event.privacy_notice = form.privacy_notice.data or ""
    flash(_("Saved."), "good")
