"""Events as search engines read them: schema.org Event in JSON-LD, safe inside a script element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eventsys.events.models import Event, EventStatus
from eventsys.kernel.pages import absolute
from eventsys.kernel.text import plain
from eventsys.registration.models import Mode
from eventsys.registration.rules import Seats

_MODES = {
    (True, True): "MixedEventAttendanceMode",
    (True, False): "OfflineEventAttendanceMode",
    (False, True): "OnlineEventAttendanceMode",
}


def event_document(event: Event, seats: Mapping[Mode, Seats]) -> str:
    """The JSON of one event. `<` is written as an escape, so no text of an organiser can end the element."""
    url = absolute("site.event", slug=event.slug)
    is_online = seats[Mode.ONLINE].is_offered
    is_onsite = bool(event.venue_name or event.venue_city) or not is_online
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "url": url,
        "startDate": event.starts_at.astimezone(event.zone).isoformat(timespec="minutes"),
        "endDate": event.ends_at.astimezone(event.zone).isoformat(timespec="minutes"),
        "eventAttendanceMode": f"https://schema.org/{_MODES[is_onsite, is_online]}",
        "eventStatus": f"https://schema.org/{_status(event)}",
        "description": plain(event.summary) or plain(event.description)[:500],
        "inLanguage": event.language,
        "location": _places(event, url, is_onsite=is_onsite, is_online=is_online),
        "organizer": [{"@type": "Organization", "name": name} for name in event.organisers],
        "isAccessibleForFree": True,
    }
    written = json.dumps({key: value for key, value in found.items() if value not in ("", [])}, ensure_ascii=False)
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _status(event: Event) -> str:
    return "EventCancelled" if event.status == EventStatus.CANCELLED else "EventScheduled"


def _places(event: Event, url: str, *, is_onsite: bool, is_online: bool) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = []
    if is_onsite:
        address = {
            "@type": "PostalAddress",
            "streetAddress": event.venue_address,
            "addressLocality": event.venue_city,
            "addressCountry": event.venue_country,
        }
        named = {key: value for key, value in address.items() if value}
        places.append({"@type": "Place", "name": event.venue_name or event.venue_city or event.title, "address": named})
    if is_online:
        # The page of the event, never the address of a stream.
        places.append({"@type": "VirtualLocation", "url": url})
    return places
