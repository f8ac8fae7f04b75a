"""How an event registers people: seats, dates, waiting list, privacy."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.registration import actions, queries
from eventsys.registration.manage.forms import SettingsForm, settings_form
from eventsys.registration.models import Mode


def form(slug: str) -> str | tuple[str, int] | Response:
    """Seats and dates; more seats let in those who wait at once."""
    session = reading()
    event = event_to_manage(session, slug)
    seats = queries.seats(session, event.id)
    filled = settings_form(
        queries.settings_of(session, event.id), seats, event.privacy_controller, event.privacy_notice, event.zone
    )
    if filled.validate_on_submit():
        _save(event.id, filled)
        return redirect(url_for("registration_manage.form", slug=slug), 303)
    page = render_template(
        "registration/manage/form.html",
        event=event,
        form=filled,
        seats=seats,
    )
    return page if request.method == "GET" else (page, 422)


def _save(event_id: int, filled: SettingsForm) -> None:
    now = clock.now()
    with transaction(actor=access.actor()) as session:
        event = session.get_one(Event, event_id)
        actions.change_settings(session, event, now=now, **filled.settings(event.zone))
        event.privacy_controller = filled.privacy_controller.data or ""
        event.privacy_notice = filled.privacy_notice.data or ""
        moved = actions.set_seats(session, event, Mode.ONSITE, filled.onsite.data, now=now)
        moved += actions.set_seats(session, event, Mode.ONLINE, filled.online.data, now=now)
        surplus = sum(found.overbooked for found in queries.seats(session, event_id).values())
    flash(_("Saved."), "good")
    if moved:
        flash(ngettext("%(num)d person has moved up.", "%(num)d people have moved up.", moved), "info")
    if surplus:
        words = ngettext(
            "%(num)d person more than there are seats is registered; nobody loses their seat.",
            "%(num)d people more than there are seats are registered; nobody loses their seat.",
            surplus,
        )
        flash(words, "warn")
