"""The table of registrations, and decisions on many at once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_LABELS
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.kernel.paging import page_number, paginated
from eventsys.registration import actions, listing, queries, rules
from eventsys.registration.models import Mode, Registration, RegistrationType, State

ROWS = 50
_SHOWN = (State.CONFIRMED, State.WAITING, State.OFFERED, State.APPLIED, State.CANCELLED, State.DECLINED)


def index(slug: str) -> str:
    """Who is registered: counts on top, then the rows that were asked for."""
    session = reading()
    event = event_to_manage(session, slug)
    asked = listing.read_asked(request.args)
    counts = listing.counted(session, event.id)
    applied = sum(number for (state, _mode), number in counts.items() if state == State.APPLIED)
    return render_template(
        "registration/manage/index.html",
        event=event,
        asked=asked,
        page=paginated(session, listing.listed(event.id, asked), number=page_number(), size=ROWS),
        seats=queries.seats(session, event.id),
        figures=_figures(counts),
        total=sum(counts.values()),
        applied=applied,
        missing=len(queries.programme_people_missing(session, event.id)),
        choices=_choices(),
        **_labels(),
    )


def _figures(counts: dict[tuple[State, Mode], int]) -> list[tuple[Any, ...]]:
    """One figure a state that occurs; the first always."""
    found: list[tuple[Any, ...]] = []
    for state in _SHOWN:
        onsite, online = (counts.get((state, mode), 0) for mode in Mode)
        if onsite or online or state == State.CONFIRMED:
            words = _("%(onsite)s on site, %(online)s online", onsite=onsite, online=online)
            found.append((str(rules.STATE_LABELS[state]), onsite + online, words))
    return found


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "state": [("", _("all states")), *((str(key), str(label)) for key, label in rules.STATE_LABELS.items())],
        "mode": [("", _("on site and online")), *((str(key), str(label)) for key, label in rules.MODE_LABELS.items())],
        "type": [("", _("all types")), *((str(key), str(label)) for key, label in rules.TYPE_LABELS.items())],
        "sector": [("", _("all sectors")), *((str(key), str(SECTOR_LABELS[key])) for key in Sector)],
        "sort": [("newest", _("newest first")), ("name", _("name")), ("organisation", _("organisation")),
                 ("state", _("state"))],
    }  # fmt: skip


def _labels() -> dict[str, Any]:
    return {
        "mode_labels": {str(key): label for key, label in rules.MODE_LABELS.items()},
        "type_labels": {str(key): label for key, label in rules.TYPE_LABELS.items()},
        "sector_labels": {str(key): label for key, label in SECTOR_LABELS.items()},
        "plain_type": str(RegistrationType.PARTICIPANT),
    }


def decide(slug: str) -> Response:
    """Confirm or decline the applications that were ticked, in the order they came."""
    act, ticked = request.form.get("act"), request.form.getlist("id")
    numbers = [int(one) for one in ticked if one.isdecimal() and len(one) <= 18]
    if act not in ("approve", "decline"):
        raise BadInput
    event_id = event_to_manage(reading(), slug).id
    try:
        with transaction(actor=access.actor()) as session:
            said = _decide(session, event_id, numbers, act)
        flash(said, "good")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.index", slug=slug, state="applied"), 303)


def _decide(session: Any, event_id: int, numbers: list[int], act: str) -> str:
    chosen = session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.id.in_(numbers), Registration.state == State.APPLIED)
        .order_by(Registration.registered_at, Registration.id)
    ).all()
    if not chosen:
        return str(_("Nobody was chosen."))
    session.get_one(Event, event_id)
    if act == "decline":
        number = actions.decline_many(session, chosen, now=clock.now())
        return str(ngettext("%(num)d application is declined.", "%(num)d applications are declined.", number))
    counts = actions.approve_many(session, chosen, now=clock.now())
    seated, waiting = counts.get(State.CONFIRMED, 0), counts.get(State.WAITING, 0)
    return str(_("%(seated)d confirmed, %(waiting)d on the waiting list.", seated=seated, waiting=waiting))
