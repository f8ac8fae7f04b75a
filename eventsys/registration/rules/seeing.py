"""Who may see a stream or a material, by the registrations that a browser has opened."""

from __future__ import annotations

from dataclasses import dataclass, field

from eventsys.registration.models import Audience, Registration, RegistrationType, State


@dataclass(frozen=True)
class Viewer:
    """Who looks: whether they run the event, and the registrations whose personal link this browser opened."""

    is_staff: bool = False
    registrations: list[Registration] = field(default_factory=list)


def may_see(audience: str, viewer: Viewer) -> bool:
    """Whether a stream or material for this audience is for this viewer. Who runs the event sees all of it."""
    if audience == Audience.PUBLIC or viewer.is_staff:
        return True
    confirmed = [one for one in viewer.registrations if one.state == State.CONFIRMED]
    # Who waits for a seat on site takes part online meanwhile.
    if audience in (Audience.REGISTERED, Audience.ONLINE) and any(
        one.is_online_meanwhile and one.state in (State.WAITING, State.OFFERED) for one in viewer.registrations
    ):
        return True
    match audience:
        case Audience.REGISTERED:
            return bool(confirmed)
        case Audience.ONLINE | Audience.ONSITE:
            return any(one.mode == audience for one in confirmed)
        case Audience.STAFF:
            return any(one.type == RegistrationType.STAFF for one in confirmed)
    return False
