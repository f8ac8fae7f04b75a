"""Days, times and lengths as people write them in cells, and as spreadsheets keep them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from eventsys.kernel.tables import Cell, as_text
from eventsys.kernel.text import search_key

_EPOCH = date(1899, 12, 30)
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?\.?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:st|nd|rd|th|er)? ([a-z]+)(?: (\d{4}))?")
_DAY_NUMBER = re.compile(r"(?:day|jour|tag) (\d{1,2})")
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.hH]\s*(\d{2}))?\s*(?:h|uhr)?(?::\d\d)?\s*([ap])?\.?(?:m\.?)?", re.I)
RANGE = re.compile(r"\s*[-–—]\s*")
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan janvier januar janner", "february feb fevrier februar", "march mar mars marz",
            "april apr avril", "may mai", "june jun juin juni", "july jul juillet juli", "august aug aout",
            "september sep sept septembre", "october oct octobre oktober okt", "november nov novembre",
            "december dec decembre dezember dez",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip


def day_in(cell: Cell, first_day: date) -> date:
    """The day a cell means. Day and month without a year are of the event's year. Raises ValueError."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 <= cell <= 80_000:
        # A cell that lost its format shows the days since the last day of 1899.
        return _EPOCH + timedelta(days=int(cell))
    text = as_text(cell)
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        return date(_year(found[3], first_day), int(found[2]), int(found[1]))
    folded = search_key(text)
    if found := _DAY_NUMBER.fullmatch(folded):
        return first_day + timedelta(days=int(found[1]) - 1)
    if (found := _WORDS.fullmatch(folded)) and found[2] in _MONTHS:
        return date(_year(found[3], first_day), _MONTHS[found[2]], int(found[1]))
    raise ValueError(text)


def _year(text: str | None, first_day: date) -> int:
    if not text:
        return first_day.year
    return int(text) + (2000 if len(text) == 2 else 0)


def time_in(cell: Cell) -> timedelta:
    """The time of day a cell means, as the time since midnight; 24:00 is the end of the day. Raises ValueError."""
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, timedelta):
        return _within_a_day(cell)
    if isinstance(cell, float) and 0 <= cell < 1:
        return timedelta(minutes=round(cell * 24 * 60))
    found = _TIME.fullmatch(as_text(cell))
    if not found:
        raise ValueError(as_text(cell))
    hours, minutes = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hours <= 12:
            raise ValueError(as_text(cell))
        hours = hours % 12 + (12 if found[3].lower() == "p" else 0)
    if minutes > 59:
        raise ValueError(as_text(cell))
    return _within_a_day(timedelta(hours=hours, minutes=minutes))


def _within_a_day(found: timedelta) -> timedelta:
    if not timedelta(0) <= found <= timedelta(hours=24):
        raise ValueError
    return found


def length_in(cell: Cell) -> timedelta:
    """A duration: minutes as a number, or hours and minutes as 1:30. Raises ValueError."""
    if isinstance(cell, time | timedelta | datetime):
        found = time_in(cell)
    else:
        text = as_text(cell).lower().removesuffix("utes").removesuffix("min").removesuffix("'").strip()
        found = timedelta(minutes=int(text)) if text.isdigit() and len(text) < 6 else time_in(text)
    if found <= timedelta(0):
        raise ValueError
    return found
