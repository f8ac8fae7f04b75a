"""Registrations for tests, made through the same actions as in life."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import actions
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Mode, Question, Registration

_numbers = itertools.count(1)


def make_registration(
    event: Event, *, now: datetime | None = None, overbook: bool = False, by_organiser: bool = False, **values: Any
) -> Registration:
    """Bo, or somebody else, registered on site; the address is new each time."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "first_name": "Bo",
        "last_name": f"Berg {number}",
        "email": f"bo{number}@example.org",
        "organisation": "Harbour Police",
        "country": "BE",
        "sector": "police",
        "mode": Mode.ONSITE,
        "privacy_text_hash": "0" * 64,
    }
    with transaction(actor="registrant") as session:
        entry = NewEntry(**(defaults | values))
        return actions.register(
            session, event, entry, now=now or clock.now(), overbook=overbook, by_organiser=by_organiser
        )


def make_question(event: Event, key: str = "diet", **values: Any) -> Question:
    """A question of the event's form."""
    defaults: dict[str, Any] = {"label": "Dietary needs", "type": "text"}
    with transaction() as session:
        return actions.add_question(session, event, key=key, **(defaults | values))
