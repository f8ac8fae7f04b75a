"""What organisers take away: the registrations as a table."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response

from eventsys.events.queries import event_to_manage
from eventsys.kernel.database import reading
from eventsys.kernel.errors import NotFound
from eventsys.kernel.tables import Sheet, write_csv, write_xlsx
from eventsys.reports.registrations import asked_of, columns, rows

bp = Blueprint("reports_manage", __name__)

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/manage/events/<slug>/registrations.<ending>")
def registrations(slug: str, ending: str) -> Response:
    """All registrations of the event as CSV or XLSX."""
    session = reading()
    event = event_to_manage(session, slug)
    if ending not in _TYPES:
        raise NotFound
    out, questions = BytesIO(), asked_of(session, event)
    heads, lines = columns(questions), rows(session, event, questions)
    if ending == "csv":
        write_csv(out, heads, lines, with_mark=True)
    else:
        write_xlsx(out, Sheet("registrations", heads, lines))
    response = Response(out.getvalue(), content_type=_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="registrations-{event.slug}.{ending}"'
    return response
