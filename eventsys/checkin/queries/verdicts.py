"""What the door would say to somebody who came now, before anybody scans them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventsys.checkin import rules
from eventsys.checkin.models import Direction, Outcome
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import Entry, Holder, Place
from eventsys.checkin.wording import sentence


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the rules would say to somebody who came to `place` at this instant: `refusal` None lets them in, unless the
    room is full or they are in already. `message` is said in the language of who asks."""

    refusal: Outcome | None
    message: str


def verdict(desk: Desk, holder: Holder, place: Place | None, *, now: datetime) -> Verdict:
    """By the same rules as a scan."""
    key = place.key if place else ""
    coming = Entry(id="", code="", point=key, direction=Direction.IN, at=now)
    day = rules.local_day(now, desk.zone).isoformat()
    refusal = rules.judge(coming, holder, place, event_id=desk.event_id, day=day)
    if refusal is None:
        return Verdict(refusal=None, message="")
    return Verdict(
        refusal=refusal, message=sentence(refusal, zone=desk.zone, place=place, point=key, state=holder.state, at=now)
    )
