"""One badge, from the page of its registration, and those of people who were chosen in the table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import BinaryIO

from flask import Response, current_app
from flask_babel import force_locale

from eventsys.badges import pictures
from eventsys.badges.designs import pictures_in
from eventsys.badges.errors import NothingToDraw
from eventsys.badges.queries import design_of
from eventsys.badges.sheets import design_pdf, write_design
from eventsys.badges.streaming import streamed
from eventsys.events.models import Event, MemberRole
from eventsys.events.queries import event_to_manage
from eventsys.kernel.database import reading
from eventsys.registration import queries, rules
from eventsys.registration.faces import badge_faces
from eventsys.registration.models import Mode, State


def badge_pdf(slug: str, number: int) -> Response:
    """In the event's own design; for the desk too. Raises NotInState and NothingToDraw."""
    session = reading()
    event = event_to_manage(session, slug, needs=MemberRole.DOOR)
    registration = queries.registration_of_event(session, event.id, number)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    if registration.mode != Mode.ONSITE:
        raise NothingToDraw
    design = design_of(session, event.id, None)
    with force_locale(event.language):
        found = pictures.all_read(event.id, pictures_in(design))
        pdf = design_pdf(design, badge_faces(session, event, ids=[number], needs=design.needs), pictures=found)
    response = Response(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="badge-{number}.pdf"'
    return response


def badges_of(event: Event, ids: Sequence[int]) -> Response:
    """By family name, in the event's own design, sent while they are drawn. Raises NothingToDraw."""
    number, slug = event.id, event.slug

    def write(out: BinaryIO) -> None:
        # In a thread with a session of its own; who may see the event was judged before.
        session = reading()
        known = session.get_one(Event, number)
        design = design_of(session, number, None)
        with force_locale(known.language):
            faces = badge_faces(session, known, ids=ids, needs=design.needs)
            write_design(design, faces, out, pictures=pictures.all_read(number, pictures_in(design)))

    pieces = streamed(current_app._get_current_object(), write)  # type: ignore[attr-defined]
    # Whatever keeps the first badges from being drawn is told on a page, not in the middle of a file.
    response = Response(chain([next(pieces)], pieces), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="badges-{slug}.pdf"'
    return response
