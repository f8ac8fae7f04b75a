"""What organisers take away: the registrations as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request

from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound
from eventsys.kernel.tables import Sheet, write_csv, write_xlsx
from eventsys.registration import listing
from eventsys.registration.actions import note_look
from eventsys.reports import table
from eventsys.reports.attendance import certificates_page, certificates_pdf
from eventsys.reports.expecting import forecast_page
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
    questions = asked_of(session, event, with_sensitive=with_sensitive)
    return _table(event.slug, ending, columns(questions), rows(session, event, questions))


@bp.get("/manage/events/<slug>/registrations/view.<ending>")
def view(slug: str, ending: str) -> Response:
    """What the table shows: its filter, its order and its columns. Sensitive answers are no columns of it."""
    session = reading()
    event = event_to_manage(session, slug)
    if ending not in _TYPES:
        raise NotFound
    known = listing.catalogue_of(session, event.id)
    asked = listing.read_asked(request.args, known)
    return _table(event.slug, ending, table.heads(asked, known), table.rows(session, event, asked, known))


def _table(slug: str, ending: str, heads: list[str], lines: Iterable[Sequence[Any]]) -> Response:
    out = BytesIO()
    if ending == "csv":
        write_csv(out, heads, lines, with_mark=True)
    else:
        write_xlsx(out, Sheet("registrations", heads, lines))
    response = Response(out.getvalue(), content_type=_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="registrations-{slug}.{ending}"'
    return response


bp.add_url_rule("/manage/events/<slug>/forecast", "forecast", forecast_page)
bp.add_url_rule("/manage/events/<slug>/certificates", "certificates", certificates_page)
bp.add_url_rule("/manage/events/<slug>/certificates", "certificates_pdf", certificates_pdf, methods=["POST"])
