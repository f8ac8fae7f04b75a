"""The link in the letter to a new address: a button, because mail scanners open links."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from eventsys.kernel import clock, limits
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions, queries
from eventsys.registration.errors import LinkUnknown
from eventsys.registration.models import ENDED, Registration, State
from eventsys.registration.views.person import REGISTRANT


def confirm(token: str) -> AnyResponse | str:
    """Ask whether the address is theirs; the yes takes the seat and leads to the personal page."""
    found = queries.find_by_confirmation(reading(), token)
    if found is None:
        limits.take("links", most=30, seconds=60)
        raise LinkUnknown
    if request.method == "GET":
        is_over = found.state != State.UNVERIFIED or bool(found.offer_until and found.offer_until <= clock.now())
        # Who was let in by an organiser meanwhile need not confirm anything.
        is_done = found.state not in {State.UNVERIFIED, *ENDED}
        return render_template(
            "registration/confirm.html", registration=found, event=found.event, is_over=is_over, is_done=is_done
        )
    try:
        with transaction(actor=REGISTRANT) as session:
            actions.confirm_address(session, session.get_one(Registration, found.id), now=clock.now())
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(url_for("registration.confirm", token=token), 303)
    flash(_("Your address is confirmed."), "good")
    return redirect(url_for("site.personal", token=queries.link_of(found)), 303)
