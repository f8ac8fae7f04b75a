"""The words of a screen at the door: labels by key, so that figures can come and go without a language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from eventsys.checkin.models import Outcome
from eventsys.checkin.rules import ENTRANCE, Place
from eventsys.checkin.wording import OUTCOME_LABELS, type_label
from eventsys.community.rules import sector_label
from eventsys.events.models import Event
from eventsys.kernel.locale import say_time
from eventsys.registration.models import Mode


def words_of(event: Event, places: Mapping[str, Place], said: Mapping[str, Any]) -> dict[str, Any]:
    """The labels of every key that the figures of `standing` may name, and the event's own words."""
    return {
        "title": event.title,
        "timezone": event.timezone,
        "points": {ENTRANCE: _("Entrance")} | {key: place.name for key, place in places.items()},
        "sectors": {line["key"]: sector_label(line["key"]) or _("Not said") for line in said["sectors"]},
        "types": {line["key"]: type_label(line["key"]) for line in said["types"]},
        "modes": {Mode.ONSITE.value: _("On site"), Mode.ONLINE.value: _("Online")},
        "sessions": {key: place.name for key, place in places.items()},
        "outcomes": {outcome.value: str(OUTCOME_LABELS[outcome]) for outcome in Outcome},
    }


def times_of(event: Event, said: Mapping[str, Any]) -> dict[str, Any]:
    """When the figures were counted, and the instants under the curve, in the event's time."""
    ticks = [say_time(datetime.fromtimestamp(tick, UTC), event.zone) for tick in said["drawing"]["ticks"]]
    return {"at": say_time(datetime.fromisoformat(said["at"]), event.zone), "ticks": ticks}
