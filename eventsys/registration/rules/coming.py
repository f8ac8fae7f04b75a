"""When people are asked whether they still come, and how long they may think about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from eventsys.events.models import Event
from eventsys.registration.models import RegistrationSettings

# Nobody is asked by the clock with less time than this before the event: an answer must be of use to the next in line.
LEAST_TIME = timedelta(hours=24)


def asks_at(settings: RegistrationSettings, event: Event) -> datetime | None:
    """The instant from which the people of an event are asked; None: never."""
    if settings.asks_again_days is None:
        return None
    return event.starts_at - timedelta(days=settings.asks_again_days)


def is_time_to_ask(settings: RegistrationSettings, event: Event, now: datetime) -> bool:
    due_at = asks_at(settings, event)
    return due_at is not None and due_at <= now <= event.starts_at - LEAST_TIME


def answer_until(settings: RegistrationSettings, event: Event, now: datetime) -> datetime:
    """The deadline of who is asked now: never beyond the beginning of the event."""
    return min(now + timedelta(hours=settings.asks_again_hours), event.starts_at)
