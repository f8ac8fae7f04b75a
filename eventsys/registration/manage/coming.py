"""Who still comes: what people answered, and the question asked by hand."""

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
from eventsys.registration import actions, queries
from eventsys.registration.queries.coming import answers_counted
from eventsys.registration.rules.coming import answer_until, asks_at


def coming(slug: str) -> str | Response:
    """The answers so far; a post asks everybody on site who was not asked yet."""
    session = reading()
    event = event_to_manage(session, slug)
    now = clock.now()
    if request.method == "POST":
        return _ask(slug, event.id)
    settings = queries.settings_of(session, event.id)
    return render_template(
        "registration/manage/coming.html",
        event=event,
        settings=settings,
        counts=answers_counted(session, event.id, now),
        asks_at=asks_at(settings, event),
        until=answer_until(settings, event, now),
        is_running=now < event.starts_at and event.is_public,
    )


def _ask(slug: str, event_id: int) -> Response:
    now, asked = clock.now(), 0
    try:
        while True:
            with transaction(actor=access.actor()) as session:
                event = session.get_one(Event, event_id)
                batch = actions.ask_batch(session, event, before=now, now=now)
                if not batch and asked:
                    actions.note_asking(session, event, now=now)
            if not batch:
                break
            asked += batch
        flash(
            ngettext("%(num)d person is asked by mail.", "%(num)d people are asked by mail.", asked)
            if asked
            else _("Everybody on site was asked already."),
            "good" if asked else "info",
        )
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.coming", slug=slug), 303)
