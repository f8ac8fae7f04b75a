"""What a person may do until their seat is settled: take part online while they wait, say whether they still come."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.kernel.locale import say_instant
from eventsys.registration.models import Coming, Mode, Registration, State, WaitingList
from eventsys.registration.queries import settings_of


@dataclass(frozen=True)
class Asked:
    """The question whether somebody still comes: until when, what silence means, and what was answered."""

    until: str
    silence: str
    is_answered: bool


@dataclass(frozen=True)
class Meanwhile:
    """`words` where the person takes part online until a seat is free; `asked` where they are asked."""

    words: str
    asked: Asked | None


def meanwhile(session: Session, registration: Registration, *, is_running: bool) -> Meanwhile:
    """Nothing of both once the event is over."""
    if not is_running:
        return Meanwhile("", None)
    return Meanwhile(_words(session, registration), _asked(session, registration))


def _words(session: Session, registration: Registration) -> str:
    if not registration.is_online_meanwhile:
        return ""
    if registration.state == State.OFFERED:
        return str(_("Until you have taken the seat you take part online."))
    return str(_("Until a seat is free you take part online.")) if registration.state == State.WAITING else ""


def _asked(session: Session, registration: Registration) -> Asked | None:
    is_in = registration.state == State.CONFIRMED and registration.mode == Mode.ONSITE
    if not is_in or registration.coming not in (Coming.ASKED, Coming.YES):
        return None
    if registration.coming == Coming.YES:
        return Asked("", "", True)
    until = registration.coming_until
    deadline = say_instant(until, registration.event.zone) if until else ""
    settings = settings_of(session, registration.event_id)
    if settings.frees_silent:
        silence = _("Without an answer your seat goes to the next in line.")
    elif settings.waiting_list == WaitingList.NONE:
        silence = _("If you cannot come, please say so.")
    else:
        silence = _("If you cannot come, somebody else is glad of the seat.")
    return Asked(deadline, str(silence), False)
