"""Codes and domains of an event: made, handed out as link and picture, changed, revoked."""

from __future__ import annotations

from flask import Response as PlainResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventsys.badges.codes import qr_svg
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage, key_of
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.pages import absolute
from eventsys.registration import actions
from eventsys.registration.errors import InvitationUnknown
from eventsys.registration.manage.inviting_forms import NewCodeForm, code_form
from eventsys.registration.models import Invitation
from eventsys.registration.queries import invited as queries
from eventsys.registration.rules import invited as rules


def new(slug: str) -> str | tuple[str, int] | Response:
    """A code, typed or made, or a domain."""
    event = event_to_manage(reading(), slug)
    form = NewCodeForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                known = session.get_one(Event, event.id)
                made = actions.add_invitation(
                    session, known, now=clock.now(), by=access.actor(), **form.chosen(), **form.values(known.zone)
                )
        except Refusal as refusal:
            field = form.domain if refusal.field == "domain" else form.code
            field.errors = [*field.errors, str(refusal)]
            event = event_to_manage(reading(), slug)
        else:
            return redirect(url_for("registration_manage.code", slug=slug, number=made.id), 303)
    page = render_template("registration/manage/code_new.html", event=event, form=form)
    return page if request.method == "GET" else (page, 422)


def code(slug: str, number: int) -> str | tuple[str, int] | Response:
    """One code or domain: its link and picture to copy, what it opens, how often it was used."""
    session = reading()
    event = event_to_manage(session, slug)
    invitation = queries.invitation_of_event(session, event.id, number)
    form = code_form(invitation, event.zone)
    if form.validate_on_submit():
        with transaction(actor=access.actor()) as writing:
            known = queries.invitation_of_event(writing, event.id, number)
            actions.change_invitation(writing, known, now=clock.now(), **form.values(event.zone))
        flash(_("Saved."), "good")
        return redirect(url_for("registration_manage.code", slug=slug, number=number), 303)
    page = render_template(
        "registration/manage/code.html",
        event=event,
        form=form,
        invitation=invitation,
        left=rules.uses_left(invitation),
        link=_link(event, invitation),
    )
    return page if request.method == "GET" else (page, 422)


def _link(event: Event, invitation: Invitation) -> str:
    """The registration form with the code filled in; for a private event by way of its secret link."""
    if invitation.code is None:
        return ""
    if event.is_private:
        return absolute("events.way_in", slug=event.slug, key=key_of(event), code=invitation.code)
    return absolute("registration.register", slug=event.slug, code=invitation.code)


def qr(slug: str, number: int) -> PlainResponse:
    """The link of a code as a picture, for posters and letters."""
    session = reading()
    event = event_to_manage(session, slug)
    invitation = queries.invitation_of_event(session, event.id, number)
    if invitation.code is None:
        raise InvitationUnknown
    picture = qr_svg(_link(event, invitation), title=str(_("Register with the code %(code)s", code=invitation.code)))
    response = PlainResponse(picture, content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="{event.slug}-{invitation.code}.svg"'
    return response


def act(slug: str, number: int, act: str) -> Response:
    """Revoke a code, or take that back."""
    if act not in ("revoke", "renew"):
        raise NotFound
    event_id = event_to_manage(reading(), slug).id
    with transaction(actor=access.actor()) as session:
        invitation = queries.invitation_of_event(session, event_id, number)
        actions.revoke_invitation(session, invitation, is_revoked=act == "revoke", now=clock.now())
    said = _("It opens nothing any more. Who came by it stays.") if act == "revoke" else _("It lets people in again.")
    flash(said, "good")
    return redirect(url_for("registration_manage.code", slug=slug, number=number), 303)
