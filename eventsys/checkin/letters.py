"""The letter that tells an organiser that somebody they wait for has come."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eventsys.checkin.models import Admission, ArrivalWatch, Point
from eventsys.checkin.queries.listeners import works_here
from eventsys.kernel import pages
from eventsys.kernel.text import clean_line
from eventsys.mailing.letters import Letter, Maker, write
from eventsys.registration.models import Registration


def arrived_letter(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """The maker "checkin.arrived"; None where nobody waits any more, the arrival was undone, or whoever asked works on
    the event no longer."""
    person = joinedload(ArrivalWatch.registration).joinedload(Registration.event)
    watch = session.get(ArrivalWatch, arguments["watch_id"], options=[person, joinedload(ArrivalWatch.user)])
    if watch is None or watch.arrived_at is None or watch.user is None:
        return None
    if not works_here(session, watch.event_id, watch.user.id):
        return None
    event = watch.registration.event
    with force_locale(event.language):
        return write(
            "checkin/mail/arrived",
            to=watch.user.email,
            subject=clean_line(_("%(name)s has arrived", name=watch.registration.name)),
            event=event,
            person=watch.registration,
            words=watch.words,
            where=_where(session, watch),
            arrived_at=watch.arrived_at,
            url=pages.absolute("checkin_manage.desk", slug=event.slug),
        )


def _where(session: Session, watch: ArrivalWatch) -> str:
    """The point that let them in last."""
    names = (
        select(Point.name)
        .join(Admission, (Admission.event_id == Point.event_id) & (Admission.point_key == Point.key))
        .where(Admission.registration_id == watch.registration_id)
        .order_by(Admission.first_at.desc(), Point.id)
    )
    return session.scalar(names.limit(1)) or ""


MAKERS: dict[str, Maker] = {"checkin.arrived": arrived_letter}
