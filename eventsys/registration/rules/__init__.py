"""Who may register, change, cancel and see: judgments over facts, the present instant being one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.events.models import Event, EventStatus
from eventsys.registration.errors import (
    EventCancelled,
    EventOver,
    InvitationNeeded,
    ModeNotOffered,
    NotPossibleNow,
    RegistrationClosed,
    RegistrationErased,
    RegistrationNotOpen,
    SeatsGone,
)
from eventsys.registration.models import (
    ENDED,
    Admission,
    Mode,
    Registration,
    RegistrationSettings,
    RegistrationType,
    State,
    WaitingList,
)
from eventsys.registration.rules.asking import (
    asked_keys,
    choice_labels,
    condition_of,
    consent_text,
    following,
    in_language,
    is_consent,
    leading_before,
    leading_choices,
    may_lead,
    out_of_order,
    unled,
    with_choices,
)
from eventsys.registration.rules.notice import privacy_text
from eventsys.registration.rules.seating import (
    SEAT_STATES,
    Wanted,
    answer_key,
    answers_so,
    is_online_meanwhile,
    may_wait,
    pools_for,
)
from eventsys.registration.rules.seeing import Viewer, may_see

__all__ = [
    "SEAT_STATES",
    "Viewer",
    "Wanted",
    "answer_key",
    "answers_so",
    "asked_keys",
    "choice_labels",
    "condition_of",
    "consent_text",
    "following",
    "in_language",
    "is_consent",
    "is_online_meanwhile",
    "leading_before",
    "leading_choices",
    "may_lead",
    "may_see",
    "may_wait",
    "out_of_order",
    "pools_for",
    "privacy_text",
    "unled",
    "with_choices",
]

MODE_LABELS = {Mode.ONSITE: _l("On site"), Mode.ONLINE: _l("Online")}

TYPE_LABELS = {
    RegistrationType.PARTICIPANT: _l("Participant"),
    RegistrationType.SPEAKER: _l("Speaker"),
    RegistrationType.STAFF: _l("Staff"),
    RegistrationType.PRESS: _l("Press"),
    RegistrationType.GUEST: _l("Guest"),
}

STATE_LABELS = {
    State.UNVERIFIED: _l("Address to be confirmed"),
    State.INVITED: _l("Invited"),
    State.APPLIED: _l("Awaits a decision"),
    State.CONFIRMED: _l("Confirmed"),
    State.WAITING: _l("On the waiting list"),
    State.OFFERED: _l("Seat offered"),
    State.DECLINED: _l("Declined"),
    State.CANCELLED: _l("Cancelled"),
}


class Phase(StrEnum):
    """Where an event's registration stands."""

    DRAFT = "draft"
    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"
    OVER = "over"
    CANCELLED = "cancelled"
    NOT_OFFERED = "not_offered"


@dataclass(frozen=True)
class Seats:
    """The seats of one mode. `seats` and `left` None mean unlimited."""

    seats: int | None
    taken: int
    waiting: int = 0
    overbooked: int = 0

    @property
    def left(self) -> int | None:
        return None if self.seats is None else max(0, self.seats - self.taken)

    @property
    def is_offered(self) -> bool:
        return self.seats != 0 or self.taken > 0

    @property
    def has_room(self) -> bool:
        """Whether a newcomer gets a seat now. Who waits beside a free one waits for another pool that is full."""
        return self.left is None or self.left > 0


def phase(
    event: Event, settings: RegistrationSettings, now: datetime, seats: Mapping[Mode, Seats] | None = None
) -> Phase:
    """Where the registration stands at `now`; with `seats` also whether the event offers any."""
    if event.status == EventStatus.CANCELLED:
        return Phase.CANCELLED
    if event.status == EventStatus.DRAFT:
        return Phase.DRAFT
    if now >= event.ends_at:
        return Phase.OVER
    if settings.opens_at and now < settings.opens_at:
        return Phase.NOT_YET
    if settings.closes_at and now >= settings.closes_at:
        return Phase.CLOSED
    if seats is not None and all(found.seats == 0 for found in seats.values()):
        return Phase.NOT_OFFERED
    return Phase.OPEN


def is_open(event: Event, settings: RegistrationSettings, now: datetime) -> bool:
    return phase(event, settings, now) == Phase.OPEN


def refuse_unless_open(event: Event, settings: RegistrationSettings, now: datetime) -> None:
    """Raises EventCancelled, EventOver, RegistrationNotOpen or RegistrationClosed."""
    match phase(event, settings, now):
        case Phase.CANCELLED:
            raise EventCancelled
        case Phase.OVER:
            raise EventOver(_("This event is over. Its page has what was shown there."))
        case Phase.DRAFT | Phase.NOT_YET:
            raise RegistrationNotOpen
        case Phase.CLOSED:
            raise RegistrationClosed


