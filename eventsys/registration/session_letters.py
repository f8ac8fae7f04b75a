"""Letters about one session with seats of its own: a seat in it, a place in its queue, a seat after waiting, left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.agenda.queries import find_session
from eventsys.events.models import EventStatus
from eventsys.kernel.locale import say_when
from eventsys.mailing.letters import Letter, Maker
from eventsys.registration import queries
from eventsys.registration.letters import letter_to
from eventsys.registration.models import PoolKind, Registration, SeatState, State
from eventsys.registration.phrases import Words, your_page


@dataclass(frozen=True)
class _About:
    """What a letter may draw on."""

    entry: AgendaSession
    when: str
    place: int

    @property
    def title(self) -> str:
        return self.entry.title

    @property
    def where(self) -> str:
        return self.entry.room.name if self.entry.room else ""


def _maker(words: Callable[[_About], Words], state: SeatState | None) -> Maker:
    def make(session: Session, arguments: dict[str, Any]) -> Letter | None:
        registration = session.get(Registration, arguments["registration_id"], options=[joinedload(Registration.event)])
        if registration is None or registration.state != State.CONFIRMED:
            return None
        key, event = arguments["session_key"], registration.event
        entry = find_session(session, event.id, key)
        stands = _stands(session, registration, key)
        # What has changed since is told by a letter of its own.
        if entry is None or stands != state or event.status == EventStatus.CANCELLED:
            return None
        if entry.status == SessionStatus.CANCELLED:
            return None
        with force_locale(registration.language):
            place = queries.place_in_session(session, registration.id, key) if state == SeatState.WANTED else 0
            when = say_when(entry.starts_at, entry.ends_at, event.zone)
            return letter_to(registration, words(_About(entry, when, place or 0)))

    return make


def _stands(session: Session, registration: Registration, key: str) -> SeatState | None:
    for pool, seat in queries.seats_of_person(session, registration.id):
        if pool.kind == PoolKind.SESSION and pool.key == key:
            return SeatState(seat.state)
    return None


def _joined(about: _About) -> Words:
    return Words(
        _("Signed up: %(session)s", session=about.title),
        _("You are signed up"),
        (_seat_of(about), _leave()),
        your_page(),
    )


def _promoted(about: _About) -> Words:
    return Words(
        _("A seat for you: %(session)s", session=about.title),
        _("A seat has become free, and it is yours"),
        (_seat_of(about), _leave()),
        your_page(),
    )


def _waited_for(about: _About) -> Words:
    return Words(
        _("You wait for a seat: %(session)s", session=about.title),
        _("You wait for a seat in a session"),
        (
            _("All seats in “%(session)s” (%(when)s) are taken. You are number %(place)d in line.",
              session=about.title, when=about.when, place=about.place),
            _("When a seat is free, it is yours at once, and we tell you. The rest of the event is not touched."),
        ),
        your_page(),
    )  # fmt: skip


def _left(about: _About) -> Words:
    return Words(
        _("Left: %(session)s", session=about.title),
        _("You have left a session"),
        (
            _("You are no longer signed up for “%(session)s” (%(when)s).", session=about.title, when=about.when),
            _("Your place in the event stays as it is."),
        ),
        your_page(),
    )


def _seat_of(about: _About) -> str:
    if about.where:
        said = _("You have a seat in “%(session)s”: %(when)s, %(room)s.",
                 session=about.title, when=about.when, room=about.where)  # fmt: skip
        return str(said)
    return str(_("You have a seat in “%(session)s”: %(when)s.", session=about.title, when=about.when))


def _leave() -> str:
    return str(_("If you cannot come, please leave the session on your page, so that somebody else can."))


MAKERS: dict[str, Maker] = {
    "registration.session_joined": _maker(_joined, SeatState.TAKEN),
    "registration.session_promoted": _maker(_promoted, SeatState.TAKEN),
    "registration.session_waited_for": _maker(_waited_for, SeatState.WANTED),
    "registration.session_left": _maker(_left, None),
}
