"""Wishes for a round of sessions, by the personal link: ranked, changed, taken back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration.actions import breakouts
from eventsys.registration.forms.wishing import wish_form
from eventsys.registration.models import Breakout, Registration
from eventsys.registration.queries import breakouts as queries
from eventsys.registration.rules.breakouts import asked_number, refuse_unless_open
from eventsys.registration.views.person import REGISTRANT, registration_of


def wishes(token: str, key: str) -> AnyResponse | tuple[str, int] | str:
    """Rank the sessions of one round; the form stands on the personal page as well."""
    registration, session = registration_of(token), reading()
    breakout = queries.round_of(session, registration.event_id, key)
    slots = queries.slots_in(breakout, queries.slots_of(session, breakout.event_id))
    if request.method == "GET":
        refuse_unless_open(breakout, slots, clock.now())
    if request.form.get("act") == "take_back":
        return _take_back(token, registration.id, breakout.id)
    known = queries.wishes_of(session, registration.id).get(breakout.id)
    form = wish_form(slots, asked_number(breakout, slots), known.ranking if known else (), key=key)
    if form.validate_on_submit():
        return _keep(token, registration.id, breakout.id, form.ranking())
    page = render_template(
        "registration/wishes.html", event=registration.event, breakout=breakout, form=form, token=token
    )
    return page if request.method == "GET" else (page, 422)


def _keep(token: str, number: int, breakout_id: int, ranking: list[str]) -> AnyResponse:
    try:
        with transaction(actor=REGISTRANT) as session:
            known = session.get_one(Registration, number), session.get_one(Breakout, breakout_id)
            breakouts.wish(session, *known, ranking, now=clock.now())
        flash(_("Your wishes are kept. You can change them until they are dealt."), "good")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("site.personal", token=token) + "#wishes", 303)


def _take_back(token: str, number: int, breakout_id: int) -> AnyResponse:
    try:
        with transaction(actor=REGISTRANT) as session:
            known = session.get_one(Registration, number), session.get_one(Breakout, breakout_id)
            breakouts.take_back_wish(session, *known, now=clock.now())
        flash(_("Your wishes are taken back."), "good")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("site.personal", token=token) + "#wishes", 303)
