"""One registration as organisers see it: where it stands, what happened, what can be done."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.community.rules import sector_label
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import country_name
from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration import actions, queries, rules
from eventsys.registration.listing.choices import tags_of
from eventsys.registration.manage.answers import said_to_organisers
from eventsys.registration.manage.ways import ways_of
from eventsys.registration.meters import stands_of
from eventsys.registration.models import ENDED, Mode, Registration, RegistrationType, State
from eventsys.registration.queries.tags import tags_on
from eventsys.registration.timeline import steps_of


def show(slug: str, number: int) -> str:
    """Details, answers but for sensitive ones, the ticket, the timeline and the acts that the state allows."""
    return _page(slug, number, is_open=False)


def show_sensitive(slug: str, number: int) -> str:
    """The same page with sensitive answers; that it was asked for is written down before they are read."""
    event_id = event_to_manage(reading(), slug).id
    with transaction(actor=access.actor()) as session:
        registration = queries.registration_of_event(session, event_id, number)
        actions.note_look(session, event_id, "person", people=1, now=clock.now(), registration_id=registration.id)
    return _page(slug, number, is_open=True)


def _page(slug: str, number: int, *, is_open: bool) -> str:
    session = reading()
    event = event_to_manage(session, slug)
    registration = queries.registration_of_event(session, event.id, number)
    answers = queries.answers_of(session, number)
    has_hidden = not is_open and any(answer.question.is_sensitive for answer in answers)
    seats = queries.seats(session, event.id)
    other = Mode.ONLINE if registration.mode == Mode.ONSITE else Mode.ONSITE
    ticket = queries.current_ticket(session, registration.id)
    return render_template(
        "registration/manage/show.html",
        event=event,
        registration=registration,
        ways=ways_of(session, event, registration),
        stands=stands_of(session, event, registration),
        type_label=rules.TYPE_LABELS[RegistrationType(registration.type)],
        mode_label=rules.MODE_LABELS[Mode(registration.mode)],
        sector=sector_label(registration.sector),
        country=country_name(registration.country) if registration.country else "",
        answers=[
            (
                answer.question.label,
                _("hidden")
                if has_hidden and answer.question.is_sensitive
                else said_to_organisers(slug, number, answer),
            )
            for answer in answers
        ],
        has_hidden=has_hidden,
        short_code=rules.spoken(ticket.short_code) if ticket else "",
        place=queries.place_in_queue(session, registration) if registration.state == State.WAITING else 0,
        steps=steps_of(session, event, registration),
        tags=tags_on(session, number),
        known_tags=tags_of(session, event.id),
        is_ended=registration.state in ENDED,
        has_room=seats[Mode(registration.mode)].has_room,
        other=other if seats[other].seats != 0 and registration.state not in ENDED else None,
        other_label=rules.MODE_LABELS[other],
        other_has_room=seats[other].has_room,
    )


def act(slug: str, number: int, act: str) -> Response:
    """Do one of the acts, say what came of it on the person's page."""
    deed = _DEEDS.get(act)
    if deed is None:
        raise NotFound
    event_id = event_to_manage(reading(), slug).id
    try:
        with transaction(actor=access.actor()) as session:
            registration = queries.registration_of_event(session, event_id, number)
            rules.refuse_if_erased(registration)
            said_it = deed(session, registration)
        flash(said_it, "good")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.show", slug=slug, number=number), 303)


def _overbooks() -> bool:
    """Whether the organiser ticked that the seat may be one too many."""
    return request.form.get("overbook") == "1"


def _approve(session: Session, registration: Registration) -> str:
    actions.approve(session, registration, now=clock.now(), overbook=_overbooks())
    return str(rules.STATE_LABELS[State(registration.state)])


def _decline(session: Session, registration: Registration) -> str:
    actions.decline(session, registration, now=clock.now())
    return str(_("Declined; the person is told by mail."))


def _cancel(session: Session, registration: Registration) -> str:
    actions.cancel(session, registration, now=clock.now())
    return str(_("Cancelled; the person is told by mail."))


def _restore(session: Session, registration: Registration) -> str:
    actions.restore(session, registration, now=clock.now(), overbook=_overbooks())
    return str(rules.STATE_LABELS[State(registration.state)])


def _switch(session: Session, registration: Registration) -> str:
    other = Mode.ONLINE if registration.mode == Mode.ONSITE else Mode.ONSITE
    actions.switch_mode(session, registration, other, now=clock.now(), overbook=_overbooks())
    return str(_("Switched; the person is told by mail."))


def _resend(session: Session, registration: Registration) -> str:
    if not registration.email:
        return str(_("There is no address to send it to."))
    if actions.send_link(session, registration, now=clock.now()):
        return str(_("The link is on its way to %(address)s.", address=registration.email))
    return str(_("It was sent in the last ten minutes."))


def _replace(session: Session, registration: Registration) -> str:
    actions.replace_ticket(session, registration, now=clock.now())
    return str(_("The old ticket opens no door any more; the new one is on its way."))


def _note(session: Session, registration: Registration) -> str:
    actions.add_note(session, registration, clean_prose(request.form.get("notes", ""))[:2000], now=clock.now())
    return str(_("The note is kept; the door shows it."))


def _tag(session: Session, registration: Registration) -> str:
    tag = clean_line(request.form.get("tag", ""))[:60]
    actions.add_tag(session, registration, tag, now=clock.now())
    return str(_("Tagged “%(tag)s”.", tag=tag))


def _untag(session: Session, registration: Registration) -> str:
    tag = request.form.get("tag", "")
    actions.remove_tag(session, registration, tag, now=clock.now())
    return str(_("The tag “%(tag)s” is off.", tag=tag))


_DEEDS: dict[str, Callable[[Session, Registration], str]] = {
    "approve": _approve,
    "decline": _decline,
    "cancel": _cancel,
    "restore": _restore,
    "switch": _switch,
    "resend": _resend,
    "replace-ticket": _replace,
    "note": _note,
    "tag": _tag,
    "untag": _untag,
}
