"""The registration form of an event, and the pages around it."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events.models import Event
from eventsys.events.presentation import strip
from eventsys.events.queries import visible_event
from eventsys.events.visits import moved_for_good
from eventsys.kernel import clock, limits, storage
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import chosen_language
from eventsys.kernel.text import markdown
from eventsys.registration import actions, files, queries, rules
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.forms import EntryForm, entry_form
from eventsys.registration.models import Admission, QuestionType, Registration, State
from eventsys.registration.places import places_of
from eventsys.registration.views.codes import fill_in_code, is_code_asked, trying_code
from eventsys.registration.views.drawing import entry_page


def refuse_large(slug: str) -> None:
    """A large body is read only for a form that asks for files."""
    if (request.content_length or 0) <= current_app.config["MAX_CONTENT_LENGTH"]:
        return
    session = reading()
    event = visible_event(session, slug)
    if not any(one.type == QuestionType.FILE for one in queries.form_of(session, event, chosen_language())):
        raise RequestEntityTooLarge


# A whole hall, or a university, may share one address: what is stopped is a program, not a crowd.
@limits.limited("registration", most=120, seconds=60)
@storage.takes_files(most=files.MOST_BODY, guard=refuse_large)
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
    language = chosen_language()
    asks_code = is_code_asked(session, settings, has_any=found.has_codes)
    places = places_of(session, event, found.pools, has_approval=settings.has_approval)
    form = entry_form(seats, queries.form_of(session, event, language), language, places=places)
    fill_in_code(form)
    if form.validate_on_submit():
        if (answer := _enter(found, slug, form)) is not None:
            return answer
        event = visible_event(session, slug)
    notice = rules.privacy_text(event)
    return entry_page(
        "registration/register.html", form, places, event, settings, seats, privacy_notice=notice, asks_code=asks_code
    )


def _enter(found: queries.Look, slug: str, form: EntryForm) -> AnyResponse | None:
    """Register, and say where to go; None where the refusal is shown in the form."""
    now, event = clock.now(), found.event
    kept = {number: files.keep(event.id, upload) for number, upload in form.uploads().items()}
    entry = form.entry(privacy_text=rules.privacy_text(event), language=chosen_language(), kept=kept)
    # What was read stays as it is: the database decides in the end anyway, and reading it twice costs a fifth of all.
    reading().expunge_all()
    try:
        with trying_code(form), transaction(actor="registrant") as session:
            invited = actions.with_invitation(session, found.settings, entry, form.code.data or "", now=now)
            registration = actions.register(session, event, invited, now=now, seen=found)
    except AlreadyRegistered as known:
        files.forget(kept.values())
        # Who knows an address must not learn from us whether it is registered: the answer goes by mail.
        send_link(known.registration_id)
        return redirect(url_for("registration.sent", slug=slug), 303)
    except Refusal as refusal:
        files.forget(kept.values())
        form.show(refusal)
        return None
    if registration.state == State.UNVERIFIED:
        # The personal link is for who reads the mail to this address, and for nobody else.
        return redirect(url_for("registration.sent", slug=slug), 303)
    return redirect(url_for("site.personal", token=queries.link_of(registration)), 303)


def send_link(registration_id: int | None) -> None:
    if registration_id is None:
        return
    with transaction(actor="registrant") as session:
        registration = session.get(Registration, registration_id)
        if registration is not None:
            actions.send_link(session, registration, now=clock.now())


def sent(slug: str) -> str:
    """Says that mail is on its way, to whom it may concern."""
    event = visible_event(session := reading(), slug)
    settings = queries.settings_of(session, event.id)
    confirms = settings.confirms_address or settings.admission == Admission.INVITED
    return render_template("registration/sent.html", confirms=confirms, **_about(event))


def privacy(slug: str) -> str:
    """The privacy notice that a registration accepts."""
    event = visible_event(reading(), slug)
    text = markdown(rules.privacy_text(event))
    return render_template("registration/privacy.html", privacy_notice=text, **_about(event))


def _about(event: Event) -> dict[str, Any]:
    return {"event": event, **strip(event), "may_register": False}
