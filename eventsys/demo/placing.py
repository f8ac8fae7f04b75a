"""Where the demo's events lie in time: history stays, what is coming keeps its distance, one goes on just now.

Event files carry the dates of the day on which they were written. Times are those of the event's zone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "events"
WRITTEN_ON = date(2026, 11, 21)
TODAY = "public-spaces-today"
TODAY_SLUG = "ceris-public-spaces"

# The clock times, on the first day as it is written, between which the event of today has talks in its rooms …
LIVELY = (timedelta(hours=10, minutes=15), timedelta(hours=17))
# … and how far the day may be pushed so that it is lively when somebody looks at night: it still begins and ends on it.
EARLIEST, LATEST = timedelta(hours=-8, minutes=-30), timedelta(hours=5, minutes=30)
HALF_HOUR = timedelta(minutes=30)

_INSTANTS = ("starts_at", "ends_at", "opens_at", "closes_at")


def event_file(name: str) -> dict[str, Any]:
    """One event file of the demo, as it is written."""
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return document


def zone_of(document: dict[str, Any]) -> ZoneInfo:
    return ZoneInfo(document["timezone"])


def first_day(document: dict[str, Any]) -> date:
    """The local day on which the event of a file begins, as it is written."""
    return datetime.fromisoformat(document["starts_at"]).date()


def moved(document: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """The same event at another time: what the clocks of its zone show is moved, and said as instants."""
    zone = ZoneInfo(document["timezone"])
    return {key: _moved(value, by, zone, key) for key, value in document.items()}


def _moved(value: Any, by: timedelta, zone: ZoneInfo, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _moved(part, by, zone, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_moved(part, by, zone, "") for part in value]
    if key in _INSTANTS and isinstance(value, str):
        local = datetime.fromisoformat(value) + by
        return local.replace(tzinfo=zone).astimezone(UTC).isoformat()
    return value


def whole_weeks_since_written(today: date) -> timedelta:
    """How far events to come are moved: whole weeks, so that a Tuesday stays a Tuesday."""
    return timedelta(weeks=(today - WRITTEN_ON).days // 7)


def shift_to_now(first_day: date, now: datetime, zone: ZoneInfo) -> timedelta:
    """How far to move the event of today, whose programme says `first_day`, so that it goes on at `now`.

    By day its hours stay as they are written; at night it is pushed by half-hours until something goes on.
    """
    local = now.astimezone(zone).replace(tzinfo=None)
    since_midnight = local - datetime.combine(local.date(), datetime.min.time())
    return (local.date() - first_day) + _push(since_midnight)


def _push(since_midnight: timedelta) -> timedelta:
    begins, ends = LIVELY
    if since_midnight < begins:
        return max(EARLIEST, (since_midnight - begins) // HALF_HOUR * HALF_HOUR)
    if since_midnight > ends:
        return min(LATEST, -((ends - since_midnight) // HALF_HOUR * HALF_HOUR))
    return timedelta(0)


def names() -> Iterator[str]:
    """All event files, oldest event first."""
    yield from sorted(path.stem for path in FOLDER.glob("*.json"))
