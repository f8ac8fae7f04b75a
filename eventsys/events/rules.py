"""What an event's times, address and state may be, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l

from eventsys.events.errors import (
    ChangedMeanwhile,
    EndsBeforeStart,
    SlugMalformed,
    StepNotPossible,
    TimeSkipped,
    TimezoneUnknown,
    ValueUnknown,
    YearOutOfReach,
)
from eventsys.events.models import Event, EventKind, EventStatus, MemberRole

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Further off than any event, and near enough that no zone and no span moves a time out of the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2200
# Organisers' pages stand at these words where an event's address would.
RESERVED_SLUGS = frozenset({"new", "import"})

KIND_LABELS = {
    EventKind.CONFERENCE: _l("Conference"),
    EventKind.WORKSHOP: _l("Workshop"),
    EventKind.SEMINAR: _l("Seminar"),
    EventKind.WEBINAR: _l("Webinar"),
    EventKind.MEETING: _l("Meeting"),
}
STATUS_LABELS = {
    EventStatus.DRAFT: _l("draft"),
    EventStatus.PUBLISHED: _l("published"),
    EventStatus.CANCELLED: _l("cancelled"),
}
MEMBER_LABELS = {
    MemberRole.OWNER: _l("Owner"),
    MemberRole.EDITOR: _l("Editor"),
    MemberRole.DOOR: _l("Door staff"),
}
RANKS = {MemberRole.OWNER: 3, MemberRole.EDITOR: 2, MemberRole.DOOR: 1}

# From which states each deed starts.
STEPS = {
    "publish": {EventStatus.DRAFT, EventStatus.CANCELLED},
    "cancel": {EventStatus.PUBLISHED},
    "restore": {EventStatus.PUBLISHED, EventStatus.CANCELLED},
    "remove": {EventStatus.DRAFT},
}


def kind_label(kind: str) -> str:
    """The kind of an event in the reader's language."""
    return str(KIND_LABELS[EventKind(kind)])


def status_label(status: str) -> str:
    return str(STATUS_LABELS[EventStatus(status)])


def member_label(role: str) -> str:
    return str(MEMBER_LABELS[MemberRole(role)])


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Zones people choose from: those named by a place, and UTC."""
    places = {name for name in _known_zones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return (*sorted(places), "UTC")


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    """Every name of the database of zones, which is read from the disk once: that takes ten milliseconds."""
    return frozenset(available_timezones())


def zone_named(name: str, *, field: str = "timezone") -> ZoneInfo:
    """Raises TimezoneUnknown, with the offending name."""
    # ZoneInfo looks a name up as a path: what is no known name never reaches the disk.
    if name not in _known_zones():
        raise TimezoneUnknown(name=name, field=field)
    return ZoneInfo(name)


def refuse_unless_in_reach(day: date, *, field: str | None = None) -> None:
    """Raises YearOutOfReach for a day, or a time, in a year that no event can be in."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise YearOutOfReach(year=day.year, first=FIRST_YEAR, last=LAST_YEAR, field=field)


def instant_of(local: datetime, zone: ZoneInfo, *, field: str | None = None) -> datetime:
    """The instant in UTC at which clocks in `zone` show `local` (naive).

    Where clocks go forward, times inside the gap do not exist: raises TimeSkipped. Where they go back, a time comes
    twice: the first of the two is meant (PEP 495, `fold=0`). Raises YearOutOfReach as well.
    """
    refuse_unless_in_reach(local, field=field)
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(fold=0):
        raise TimeSkipped(time=f"{local:%Y-%m-%d %H:%M}", zone=zone.key, field=field)
    return instant


def local_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in `zone` shows at an instant, naive, as forms and files carry it."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def refuse_unless_slug(slug: str) -> None:
    """Raises SlugMalformed."""
    if len(slug) > 100 or not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise SlugMalformed(slug=slug[:120], field="slug")


def refuse_unless_in_order(starts_at: datetime, ends_at: datetime) -> None:
    """Raises EndsBeforeStart."""
    if ends_at <= starts_at:
        raise EndsBeforeStart(field="ends_at")


def refuse_unless_known(value: str, known: Iterable[str], *, field: str) -> None:
    """Raises ValueUnknown, which lists what is known."""
    names = [str(name) for name in known]
    if value not in names:
        raise ValueUnknown(value=value, known=", ".join(names), field=field)


def may_step(event: Event, step: str) -> bool:
    """Whether `publish`, `cancel`, `restore` (to draft) or `remove` is possible from the event's state."""
    # What the public has seen keeps its address: only a draft that never was public may vanish.
    return event.status in STEPS[step] and (step != "remove" or event.published_at is None)


def refuse_unless_step(event: Event, step: str) -> None:
    """Raises StepNotPossible."""
    if not may_step(event, step):
        raise StepNotPossible(status=status_label(event.status))


def replaces_in_a_circle(event: Event, replacement: Event | None) -> bool:
    """Whether following `replaced_by` from the replacement leads back to the event."""
    seen = set()
    while replacement is not None and replacement.id not in seen:
        if replacement.id == event.id:
            return True
        seen.add(replacement.id)
        replacement = replacement.replaced_by
    return False


def default_privacy_notice() -> str:
    """What a new event says about personal data until its organisers write something better."""
    return str(_PRIVACY_NOTICE)


_PRIVACY_NOTICE = _l(
    "We use what you enter to organise this event: to hold your seat, to send you your ticket and changes, to make "
    "your badge and to count who came.\n\n"
    "Only the organisers and the people at the door see it. We do not pass it on and do not use it for advertising. "
    "It is erased when it is no longer needed for the event and its report.\n\n"
    "You may see, change or withdraw your registration at any time through your personal link, and ask us to erase "
    "your data. You may complain to your data protection authority."
)


def refuse_if_changed(seen: str | None, changed_at: datetime) -> None:
    """Raises ChangedMeanwhile where a form was drawn from another state (`seen`, an ISO instant) than the present one;
    a post that names none, as programs send it, is taken."""
    if seen and seen != changed_at.isoformat():
        raise ChangedMeanwhile
