"""Who gets a certificate of attendance, and what its code and its name are compared by."""

from __future__ import annotations

import hmac
from datetime import datetime

from eventsys.events.models import Event, EventStatus
from eventsys.kernel import tokens
from eventsys.kernel.text import search_key

CODE_LENGTH = 12


def may_certify(event: Event, days: int, now: datetime) -> bool:
    """Whether somebody who came on so many days is certified: when the event is over, and not while it may change."""
    return days > 0 and event.status != EventStatus.CANCELLED and now >= event.ends_at


def spoken(code: str) -> str:
    """The code as it is printed: K7PM-2QXD-04TR."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def name_hash(code: str, name: str) -> str:
    """What is kept of a name. Folded: case, accents, hyphens and the order of its words count for nothing."""
    return tokens.derived(f"certificate {code}", " ".join(sorted(search_key(name).split())))


def is_of(code: str, kept: str, name: str) -> bool:
    """Whether a name that somebody typed is the one on the certificate."""
    return hmac.compare_digest(kept, name_hash(code, name))
