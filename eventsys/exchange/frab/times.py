"""When a slot of a schedule is: by its instant, or by day, start and the hour at which the day changes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.events.rules import FIRST_YEAR, LAST_YEAR, instant_of
from eventsys.exchange.frab.schedule import Refuse, Slot
from eventsys.exchange.times import read_instant
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import FileRefused

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?")
_DURATION = re.compile(r"(\d{1,4}):(\d\d)(?::(\d\d))?")


def span_of(slot: Slot, zone: ZoneInfo, day_change: time) -> tuple[datetime, datetime]:
    """Start and end of a slot. Raises FileRefused at its line."""
    lasts = duration_of(slot.duration, slot.refuse)
    try:
        starts_at = _start(slot, zone, day_change)
        return starts_at, starts_at + lasts
    except OverflowError:
        slot.refuse(_("the date “%(text)s” is out of reach", text=slot.day[:40]))


def _start(slot: Slot, zone: ZoneInfo, day_change: time) -> datetime:
    try:
        if "T" in slot.date:
            return read_instant(slot.date, zone)
        day = date.fromisoformat(slot.day)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise OverflowError
        clock = clock_of(slot.start, slot.refuse)
        # The day of a conference ends when its nights do: 00:30 belongs to the evening before.
        if clock < day_change:
            day += timedelta(days=1)
        return instant_of(datetime.combine(day, clock), zone)
    except FileRefused:
        raise
    except Refusal as refusal:
        slot.refuse(str(refusal))
    except ValueError:
        slot.refuse(_("“%(text)s” is no date such as 2026-12-03", text=slot.day[:40]))


def clock_of(text: str, refuse: Refuse) -> time:
    """`9:30`, `09:30` or `09:30:00`."""
    found = _CLOCK.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        refuse(_("“%(text)s” is no time such as 09:30", text=text[:40]))


def duration_of(text: str, refuse: Refuse) -> timedelta:
    """`01:30`, `25:00`, `01:30:00` (hours, minutes, seconds); nothing shorter than a second."""
    found = _DURATION.fullmatch(text)
    if found is None:
        refuse(_("“%(text)s” is no duration such as 01:30", text=text[:40]))
    lasts = timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3] or 0))
    if not lasts:
        refuse(_("this session lasts no time"))
    return lasts


def day_start(text: str, refuse: Refuse) -> time:
    """The hour at which a day of the schedule begins; midnight where none is named."""
    return clock_of(text, refuse) if text else time(0)
