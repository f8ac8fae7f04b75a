"""What organisers take away: the registrations as a table."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, request

from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound
from eventsys.kernel.tables import Sheet, write_csv, write_xlsx
from eventsys.registration.actions import note_look
from eventsys.reports.registrations import asked_of, columns, people_with_sensitive_answers, rows

bp = Blueprint("reports_manage", __name__)

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.route("/manage/events/<slug>/registrations.<ending>", methods=["GET", "POST"])
def registrations(slug: str, ending: str) -> Response:
    """All registrations of the event as CSV or XLSX; by POST with sensitive answers, which is written down."""
    session = reading()
    event = event_to_manage(session, slug)
    if ending not in _TYPES:
        raise NotFound
    with_sensitive = request.method == "POST"
    if with_sensitive:
        people = people_with_sensitive_answers(session, event)
        with transaction(actor=access.actor()) as session:
            note_look(session, event.id, "export", people=people, now=clock.now())
    out, questions = BytesIO(), asked_of(session, event, with_sensitive=with_sensitive)
    heads, lines = columns(questions), rows(session, event, questions)
    if ending == "csv":
        write_csv(out, heads, lines, with_mark=True)
    else:
        write_xlsx(out, Sheet("registrations", heads, lines))
    response = Response(out.getvalue(), content_type=_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="registrations-{event.slug}.{ending}"'
    return response
