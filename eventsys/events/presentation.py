"""How an event introduces itself on each of its public pages: what it is, when, where, and what happened to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from eventsys.community.models import Theme
from eventsys.events import rules
from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.locale import country_name, current_locale, day_of, say_when, zone_name

_SHORT = 24


def strip(event: Event) -> dict[str, Any]:
    """What templates/events/page.html draws above each page of an event."""
    now = clock.now()
    return {
        "themes": [theme_label(theme) for theme in event.themes],
        "kind_label": rules.kind_label(event.kind),
        "when": say_when(event.starts_at, event.ends_at, event.zone),
        "zone_label": zone_name(event.timezone, current_locale()),
        "where": place_of(event),
        "is_live": is_live(event, now),
        "is_over": event.ends_at <= now,
        "is_draft": event.status == EventStatus.DRAFT,
        "is_cancelled": event.status == EventStatus.CANCELLED,
        "replacement": event.replaced_by if event.replaced_by and event.replaced_by.is_listed else None,
    }


def theme_label(theme: Theme) -> str:
    """The name of a theme where it is short, else its key: `FCT`."""
    return theme.name if len(theme.name) <= _SHORT else theme.key.upper()


def is_live(event: Event, now: datetime) -> bool:
    """Whether a published event is going on."""
    return event.status == EventStatus.PUBLISHED and event.starts_at <= now < event.ends_at


def place_of(event: Event) -> str:
    """`BAO Congress Centre, Brussels`; a webinar has none."""
    return ", ".join(dict.fromkeys(filter(None, (event.venue_name, event.venue_city))))


def long_place_of(event: Event) -> str:
    """What the short place leaves out: street and country."""
    country = country_name(event.venue_country) if event.venue_country else ""
    return ", ".join(dict.fromkeys(filter(None, (event.venue_address, country))))


def last_day(event: Event) -> date:
    """The last local day; an end at midnight belongs to the day before."""
    return day_of(event.ends_at - timedelta(microseconds=1), event.zone)
