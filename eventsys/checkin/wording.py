"""What a volunteer reads aloud: one short sentence for each outcome, in the language of the device."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from eventsys.checkin.models import Outcome, PointKind
from eventsys.checkin.rules import Admittance, Place
from eventsys.community.rules import sector_label
from eventsys.kernel.locale import say_day, say_time
from eventsys.registration.models import RegistrationType, State

_PLAIN = {
    Outcome.ADMITTED: _l("Welcome"),
    Outcome.LEFT: _l("Goodbye"),
    Outcome.UNKNOWN: _l("Nobody here has this code"),
    Outcome.REPLACED: _l("This badge was replaced by a newer one"),
    Outcome.CANCELLED: _l("This registration was cancelled"),
    Outcome.WRONG_EVENT: _l("This badge belongs to another event"),
    Outcome.WRONG_MODE: _l("Registered to take part online, not on site"),
    Outcome.WRONG_DAY: _l("Registered for another day"),
    Outcome.FULL: _l("The room is full"),
}

_NOT_CONFIRMED = {
    State.UNVERIFIED: _l("Not confirmed: the address was never verified"),
    State.INVITED: _l("Not confirmed: invited, but never answered"),
    State.APPLIED: _l("Not confirmed: the application awaits a decision"),
    State.WAITING: _l("Not confirmed: still on the waiting list"),
    State.OFFERED: _l("Not confirmed: a seat is offered but not yet accepted"),
    State.DECLINED: _l("Not confirmed: the registration was declined"),
}

TYPE_LABELS = {
    RegistrationType.PARTICIPANT: _l("Participant"),
    RegistrationType.SPEAKER: _l("Speaker"),
    RegistrationType.STAFF: _l("Staff"),
    RegistrationType.PRESS: _l("Press"),
    RegistrationType.GUEST: _l("Guest"),
}

STATE_LABELS = {
    State.UNVERIFIED: _l("Address not verified"),
    State.INVITED: _l("Invited"),
    State.APPLIED: _l("Awaits a decision"),
    State.CONFIRMED: _l("Confirmed"),
    State.WAITING: _l("On the waiting list"),
    State.OFFERED: _l("A seat is offered"),
    State.DECLINED: _l("Declined"),
    State.CANCELLED: _l("Cancelled"),
}

OUTCOME_LABELS = {
    Outcome.ADMITTED: _l("Admitted"),
    Outcome.LEFT: _l("Left"),
    Outcome.ALREADY_IN: _l("Already in"),
    Outcome.UNKNOWN: _l("Unknown code"),
    Outcome.REPLACED: _l("Replaced badge"),
    Outcome.CANCELLED: _l("Cancelled"),
    Outcome.NOT_CONFIRMED: _l("Not confirmed"),
    Outcome.WRONG_EVENT: _l("Another event"),
    Outcome.WRONG_POINT: _l("Another point"),
    Outcome.WRONG_MODE: _l("Registered online"),
    Outcome.WRONG_TYPE: _l("Not for this badge"),
    Outcome.WRONG_DAY: _l("Another day"),
    Outcome.NOT_SIGNED_UP: _l("Not signed up"),
    Outcome.FULL: _l("Full"),
    Outcome.TOO_EARLY: _l("Too early"),
    Outcome.TOO_LATE: _l("Too late"),
}


def type_label(key: str) -> str:
    return str(TYPE_LABELS[RegistrationType(key)])


def state_label(key: str) -> str:
    return str(STATE_LABELS[State(key)])


def sentence(
    outcome: str,
    *,
    zone: ZoneInfo,
    first: Admittance | None = None,
    place: Place | None = None,
    point: str = "",
    state: str = "",
    at: datetime | None = None,
) -> str:
    """What the screen says in words. Everything but the outcome is asked only by the outcomes that need it."""
    if outcome in _PLAIN:
        return str(_PLAIN[Outcome(outcome)])
    if outcome == Outcome.ALREADY_IN:
        return _already_in(first, at, zone, place)
    if outcome == Outcome.NOT_CONFIRMED:
        return str(_NOT_CONFIRMED.get(State(state), OUTCOME_LABELS[Outcome.NOT_CONFIRMED]))
    if outcome == Outcome.WRONG_POINT:
        return _wrong_point(place, point)
    if outcome == Outcome.NOT_SIGNED_UP and place is not None:
        return str(_("Not signed up for “%(point)s”", point=place.name))
    if outcome == Outcome.WRONG_TYPE and place is not None:
        return _wrong_type(place)
    if outcome == Outcome.TOO_EARLY and place is not None:
        return str(_("Too early: opens %(when)s", when=_when(place.opens_at, at, zone)))
    if place is not None:
        return str(_("Too late: closed %(when)s", when=_when(place.closes_at, at, zone)))
    return str(OUTCOME_LABELS[Outcome(outcome)])


def said_again(outcome: str, said: str) -> str:
    """A kept answer for another reader: in their language where its outcome alone makes the sentence, else as said."""
    return str(_PLAIN[Outcome(outcome)]) if outcome in _PLAIN else said


class Words:
    """The words of one call, each looked up once: hundreds of scans say the same few."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.sector = cache(sector_label)
        self.type = cache(type_label)
        self._plain = cache(lambda outcome: str(_PLAIN[outcome]))

    def sentence(self, outcome: str, **asked: Any) -> str:
        """As the function of this name says it."""
        return self._plain(outcome) if outcome in _PLAIN else sentence(outcome, zone=self._zone, **asked)


def _already_in(first: Admittance | None, at: datetime | None, zone: ZoneInfo, place: Place | None) -> str:
    if first is None:
        return str(_("Already in"))
    time = _when(first.at, at, zone) if at is not None else say_time(first.at, zone)
    if place is not None and place.kind == PointKind.ITEM:
        return str(_("Already given, %(time)s, %(device)s", time=time, device=first.device))
    return str(_("Already in, %(time)s, %(device)s", time=time, device=first.device))


def _wrong_point(place: Place | None, point: str) -> str:
    """A point where this device may scan is wrong for those alone who would leave where nobody does."""
    if place is None:
        return str(_("This device does not scan at “%(point)s”", point=point))
    return str(_("Nobody leaves at “%(point)s”: one passes there one way", point=place.name))


def _wrong_type(place: Place) -> str:
    may_pass = ", ".join(type_label(key) for key in TYPE_LABELS if key in place.types)
    return str(_("Only for: %(types)s", types=may_pass))


def _when(instant: datetime, at: datetime | None, zone: ZoneInfo) -> str:
    """The time alone on the day of the scan, with its day otherwise."""
    clock = say_time(instant, zone)
    if at is not None and at.astimezone(zone).date() == instant.astimezone(zone).date():
        return clock
    return f"{say_day(instant, zone)}, {clock}"
