"""Who is registered twice: found, laid side by side, made one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from eventsys.community.rules import sector_label
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import country_name, say_stamp
from eventsys.registration import queries, rules
from eventsys.registration.actions import bulk
from eventsys.registration.models import ENDED, Mode, Registration, RegistrationType, State
from eventsys.registration.queries.doubles import doubles_of

FIELD_LABELS = {
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "email": _l("E-mail address"),
    "organisation": _l("Organisation"),
    "country": _l("Country"),
    "sector": _l("Sector"),
    "language": _l("Language"),
}


def doubles(slug: str) -> str:
    """The pairs that look like one person."""
    session = reading()
    event = event_to_manage(session, slug)
    pairs, has_more = doubles_of(session, event.id)
    return render_template("registration/manage/doubles.html", event=event, pairs=pairs, has_more=has_more)


def compare(slug: str, number: int, other: int) -> str:
    """Two registrations side by side; the first is the one that would stay."""
    session = reading()
    event = event_to_manage(session, slug)
    stays = queries.registration_of_event(session, event.id, number)
    goes = queries.registration_of_event(session, event.id, other)
    return render_template(
        "registration/manage/merge.html",
        event=event,
        stays=stays,
        goes=goes,
        facts=[_facts(stays, event.zone), _facts(goes, event.zone)],
        fields=[(name, FIELD_LABELS[name], _shown(stays, name), _shown(goes, name)) for name in bulk.FIELDS],
        may_merge=stays.state not in ENDED and stays.id != goes.id,
        may_turn=goes.state not in ENDED,
    )


def _facts(one: Registration, zone: Any) -> list[tuple[str, str]]:
    return [
        (_("State"), str(rules.STATE_LABELS[State(one.state)])),
        (_("Way"), str(rules.MODE_LABELS[Mode(one.mode)])),
        (_("Type"), str(rules.TYPE_LABELS[RegistrationType(one.type)])),
        (_("Registered"), say_stamp(one.registered_at, zone)),
        (_("Note"), one.notes or "–"),
    ]


def _shown(one: Registration, name: str) -> str:
    value = getattr(one, name) or ""
    if name == "country":
        return country_name(value) if value else ""
    return sector_label(value) if name == "sector" else str(value)


def merge(slug: str, number: int, other: int) -> Response:
    """Make the two one, with the values that were chosen."""
    event_id = event_to_manage(reading(), slug).id
    taken = {name for name in bulk.FIELDS if request.form.get(name) == "other"}
    try:
        with transaction(actor=access.actor()) as session:
            stays = queries.registration_of_event(session, event_id, number)
            goes = queries.registration_of_event(session, event_id, other)
            bulk.merge(session, stays, goes, taken=taken, now=clock.now())
            name = stays.name
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(url_for("registration_manage.compare", slug=slug, number=number, other=other), 303)
    flash(_("%(name)s is registered once now. It can be undone under “Recent acts”.", name=name), "good")
    return redirect(url_for("registration_manage.show", slug=slug, number=number), 303)
