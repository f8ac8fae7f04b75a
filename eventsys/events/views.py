"""The public list of events: what is coming, and the archive; and the way into those that are on no list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events import presentation, queries, rules
from eventsys.events.errors import EventUnknown
from eventsys.events.models import Event, EventKind, EventStatus
from eventsys.events.versions import LISTS
from eventsys.events.visits import LATENESS
from eventsys.kernel import access, clock, limits
from eventsys.kernel.caching import kept_answer, revision
from eventsys.kernel.database import reading
from eventsys.kernel.locale import chosen_language, current_locale, day_number, day_of
from eventsys.kernel.pages import is_for_everybody
from eventsys.kernel.paging import mapped, page_number, paginated
from eventsys.kernel.text import clean_line

bp = Blueprint("events", __name__)

SIZE = 12
WHENS = ("upcoming", "past", "all")


@dataclass(frozen=True)
class Wish:
    """What a reader asked of the list; nonsense asks for nothing."""

    when: str = "upcoming"
    kind: str = ""
    theme: str = ""
    words: str = ""
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.theme or self.words)


@dataclass(frozen=True)
class Line:
    """One event in a list, in words."""

    event: Event
    day: str
    month: str
    iso: str
    over: str
    where: str
    state_key: str


@bp.get("/events/")
def index() -> AnyResponse:
    """Events to come, past ones or all, filtered in the database."""
    wish = _wish()
    session = reading()
    if wish.words or not is_for_everybody():
        return make_response(_index_page(session, wish))
    version = (revision(session, LISTS), int(clock.now().timestamp()) // LATENESS)
    return kept_answer(("events", wish, chosen_language()), version, lambda: _index_page(session, wish))


@bp.get("/events/<slug>/in/<key>")
def way_in(slug: str, key: str) -> AnyResponse:
    """The secret link of a private event: this browser is let in, and sees the event from now on. Raises EventUnknown,
    and TooManyTries for who goes on guessing."""
    event = queries.find_event(reading(), slug)
    access.keep_secret()
    if event is None or not event.is_public or not queries.is_key_of(event, key):
        limits.take("links", most=30, seconds=60)
        raise EventUnknown
    if event.is_private:
        access.let_into(event.id, queries.key_mark(event))
    if code := request.args.get("code", ""):
        return redirect(url_for("registration.register", slug=slug, code=code[:60]), 303)
    return redirect(url_for("site.event", slug=slug), 303)


def line_of(event: Event, now: datetime) -> Line:
    """How an event stands in a list."""
    if event.status == EventStatus.CANCELLED:
        state_key = "cancelled"
    else:
        state_key = "live" if presentation.is_live(event, now) else ""
    day, month = dated(event)
    themes = " · ".join(presentation.theme_label(theme) for theme in event.themes)
    return Line(
        event=event,
        day=day,
        month=month,
        iso=day_of(event.starts_at, event.zone).isoformat(),
        over=" · ".join(filter(None, (rules.kind_label(event.kind), themes))),
        where=event.venue_city or event.venue_name,
        state_key=state_key,
    )


def dated(event: Event) -> tuple[str, str]:
    """`3–4` and `December 2026`, as the margin of a list shows them."""
    locale = current_locale()
    first, last = day_of(event.starts_at, event.zone), presentation.last_day(event)
    if first == last:
        return day_number(first), format_date(first, "MMMM y", locale=locale)
    if (first.year, first.month) == (last.year, last.month):
        return f"{day_number(first)}–{day_number(last)}", format_date(first, "MMMM y", locale=locale)
    until = f"{day_number(last)} {format_date(last, 'MMM y', locale=locale)}"
    return day_number(first), f"{format_date(first, 'MMM', locale=locale)} – {until}"


def _wish() -> Wish:
    args = request.args
    when, kind = args.get("when", ""), args.get("kind", "")
    return Wish(
        when=when if when in WHENS else "upcoming",
        kind=kind if kind in set(EventKind) else "",
        theme=clean_line(args.get("theme", ""))[:60],
        words=clean_line(args.get("q", ""))[:100],
        page=page_number(),
    )


def _index_page(session: Session, wish: Wish) -> str:
    now = clock.now()
    query = queries.public_events(now=now, when=wish.when, kind=wish.kind, theme=wish.theme, q=wish.words)
    found = paginated(session, query, number=wish.page, size=SIZE)
    return render_template(
        "events/index.html",
        wish=wish,
        page=mapped(found, lambda event: line_of(event, now)),
        **filters_of(session),
    )


def filters_of(session: Session) -> dict[str, Any]:
    """What the filters above a list offer."""
    return {
        "kinds": [(str(kind), rules.kind_label(kind)) for kind in EventKind],
        "themes": [(theme.key.lower(), theme.name) for theme in queries.themes_in_use(session)],
    }
