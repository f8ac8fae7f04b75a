"""The desk as organisers see it: whose arrival is waited for, who of today's programme is missing, who was refused,
who walked in."""

from __future__ import annotations

from datetime import UTC, datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from eventsys.checkin import desk_words, rules
from eventsys.checkin.actions import desk_watching
from eventsys.checkin.manage.desk_forms import WatchForm
from eventsys.checkin.queries import desk as queries
from eventsys.checkin.queries.expected import expected_of
from eventsys.checkin.queries.naming import people_meant
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.locale import say_day
from eventsys.registration.queries import registration_of_event

Answer = Response | str | tuple[str, int]


def desk(slug: str) -> Answer:
    """All four lists on one page; each loads in a fixed number of statements."""
    return _page(event_to_manage(reading(), slug), WatchForm(formdata=None))


def watch(slug: str) -> Answer:
    """Wait for somebody, by name or code, or by the button beside an expected speaker."""
    event, form = event_to_manage(reading(), slug), WatchForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    who = form.who.data or ""
    meant = people_meant(reading(), event.id, [who])[who]
    if len(meant) != 1:
        form.who.errors = [_not_one(len(meant))]
        return _page(event, form), 422
    return _waited_for(slug, meant[0].id, form.words.data or "")


def watch_person(slug: str, number: int) -> Response:
    """Wait for this registration."""
    return _waited_for(slug, number, request.form.get("words", ""))


def unwatch(slug: str, number: int) -> Response:
    """Wait for them no more."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        desk_watching.unwatch(session, registration_of_event(session, event.id, number), now=clock.now())
    return _back(slug)


def _waited_for(slug: str, number: int, words: str) -> Response:
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        person = registration_of_event(session, event.id, number)
        desk_watching.watch(session, person, words, user_id=current_user.id, now=clock.now())
        name = person.name
    flash(_("You get a mail as soon as %(name)s is let in.", name=name), "good")
    return _back(slug)


def _not_one(number: int) -> str:
    if number == 0:
        return str(_("Nobody of this event is called so, or has this code."))
    return str(_("%(n)d people are called so. Write the whole name, or the code under the QR.", n=number))


def _back(slug: str) -> Response:
    return redirect(url_for("checkin_manage.desk", slug=slug), 303)


def _page(event: Event, form: WatchForm) -> str:
    session, now = reading(), clock.now()
    day = rules.door_day(now, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)
    arrivals = queries.arrivals_of(session, event.id)
    watched = {arrival.person.id for arrival in arrivals if arrival.arrived_at is None}
    begin = datetime.combine(day, time.min, event.zone).astimezone(UTC)
    return render_template(
        "checkin/manage/desk.html",
        event=event,
        form=form,
        day=say_day(day),
        arrivals=arrivals,
        expected=[
            (one, one.registration is not None and one.registration.id in watched)
            for one in expected_of(session, event, day=day, now=now)
        ],
        refused=[desk_words.said_refused(one, event.zone) for one in queries.exceptions_of(session, event.id, now=now)],
        walk_ins=queries.walk_ins_of(session, event.id, since=begin),
    )
