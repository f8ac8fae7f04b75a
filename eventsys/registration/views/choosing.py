"""Days and sessions that a person chooses on their page: taken, waited for, left, each by a POST."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.registration import actions
from eventsys.registration.models import Registration, SeatState
from eventsys.registration.views.person import REGISTRANT, registration_of


def choose_session(token: str) -> AnyResponse:
    """Sign up for a session (or wait for a seat in it), or leave it."""
    known, key, act = registration_of(token), request.form.get("session", ""), request.form.get("act")
    if act not in ("join", "leave"):
        raise BadInput
    try:
        with transaction(actor=REGISTRANT) as session:
            registration = session.get_one(Registration, known.id)
            said = _joined(session, registration, key) if act == "join" else _left(session, registration, key)
        flash(said, "good")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("site.personal", token=token, _anchor="sessions"), 303)


def _joined(session: Session, registration: Registration, key: str) -> str:
    if actions.sign_up(session, registration, key, now=clock.now()) == SeatState.TAKEN:
        return str(_("You are signed up."))
    return str(_("All seats are taken. You wait for one, and we tell you by mail when it is yours."))


def _left(session: Session, registration: Registration, key: str) -> str:
    actions.leave_session(session, registration, key, now=clock.now())
    return str(_("You have left the session. Thank you for making room."))


def choose_days(token: str) -> AnyResponse:
    """Come on just these days."""
    known, days = registration_of(token), request.form.getlist("days")
    try:
        with transaction(actor=REGISTRANT) as session:
            registration = session.get_one(Registration, known.id)
            actions.choose_days(session, registration, days, now=clock.now())
        flash(_("Your days are noted."), "good")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("site.personal", token=token, _anchor="days"), 303)
