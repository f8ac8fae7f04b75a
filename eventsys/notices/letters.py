"""What people read when their event is cancelled or moved: the state at the moment of sending, with the calendar."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.pages import absolute
from eventsys.mailing.letters import Letter, Maker
from eventsys.registration.invitations import calendar_file
from eventsys.registration.letters import letter_to
from eventsys.registration.models import ENDED, Registration, State
from eventsys.registration.phrases import Words


def cancelled_letter(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """An event is cancelled: the entry leaves the calendar."""
    registration = _concerned(session, arguments)
    if registration is None or registration.event.status != EventStatus.CANCELLED:
        return None
    event = registration.event
    with force_locale(registration.language):
        is_replaced = event.replaced_by is not None and event.replaced_by.is_listed
        words = Words(
            _("Cancelled: %(event)s", event=event.title),
            _("This event is cancelled"),
            tuple(filter(None, (_("It will not take place."), event.status_note, *_replacement(event)))),
            _("See the event that replaces it") if is_replaced else _("See the event"),
        )
        target = event.replaced_by if event.replaced_by and is_replaced else event
        method = (calendar_file(registration, event, "CANCEL"),) if registration.state == State.CONFIRMED else ()
        # A private page is opened by the personal one alone.
        url = None if target.is_private else absolute("site.event", slug=target.slug)
        return letter_to(registration, words, attachments=method, url=url)


def moved_letter(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """An event has another time or place: the entry in the calendar follows."""
    registration = _concerned(session, arguments)
    if registration is None or registration.event.status != EventStatus.PUBLISHED:
        return None
    event = registration.event
    if event.ends_at <= clock.now():
        return None
    with force_locale(registration.language):
        words = Words(
            _("Changed: %(event)s", event=event.title),
            _("This event has a new time or place"),
            (
                _("Your registration stays as it is. Below is what holds now."),
                _("If you cannot come, please cancel on your page."),
            ),
            _("Open your page"),
        )
        is_confirmed = registration.state == State.CONFIRMED
        return letter_to(registration, words, attachments=(calendar_file(registration, event),) if is_confirmed else ())


def _concerned(session: Session, arguments: dict[str, Any]) -> Registration | None:
    found = session.get(Registration, arguments["registration_id"], options=[joinedload(Registration.event)])
    return found if found is not None and found.email and found.state not in ENDED else None


def _replacement(event: Event) -> tuple[str, ...]:
    if event.replaced_by is None or not event.replaced_by.is_listed:
        return ()
    return (_("It is replaced by “%(event)s”.", event=event.replaced_by.title),)


MAKERS: dict[str, Maker] = {"notices.cancelled": cancelled_letter, "notices.moved": moved_letter}
