"""Who signed up for a session that counts seats: a list to read, to print and to take away."""

from __future__ import annotations

from io import BytesIO

from flask import Response, render_template

from eventsys.agenda.queries import find_session
from eventsys.events.queries import event_to_manage
from eventsys.kernel.database import reading
from eventsys.kernel.errors import NotFound
from eventsys.kernel.tables import Sheet, write_csv, write_xlsx
from eventsys.registration import queries
from eventsys.registration.errors import SessionUnknown
from eventsys.registration.meters import meter_words

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COLUMNS = ["session", "state", "first_name", "last_name", "email", "organisation", "mode"]


def sign_ups(slug: str, key: str) -> str:
    """Those with a seat by name, then those who wait in their order."""
    session = reading()
    event = event_to_manage(session, slug)
    entry = find_session(session, event.id, key)
    pool = queries.pool_of_session(session, event.id, key)
    if entry is None or pool is None:
        raise SessionUnknown
    return render_template(
        "registration/manage/seats/sign_ups.html",
        event=event,
        entry=entry,
        pool=pool,
        words=meter_words(pool),
        people=queries.people_of_session(session, pool.id),
    )


def sign_ups_file(slug: str, key: str, ending: str) -> Response:
    """The same as CSV or XLSX."""
    session = reading()
    event = event_to_manage(session, slug)
    pool = queries.pool_of_session(session, event.id, key)
    if ending not in _TYPES:
        raise NotFound
    if pool is None:
        raise SessionUnknown
    lines = [
        [key, str(seat.state), one.first_name, one.last_name, one.email or "", one.organisation, one.mode]
        for one, seat in queries.people_of_session(session, pool.id)
    ]
    out = BytesIO()
    if ending == "csv":
        write_csv(out, _COLUMNS, lines, with_mark=True)
    else:
        write_xlsx(out, Sheet("sign-ups", _COLUMNS, lines))
    response = Response(out.getvalue(), content_type=_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="sign-ups-{key}.{ending}"'
    return response
