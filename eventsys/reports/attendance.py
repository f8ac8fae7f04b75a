"""Certificates for everybody who was there: issued together, and drawn as one PDF."""

from __future__ import annotations

from io import BytesIO

from flask import Response, render_template
from flask_babel import force_locale
from sqlalchemy import select

from eventsys.badges.sheets import write_certificates
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.registration.models import Registration
from eventsys.reports import actions, queries, rules
from eventsys.reports.certificates import faces
from eventsys.reports.errors import NotAttended

_PEOPLE_A_TRANSACTION = 500


def certificates_page(slug: str) -> str:
    """How many were there, and how many have their certificate."""
    session = reading()
    event = event_to_manage(session, slug)
    came = len(queries.attended(session, event.id))
    return render_template(
        "reports/manage/certificates.html",
        event=event,
        came=came,
        issued=queries.number_of_certificates(session, event.id),
        is_over=rules.may_certify(event, 1, clock.now()),
    )


def certificates_pdf(slug: str) -> Response:
    """Issue what is missing, and draw all, by family name in the language of the event."""
    event = event_to_manage(reading(), slug)
    people = queries.attended(reading(), event.id)
    if not rules.may_certify(event, len(people), clock.now()):
        raise NotAttended
    for place in range(0, len(people), _PEOPLE_A_TRANSACTION):
        some = people[place : place + _PEOPLE_A_TRANSACTION]
        with transaction(actor=access.actor()) as session:
            rows = session.scalars(select(Registration).where(Registration.id.in_(some)).with_for_update()).all()
            actions.issue_all(session, session.get_one(Event, event.id), rows, now=clock.now())
    out, session = BytesIO(), reading()
    event = event_to_manage(session, slug)
    with force_locale(event.language):
        write_certificates(faces(session, event, people), out)
    response = Response(out.getvalue(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="certificates-{slug}.pdf"'
    return response
