"""Which local day a session belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from eventsys.agenda.models import PAUSES, AgendaSession

# What runs longer than this is no slot of a day but runs through it: an exhibition, a hackathon.
THROUGH = timedelta(hours=12)


def days_of(entries: Iterable[AgendaSession], zone: ZoneInfo) -> list[date]:
    """The local days on which sessions begin or run through; one after midnight belongs to the day it begins on."""
    days = set()
    for entry in entries:
        first = entry.starts_at.astimezone(zone).date()
        last = (entry.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if runs_through(entry) else first
        days |= {first + timedelta(days=number) for number in range(min((last - first).days, 60) + 1)}
    return sorted(days)


def sessions_on(entries: Iterable[AgendaSession], day: date, zone: ZoneInfo) -> list[AgendaSession]:
    """The sessions of one local day, in the order given."""
    found = []
    for entry in entries:
        first = entry.starts_at.astimezone(zone).date()
        last = (entry.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if runs_through(entry) else first
        if first <= day <= last:
            found.append(entry)
    return found


def is_pause(entry: AgendaSession) -> bool:
    return entry.kind in PAUSES


def runs_through(entry: AgendaSession) -> bool:
    return entry.ends_at - entry.starts_at >= THROUGH


def overlap(one: AgendaSession, other: AgendaSession) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
