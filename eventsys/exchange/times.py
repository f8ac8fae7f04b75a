"""Instants as files write them: local to a zone unless they carry an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from eventsys.events.rules import instant_of, local_of, refuse_unless_in_reach
from eventsys.kernel.errors import BadInput

_WRITTEN = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """`2026-12-03T09:00`, local to the zone, or with an offset. Raises BadInput, YearOutOfReach, TimeSkipped."""
    text = text.strip()
    try:
        if not _WRITTEN.fullmatch(text):
            raise ValueError
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(_("“%(text)s” is no time such as 2026-12-03T09:00", text=text[:40])) from error
    refuse_unless_in_reach(found)
    return found.astimezone(UTC) if found.tzinfo else instant_of(found, zone)


def write_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Local time; with its offset where the clocks show the same time twice and the second is meant."""
    local = instant.astimezone(zone)
    naive = local_of(instant, zone)
    unit = "minutes" if not (naive.second or naive.microsecond) else "auto"
    if local.fold:
        return local.isoformat(timespec=unit)
    return naive.isoformat(timespec=unit)
