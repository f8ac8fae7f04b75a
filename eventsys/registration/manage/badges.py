"""Badges to print: all of an event, or one."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import force_locale
from sqlalchemy import func, select

from eventsys.badges.sheets import badge_pdf as draw
from eventsys.events.models import MemberRole
from eventsys.events.queries import event_to_manage
from eventsys.kernel.database import reading
from eventsys.registration import queries, rules
from eventsys.registration.errors import RegistrationUnknown
from eventsys.registration.faces import badge_face, badge_faces
from eventsys.registration.models import Mode, Registration, RegistrationType, State


def badges(slug: str) -> str:
    """How many badges there are to print, by type, and the way to the PDF."""
    session = reading()
    event = event_to_manage(session, slug)
    rows = session.execute(
        select(Registration.type, func.count())
        .where(
            Registration.event_id == event.id,
            Registration.state == State.CONFIRMED,
            Registration.mode == Mode.ONSITE,
        )
        .group_by(Registration.type)
        .order_by(Registration.type)
    )
    counts = [(str(rules.TYPE_LABELS[RegistrationType(kind)]), number) for kind, number in rows]
    missing = queries.programme_people_missing(session, event.id)
    return render_template(
        "registration/manage/badges.html",
        event=event,
        counts=counts,
        total=sum(number for _kind, number in counts),
        missing=missing,
    )


def badges_pdf(slug: str) -> Response:
    """Everyone confirmed on site, by family name."""
    session = reading()
    event = event_to_manage(session, slug)
    with force_locale(event.language):
        pdf = draw(badge_faces(session, event))
    return _answer(pdf, f"badges-{event.slug}.pdf")


def badge_pdf(slug: str, number: int) -> Response:
    """One badge, for the desk too."""
    session = reading()
    event = event_to_manage(session, slug, needs=MemberRole.DOOR)
    registration = queries.registration_of_event(session, event.id, number)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    ticket = queries.current_ticket(session, number)
    if ticket is None:
        raise RegistrationUnknown
    with force_locale(event.language):
        pdf = draw([badge_face(registration, event, ticket)])
    return _answer(pdf, f"badge-{number}.pdf")


def _answer(pdf: bytes, name: str) -> Response:
    response = Response(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