def refuse_unless_admitted(settings: RegistrationSettings, invitation_id: int | None) -> None:
    """Raises InvitationNeeded where only those register who have a code or write from a known domain."""
    if settings.admission == Admission.INVITED and invitation_id is None:
        raise InvitationNeeded


def is_running(event: Event, now: datetime) -> bool:
    """Whether it will be or is on."""
    return event.status == EventStatus.PUBLISHED and now < event.ends_at


def refuse_unless_running(event: Event, now: datetime) -> None:
    """Raises EventCancelled or EventOver: seats move only in an event that will be or is on."""
    if event.status == EventStatus.CANCELLED:
        raise EventCancelled
    if now >= event.ends_at:
        raise EventOver


def refuse_unless_takes_place(entry: AgendaSession, now: datetime) -> None:
    """Raises NotPossibleNow for a session that is cancelled or has begun."""
    if entry.status == SessionStatus.CANCELLED:
        raise NotPossibleNow(_("“%(session)s” is cancelled.", session=entry.title), field="sessions")
    if now >= entry.starts_at:
        raise NotPossibleNow(_("“%(session)s” has begun already.", session=entry.title), field="sessions")


def refuse_overlap(entry: AgendaSession, others: Sequence[AgendaSession]) -> None:
    """Nobody sits in two sessions at once, nor waits for one while sitting in the other. Raises NotPossibleNow."""
    if others:
        raise NotPossibleNow(
            _("“%(session)s” is at the same time as “%(other)s”. Leave that one first.",
              session=entry.title, other=others[0].title),
            field="sessions",
        )  # fmt: skip


def refuse_unless_living(registration: Registration) -> None:
    if registration.state in ENDED:
        raise NotPossibleNow(_("This registration has ended. You can register again."))


def refuse_if_erased(registration: Registration) -> None:
    """Nothing about a person is written where one was forgotten."""
    if registration.erased_at is not None:
        raise RegistrationErased


def refuse_if_locked(registration: Registration) -> None:
    """The address of who is invited stays as whoever invited wrote it, until it is accepted."""
    if registration.state == State.INVITED:
        raise NotPossibleNow(_("Please accept the invitation first; then you can change the address."))


def refuse_unless_in(registration: Registration, *states: State) -> None:
    """Raises NotPossibleNow that names the present state."""
    if registration.state not in states:
        present = STATE_LABELS[State(registration.state)]
        raise NotPossibleNow(_("This cannot be done now: the registration is “%(state)s”.", state=str(present)))


def refuse_unless_offered(seats: Mapping[Mode, Seats], mode: Mode) -> None:
    if mode not in seats or seats[mode].seats == 0:
        raise ModeNotOffered(field="mode")


def seats_gone(seats: Mapping[Mode, Seats], mode: Mode) -> SeatsGone:
    """The refusal that names what is still possible."""
    other = Mode.ONLINE if mode == Mode.ONSITE else Mode.ONSITE
    is_possible = other in seats and seats[other].has_room
    sentences = {
        (Mode.ONSITE, True): _("No seat on site is left. You can still take part online: choose it and send again."),
        (Mode.ONLINE, True): _("No place online is left. There are still seats on site: choose it and send again."),
        (Mode.ONSITE, False): _("No seat on site is left, and there is no waiting list."),
        (Mode.ONLINE, False): _("No place online is left, and there is no waiting list."),
    }
    return SeatsGone(sentences[mode, is_possible], field="mode")


def has_waiting_list(settings: RegistrationSettings) -> bool:
    return settings.waiting_list != WaitingList.NONE


def offer_deadline(settings: RegistrationSettings, event: Event, now: datetime) -> datetime:
    """Until when an offered seat is held: never beyond the event."""
    return min(now + timedelta(hours=settings.offer_hours), event.ends_at)


def text_hash(text: str) -> str:
    """What names the version of a text that somebody accepted."""
    return hashlib.sha256(text.encode()).hexdigest()


def spoken(short_code: str) -> str:
    """The short code as people read it aloud: K7PM-2QXD."""
    return f"{short_code[:4]}-{short_code[4:]}"


def calendar_uid(event: Event, registration: Registration) -> str:
    """The UID of one person's invitation, the same for ever."""
    return f"r{registration.id}-{event.uid}"


def calendar_sequence(event: Event, registration: Registration) -> int:
    """Grows with every change of the event's time and place and of the person's own state and mode."""
    return event.sequence + registration.sequence
