"""What a kiosk says: it is read by whoever stands before it, and by whoever looks over their shoulder."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.checkin.models import Outcome
from eventsys.checkin.rules import Place
from eventsys.kernel.locale import day_of, say_day, say_time


def sentence(outcome: str, *, place: Place | None, zone: ZoneInfo, now: datetime) -> str:
    """One sentence for an outcome. Whatever is a matter of one person's registration is said in the same words, so that
    nobody learns by it who was declined, waits, or is not known at all."""
    if outcome == Outcome.ADMITTED:
        return str(_("You are checked in."))
    if outcome == Outcome.ALREADY_IN:
        return str(_("You were checked in before."))
    if outcome == Outcome.TOO_EARLY and place is not None:
        return str(_("Check-in opens at %(time)s.", time=_when(place.opens_at, zone, now)))
    if outcome == Outcome.TOO_LATE:
        return str(_("Check-in here is closed."))
    if outcome == Outcome.FULL:
        return str(_("The room is full."))
    return str(_("This code cannot be used here. Try it once more, or let the people at the desk help you."))


def _when(opens_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    time = say_time(opens_at, zone)
    if day_of(opens_at, zone) == day_of(now, zone):
        return time
    return str(_("%(time)s on %(day)s", time=time, day=say_day(opens_at, zone)))
