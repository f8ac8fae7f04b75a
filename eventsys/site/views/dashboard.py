"""The desk of one event: what needs me now?"""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.queries import count_sessions
from eventsys.events import presentation, queries
from eventsys.events.models import Event, EventStatus
from eventsys.kernel.database import reading
from eventsys.registration import queries as registration
from eventsys.registration.models import Registration, State
from eventsys.site.seating import offers


@dataclass(frozen=True)
class Need:
    """Something that waits for an organiser: what, why, and where to do it."""

    what: str
    why: str
    url: str
    act: str


def dashboard(slug: str) -> str:
    """Seats, states and what waits for a decision, for owners and editors."""
    session = reading()
    event = queries.event_to_manage(session, slug)
    settings = registration.settings_of(session, event.id)
    counts = _counts(session, event.id)
    return render_template(
        "site/dashboard.html",
        event=event,
        manage_here="today",
        offers=offers(registration.seats(session, event.id), settings),
        counts=counts,
        needs=_needs(session, event, counts),
        **presentation.strip(event),
    )


def _counts(session: Session, event_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Registration.state, func.count(Registration.id))
        .where(Registration.event_id == event_id)
        .group_by(Registration.state)
    )
    return {row[0]: row[1] for row in rows}


def _needs(session: Session, event: Event, counts: dict[str, int]) -> list[Need]:
    needs = []
    if event.status == EventStatus.DRAFT:
        edit = url_for("events_manage.edit", slug=event.slug)
        needs.append(Need(_("This event is a draft"), _("Nobody else sees it until it is published."), edit, _("Open")))
    if not count_sessions(session, event.id):
        programme = url_for("agenda_manage.programme", slug=event.slug)
        needs.append(Need(_("The programme is empty"), _("Add sessions or import them."), programme, _("Begin")))
    for state, what in (
        (State.APPLIED, _("People await your decision")),
        (State.UNVERIFIED, _("Unconfirmed addresses")),
    ):
        if counts.get(state):
            url = url_for("registration_manage.index", slug=event.slug, state=str(state))
            needs.append(Need(what, str(counts[state]), url, _("See")))
    return needs
