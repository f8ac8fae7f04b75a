"""The registration form of an event, and the pages around it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events.models import Event
from eventsys.events.presentation import strip
from eventsys.events.queries import visible_event
from eventsys.events.rules import default_privacy_notice
from eventsys.events.visits import moved_for_good
from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import chosen_language
from eventsys.kernel.text import markdown
from eventsys.registration import actions, queries, rules
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.forms import EntryForm, entry_form
from eventsys.registration.models import Registration
from eventsys.registration.wording import mode_notes


# A whole hall, or a university, may share one address: what is stopped is a program, not a crowd.
@limits.limited("registration", most=120, seconds=60)
def register(slug: str) -> AnyResponse | tuple[str, int] | str:
    """The form; a valid post takes a seat or a place in the queue and leads to the personal page."""
    session = reading()
    found = queries.look(session, Event.slug == slug)
    if found is None:
        return moved_for_good(session, slug)
    event = found.event if found.event.is_listed else visible_event(session, slug)
    settings, seats = found.settings, queries.seats_in(session, event.id, found.modes)
    phase = rules.phase(event, settings, clock.now(), seats)
    if phase != rules.Phase.OPEN:
        page = render_template("registration/closed.html", phase=phase, settings=settings, **_about(event))
        return page, 200 if request.method == "GET" else 409
    form = entry_form(seats, questions := queries.questions_of(session, event.id), rules.MODE_LABELS)
    if form.validate_on_submit():
        entry = form.entry(
            questions, privacy_text_hash=rules.text_hash(privacy_text(event)), language=chosen_language()
        )
        if (answer := _enter(found, slug, entry, form)) is not None:
            return answer
    page = render_template(
        "registration/register.html",
        form=form,
        questions=[form[f"q_{question.key}"] for question in questions],
        notes=mode_notes(seats, settings),
        only_mode=form.only_mode,
        settings=settings,
        privacy_notice=markdown(privacy_text(event)),
        **_about(event),
    )
    return page if request.method == "GET" else (page, 422)


def _enter(found: queries.Look, slug: str, entry: Any, form: EntryForm) -> AnyResponse | None:
    """Register, and say where to go; None where the refusal is shown in the form."""
    now = clock.now()
    # What was read stays as it is: the database decides in the end anyway, and reading it twice costs a fifth of all.
    reading().expunge_all()
    try:
        with transaction(actor="registrant") as session:
            registration = actions.register(session, found.event, entry, now=now, seen=found)
    except AlreadyRegistered as known:
        # Who knows an address must not learn from us whether it is registered: the answer goes by mail.
        _send_link(known.registration_id)
        return redirect(url_for("registration.sent", slug=slug), 303)
    except Refusal as refusal:
        # The page that says so draws the event.
        reading().add(found.event)
        field = form[refusal.field] if refusal.field and refusal.field in form else None
        (form.form_errors if field is None else field.errors).append(str(refusal))
        return None
    return redirect(url_for("site.personal", token=queries.link_of(registration)), 303)


def _send_link(registration_id: int | None) -> None:
    if registration_id is None:
        return
    with transaction(actor="registrant") as session:
        registration = session.get(Registration, registration_id)
        if registration is not None:
            actions.send_link(session, registration, now=clock.now())


def sent(slug: str) -> str:
    """Says that mail is on its way, to whom it may concern."""
    return render_template("registration/sent.html", **_about(visible_event(reading(), slug)))


def privacy(slug: str) -> str:
    """The privacy notice that a registration accepts."""
    event = visible_event(reading(), slug)
    text = markdown(privacy_text(event))
    return render_template("registration/privacy.html", privacy_notice=text, **_about(event))


def privacy_text(event: Event) -> str:
    """The text that is accepted, as markdown: who answers for the data, then the notice."""
    who = event.privacy_controller or ", ".join(event.organisers)
    head = _("Responsible for your data: %(controller)s.", controller=who) + "\n\n" if who else ""
    return head + (event.privacy_notice or default_privacy_notice())


def _about(event: Event) -> dict[str, Any]:
    return {"event": event, **strip(event), "may_register": False}
