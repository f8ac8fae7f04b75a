"""What a person does with their registration, by their personal link: whatever acts is a POST."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.badges.codes import qr_svg
from eventsys.badges.sheets import ticket_pdf
from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.registration import actions, queries, rules
from eventsys.registration.errors import AlreadyRegistered, LinkUnknown, RegistrationErased
from eventsys.registration.faces import ticket_face
from eventsys.registration.forms import AddressForm
from eventsys.registration.models import EmailChange, Mode, Registration, State, Ticket

REGISTRANT = "registrant"


def registration_of(token: str) -> Registration:
    """The registration of a personal link. Raises LinkUnknown, TooManyTries for who goes on guessing, and
    RegistrationErased for who was forgotten."""
    found = queries.find_by_link(reading(), token)
    if found is None:
        limits.take("links", most=30, seconds=60)
        raise LinkUnknown
    if found.erased_at is not None:
        raise RegistrationErased
    return found


def _act(token: str, deed: Callable[[Session, Registration], str]) -> AnyResponse:
    """Do something with a registration, say what came of it on the personal page."""
    known = registration_of(token)
    try:
        with transaction(actor=REGISTRANT) as session:
            said, kind = deed(session, session.get_one(Registration, known.id)), "good"
    except Refusal as refusal:
        said, kind = str(refusal), "bad"
    flash(said, kind)
    return redirect(url_for("site.personal", token=token), 303)


def cancel(token: str) -> AnyResponse:
    def deed(session: Session, registration: Registration) -> str:
        actions.cancel(session, registration, now=clock.now())
        return str(_("Your registration is cancelled. Thank you for making room."))

    return _act(token, deed)


def switch_mode(token: str) -> AnyResponse:
    mode = request.form.get("mode")
    if mode not in set(Mode):
        raise BadInput

    def deed(session: Session, registration: Registration) -> str:
        actions.switch_mode(session, registration, Mode(mode), now=clock.now())
        return str(_("You now take part on site.") if mode == Mode.ONSITE else _("You now take part online."))

    return _act(token, deed)


def answer_offer(token: str) -> AnyResponse:
    answer = request.form.get("answer")
    if answer not in ("accept", "refuse"):
        raise BadInput

    def deed(session: Session, registration: Registration) -> str:
        if answer == "accept":
            actions.accept_offer(session, registration, now=clock.now())
            return str(_("The seat is yours."))
        actions.decline_offer(session, registration, now=clock.now())
        return str(_("The seat goes to the next in line. Thank you for telling us."))

    return _act(token, deed)


def answer_coming(token: str) -> AnyResponse:
    """Yes, or no to "Are you still coming?"."""
    answer = request.form.get("answer")
    if answer not in ("yes", "no"):
        raise BadInput

    def deed(session: Session, registration: Registration) -> str:
        actions.answer_coming(session, registration, comes=answer == "yes", now=clock.now())
        if answer == "yes":
            return str(_("Thank you. Your seat is kept for you."))
        return str(_("Thank you for telling us. Your seat goes to the next in line."))

    return _act(token, deed)


def change_email(token: str) -> AnyResponse | tuple[str, int] | str:
    """Ask for another address: it takes effect when its owner confirms it."""
    registration = registration_of(token)
    rules.refuse_unless_living(registration)
    rules.refuse_if_locked(registration)
    form = AddressForm()
    if form.validate_on_submit():
        limits.take("address change", most=5, seconds=3600, by=str(registration.id))
        try:
            with transaction(actor=REGISTRANT) as writing:
                known = writing.get_one(Registration, registration.id)
                actions.request_email_change(writing, known, form.email.data or "", now=clock.now())
        except Refusal as refusal:
            form.email.errors = [*form.email.errors, str(refusal)]
        else:
            flash(_("Please open the link that we have sent to the new address. Until then nothing changes."), "info")
            return redirect(url_for("site.personal", token=token), 303)
    page = render_template(
        "registration/email.html", form=form, registration=registration, event=registration.event, token=token
    )
    return page if request.method == "GET" else (page, 422)


def new_address(token: str) -> AnyResponse | str:
    """The link in the mail to a new address: a button, because mail scanners open links."""
    change = queries.find_email_change(reading(), token)
    if change is None:
        limits.take("links", most=30, seconds=60)
        raise LinkUnknown
    event, is_over = change.registration.event, bool(change.confirmed_at) or change.expires_at <= clock.now()
    if request.method == "GET":
        return render_template("registration/new_address.html", change=change, event=event, is_over=is_over)
    try:
        with transaction(actor=REGISTRANT) as session:
            actions.confirm_email(session, session.get_one(EmailChange, change.id), now=clock.now())
    except AlreadyRegistered:
        flash(_("This address is registered for the event by itself, so both cannot become one here."), "bad")
        return redirect(url_for("registration.new_address", token=token), 303)
    flash(_("The address is confirmed. Everything goes there from now on."), "good")
    return redirect(url_for("registration.new_address", token=token), 303)


def ticket(token: str) -> Response:
    """The ticket as PDF, for who is confirmed on site."""
    registration, found = _ticket_of(token)
    pdf = ticket_pdf(ticket_face(registration, registration.event, found))
    response = Response(pdf, content_type="application/pdf")
    name = f"ticket-{rules.spoken(found.short_code)}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def qr(token: str) -> Response:
    """The code of the ticket as a picture."""
    _registration, found = _ticket_of(token)
    response = Response(qr_svg(found.code, title=rules.spoken(found.short_code)), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _ticket_of(token: str) -> tuple[Registration, Ticket]:
    registration = registration_of(token)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    found = queries.current_ticket(reading(), registration.id)
    if found is None:
        raise LinkUnknown
    return registration, found
