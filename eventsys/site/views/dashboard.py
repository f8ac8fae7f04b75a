"""The desk of one event: what needs me now?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.checkin.rules import OPENS_BEFORE
from eventsys.events import presentation, queries
from eventsys.events.models import Event
from eventsys.events.presentation import last_day
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.kernel.locale import current_locale, day_of, say_time, zone_name
from eventsys.registration import queries as registration
from eventsys.registration.models import Mode
from eventsys.registration.rules import Seats
from eventsys.site.desk import door, people
from eventsys.site.desk.needs import Looked, needs
from eventsys.site.seating import offers


def dashboard(slug: str) -> str:
    """Before the event who comes, on the day who is there, afterwards who was; and always what waits for somebody."""
    session, now = reading(), clock.now()
    event = queries.event_to_manage(session, slug)
    settings = registration.settings_of(session, event.id)
    seats = registration.seats(session, event.id)
    counted = people.count(session, event.id)
    stage = _stage(event, now)
    return render_template(
        "site/dashboard.html",
        event=event,
        manage_here="today",
        stage=stage,
        offers=offers(seats, settings),
        counted=counted,
        places=_places(seats),
        needs=needs(session, Looked(event, settings, seats, counted, now)),
        **(_before(session, event, now) if stage == "before" else _since(session, event, stage, now)),
        **presentation.strip(event),
    )


def _stage(event: Event, now: datetime) -> str:
    """`before`, `day` from when the doors open until the end, or `after`."""
    if now >= event.ends_at:
        return "after"
    return "day" if now >= event.starts_at - OPENS_BEFORE else "before"


def _places(seats: dict[Mode, Seats]) -> int | None:
    """All seats of the event together; None where they are not limited."""
    offered = [pool.seats for pool in seats.values() if pool.is_offered]
    limited = [number for number in offered if number is not None]
    return sum(limited) if limited and len(limited) == len(offered) else None


def _before(session: Session, event: Event, now: datetime) -> dict[str, Any]:
    return {"curve": people.curve(session, event, now), "origins": people.origins(session, event.id)}


def _since(session: Session, event: Event, stage: str, now: datetime) -> dict[str, Any]:
    days = (last_day(event) - day_of(event.starts_at, event.zone)).days + 1
    number = (day_of(now, event.zone) - day_of(event.starts_at, event.zone)).days + 1
    place = zone_name(event.timezone, current_locale())
    return {
        "door": door.today(session, event, now),
        "days": door.attendance(session, event) if stage == "after" else [],
        "origins": people.origins(session, event.id) if stage == "after" else None,
        "clock_words": _("%(time)s in %(place)s", time=say_time(now, event.zone), place=place),
        "day_words": _("day %(number)s of %(days)s", number=max(number, 1), days=days) if days > 1 else "",
    }
