"""The only place that makes iCalendar: feeds and invitations from plain values, the same bytes for the same values.

What calendars need to follow a change is the caller's to keep: a UID that never changes, a SEQUENCE that grows with
time, place and state, and the instant of the last change (RFC 5545, sections 3.8.4.7, 3.8.7.4 and 3.8.7.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from eventsys.calendars.zones import timezone_of
from eventsys.kernel.text import clean_line, clean_prose

PRODUCT = "-//eventsys//eventsys//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)

Status = Literal["confirmed", "tentative", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a calendar.

    `updated_at` is when the data changed last and becomes DTSTAMP and LAST-MODIFIED. `zone` is what the wall times
    are written in. `takes_time` says whether the entry blocks its owner's time; feeds for everybody do not.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    created_at: datetime
    updated_at: datetime
    sequence: int
    status: Status = "confirmed"
    description: str = ""
    location: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    organizer_name: str = ""
    organizer_email: str = ""
    takes_time: bool = False


def feed(entries: Sequence[Entry], *, name: str, description: str = "", url: str = "") -> bytes:
    """A calendar to subscribe to. `name` is what calendar programs list it under; `url` is the page it belongs to."""
    found = _calendar("PUBLISH", entries)
    found.add("name", clean_line(name))
    found.add("x-wr-calname", clean_line(name))
    if description:
        found.add("description", clean_prose(description))
        found.add("x-wr-caldesc", clean_prose(description))
    if url:
        found.add("url", url)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    zones = {entry.zone.key for entry in entries}
    if len(zones) == 1:
        # Some programs show a feed's entries in this zone until the reader chooses another.
        found.add("x-wr-timezone", zones.pop())
    for entry in entries:
        found.add_component(_event(entry))
    return _written(found)


def invitation(
    entry: Entry,
    *,
    method: Literal["REQUEST", "CANCEL"],
    attendee_email: str,
    attendee_name: str = "",
    organizer_email: str,
    organizer_name: str = "",
    uid: str | None = None,
    sequence: int | None = None,
) -> bytes:
    """An invitation for one person, or its cancellation (RFC 5546, sections 3.2.2 and 3.2.5).

    Attach it as `text/calendar; method=REQUEST; charset=utf-8`. `uid` and `sequence` replace the entry's where each
    registration has its own. The person asked for the place, so the entry arrives as accepted and asks nothing back.
    """
    found = _calendar(method, [entry])
    component = _event(entry, status="cancelled" if method == "CANCEL" else None, takes_time=True)
    if uid is not None:
        component["uid"] = _text(uid)
    if sequence is not None:
        component["sequence"] = sequence
    component.pop("organizer", None)
    component.add("organizer", _person(organizer_email, organizer_name))
    attendee = _person(attendee_email, attendee_name)
    for parameter, value in (("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"),
                             ("RSVP", "FALSE")):  # fmt: skip
        attendee.params[parameter] = value
    component.add("attendee", attendee)
    found.add_component(component)
    return _written(found)


def _calendar(method: str, entries: Sequence[Entry]) -> Any:
    import icalendar

    found = icalendar.Calendar()
    found.add("version", "2.0")
    found.add("prodid", PRODUCT)
    found.add("calscale", "GREGORIAN")
    found.add("method", method)
    for zone in _zones(entries):
        found.add_component(zone)
    return found


def _zones(entries: Iterable[Entry]) -> list[Any]:
    """One VTIMEZONE a zone, for the years its entries lie in; UTC needs none."""
    years: dict[str, list[int]] = {}
    for entry in entries:
        if not _is_utc(entry.zone):
            ends = (entry.starts_at.astimezone(entry.zone).year, entry.ends_at.astimezone(entry.zone).year)
            years.setdefault(entry.zone.key, []).extend(ends)
    return [timezone_of(key, min(covered), max(covered)) for key, covered in sorted(years.items())]


def _is_utc(zone: ZoneInfo) -> bool:
    return zone.key in ("UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal")


def _event(entry: Entry, *, status: Status | None = None, takes_time: bool | None = None) -> Any:
    import icalendar

    status = status or entry.status
    is_busy = (entry.takes_time if takes_time is None else takes_time) and status != "cancelled"
    found = icalendar.Event()
    found.add("uid", entry.uid)
    found.add("dtstamp", entry.updated_at.astimezone(UTC))
    found.add("created", entry.created_at.astimezone(UTC))
    found.add("last-modified", entry.updated_at.astimezone(UTC))
    found.add("sequence", entry.sequence)
    found.add("status", status.upper())
    found.add("dtstart", _wall_time(entry.starts_at, entry.zone))
    found.add("dtend", _wall_time(entry.ends_at, entry.zone))
    found.add("summary", clean_line(entry.title))
    for name, value in (("description", clean_prose(entry.description)), ("location", clean_line(entry.location)),
                        ("url", entry.url)):  # fmt: skip
        if value:
            found.add(name, value)
    if entry.categories:
        found.add("categories", [clean_line(category) for category in entry.categories])
    if entry.organizer_email:
        found.add("organizer", _person(entry.organizer_email, entry.organizer_name))
    found.add("transp", "OPAQUE" if is_busy else "TRANSPARENT")
    return found


def _wall_time(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(UTC if _is_utc(zone) else zone)
    # When clocks go back an hour comes twice, and a wall time means the first: the second is said in UTC.
    return instant.astimezone(UTC) if local.fold else local


def _person(email: str, name: str) -> Any:
    import icalendar

    address = icalendar.vCalAddress(f"mailto:{clean_line(email)}")
    if name := clean_line(name):
        # A quotation mark cannot be written inside a parameter without RFC 6868, which few programs read.
        address.params["CN"] = name.replace('"', "'")
    return address


def _text(value: str) -> Any:
    import icalendar

    return icalendar.vText(value)


def _written(found: Any) -> bytes:
    written: bytes = found.to_ical()
    return written
