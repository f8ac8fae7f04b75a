"""What a desk can do for somebody who was refused: each remedy goes through the seats, none around them."""

from __future__ import annotations

from enum import StrEnum

from eventsys.checkin.models import Outcome
from eventsys.registration.models import ENDED, Mode, State


class Remedy(StrEnum):
    """What is done so that the next scan lets them in."""

    SEAT = "seat"
    RESTORE = "restore"
    ON_SITE = "on_site"
    THIS_DAY = "this_day"
    SIGN_UP = "sign_up"
    CURRENT_CODE = "current_code"


_OF_OUTCOME = {
    Outcome.WRONG_DAY: Remedy.THIS_DAY,
    Outcome.NOT_SIGNED_UP: Remedy.SIGN_UP,
    Outcome.REPLACED: Remedy.CURRENT_CODE,
}


def remedies(state: str, mode: str, outcome: str = "") -> list[Remedy]:
    """What a desk may do for somebody who stands like this, in the order in which it helps.

    None for a point that is closed, full or for others: who a person is does not change that, an organiser can.
    """
    found = []
    if state in ENDED:
        found.append(Remedy.RESTORE)
    elif state != State.CONFIRMED and mode == Mode.ONSITE:
        found.append(Remedy.SEAT)
    if mode == Mode.ONLINE and state not in ENDED:
        found.append(Remedy.ON_SITE)
    remedy = _OF_OUTCOME.get(Outcome(outcome)) if outcome in set(Outcome) else None
    if remedy is not None and state == State.CONFIRMED:
        found.append(remedy)
    return found
