"""Until when what is kept of people may be kept, and what of a fact may stay when the person is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from eventsys.events.models import Event, EventStatus
from eventsys.registration.models import ENDED, Mode, Question, Registration, RegistrationType, State

# Sensitive answers whose question names no time of its own go first: nobody needs a diet when the plates are washed.
SENSITIVE_DAYS = 30

# Stands where a name was: rows are counted on, and no list shows an empty line.
NOBODY = "–"


def over_at(event: Event) -> datetime:
    """From when days are counted: the end; of a cancelled event its cancellation, where that came later."""
    if event.status == EventStatus.CANCELLED and event.cancelled_at is not None:
        return max(event.ends_at, event.cancelled_at)
    return event.ends_at


def people_end_at(event: Event, keep_days: int | None) -> datetime | None:
    """When everything else that names people is erased; None where the organisers set no time."""
    return None if keep_days is None else over_at(event) + timedelta(days=keep_days)


def answers_end_at(event: Event, question: Question, keep_days: int | None) -> datetime | None:
    """When the answers to a question are erased: never later than the people themselves."""
    days = [keep_days, question.erase_after_days]
    if question.is_sensitive and question.erase_after_days is None:
        days.append(SENSITIVE_DAYS)
    known = [day for day in days if day is not None]
    return over_at(event) + timedelta(days=min(known)) if known else None


def is_apart(question: Question) -> bool:
    """Whether its answers are erased on a day of their own."""
    return question.is_sensitive or question.erase_after_days is not None


def must_give_up_seat(registration: Registration, event: Event, now: datetime) -> bool:
    """Whether somebody who is forgotten has a place that others could have."""
    is_running = event.status != EventStatus.CANCELLED and now < event.ends_at
    return is_running and registration.state not in ENDED


_WORDS = frozenset(map(str, (*State, *Mode, *RegistrationType)))
_IDS = frozenset({"question_id", "members"})
_STAMPS = frozenset({"until", "text_hash", "session_key"})


def kept_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a person's timeline may go on saying of a step: states, modes, instants and names of fields.

    Any other word is blanked and not left out, since who reads the step may look for it.
    """
    return {key: _blanked(key, value) for key, value in data.items() if _may_stay(key, value)}


def _may_stay(key: str, value: Any) -> bool:
    if isinstance(value, bool | str) or value is None:
        return True
    return key == "fields" if isinstance(value, list) else isinstance(value, int) and key in _IDS


def _blanked(key: str, value: Any) -> Any:
    return NOBODY if isinstance(value, str) and value not in _WORDS and key not in _STAMPS else value
