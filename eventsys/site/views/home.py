"""The first page: what can I go to?"""

from __future__ import annotations

from flask import make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events import queries
from eventsys.events.models import EventStatus
from eventsys.events.versions import LISTS
from eventsys.events.views import filters_of, line_of
from eventsys.events.visits import LATENESS
from eventsys.kernel import clock
from eventsys.kernel.caching import kept_answer, revision
from eventsys.kernel.database import reading
from eventsys.kernel.locale import chosen_language
from eventsys.kernel.pages import is_for_everybody

COMING = 8
RECENT = 4


def home() -> AnyResponse:
    """What goes on today first, then what is coming, then the latest of the archive."""
    session = reading()
    if not is_for_everybody():
        return make_response(_page(session))
    version = (revision(session, LISTS), int(clock.now().timestamp()) // LATENESS)
    return kept_answer(("home", chosen_language()), version, lambda: _page(session))


def _page(session: Session) -> str:
    now = clock.now()
    coming = list(session.scalars(queries.public_events(now=now, when="upcoming").limit(COMING + 1)))
    recent = list(session.scalars(queries.public_events(now=now, when="past").limit(RECENT)))
    today = [one for one in coming if one.starts_at <= now and one.status == EventStatus.PUBLISHED]
    return render_template(
        "site/home.html",
        today=[line_of(one, now) for one in today],
        coming=[line_of(one, now) for one in coming[:COMING] if one not in today],
        has_more=len(coming) > COMING,
        recent=[line_of(one, now) for one in recent],
        **filters_of(session),
    )
