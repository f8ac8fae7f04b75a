"""Letters about rounds that are wished for: please rank, and what the deal brought, with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.locale import say_instant, say_when
from eventsys.mailing.letters import Letter, Maker
from eventsys.registration.dealing import Dealt, why
from eventsys.registration.letters import letter_to
from eventsys.registration.models import Breakout, Registration, State
from eventsys.registration.phrases import Words, your_page
from eventsys.registration.queries import breakouts as queries
from eventsys.registration.queries import dealt as outcomes
from eventsys.registration.rules.breakouts import Slot, is_open


def _about(session: Session, arguments: dict[str, Any]) -> tuple[Registration, Breakout] | None:
    registration = session.get(Registration, arguments["registration_id"], options=[joinedload(Registration.event)])
    breakout = session.get(Breakout, arguments["breakout_id"])
    if registration is None or breakout is None or not registration.email or registration.state != State.CONFIRMED:
        return None
    return None if registration.event.status == EventStatus.CANCELLED else (registration, breakout)


def _reminder(session: Session, arguments: dict[str, Any]) -> Letter | None:
    found = _about(session, arguments)
    if found is None:
        return None
    registration, breakout = found
    slots = queries.slots_in(breakout, queries.slots_of(session, breakout.event_id))
    has_wished = breakout.id in queries.wishes_of(session, registration.id)
    if has_wished or not slots or not is_open(breakout, slots, clock.now()):
        return None
    with force_locale(registration.language):
        return letter_to(registration, _please(registration.event, breakout, slots))


def _please(event: Event, breakout: Breakout, slots: list[Slot]) -> Words:
    sentences = [
        _("Some sessions run at the same time, and you can be in one of them. Say which you like best, and which next.")
    ]
    sentences += [f"• {slot.title}" for slot in slots if not slot.is_cancelled]
    if breakout.closes_at is not None:
        deadline = say_instant(breakout.closes_at, event.zone)
        sentences.append(_("You can change your wishes until %(deadline)s.", deadline=deadline))
    sentences.append(
        _("When you wish makes no difference: all seats are dealt fairly in one go, and you are told by mail.")
    )
    return Words(
        _("Which session do you wish for? %(event)s", event=event.title),
        _("Your wishes for “%(round)s”", round=breakout.name),
        tuple(str(one) for one in sentences),
        _("Rank the sessions"),
    )


def _dealt(session: Session, arguments: dict[str, Any]) -> Letter | None:
    found = _about(session, arguments)
    if found is None:
        return None
    registration, breakout = found
    # A deal that was undone, and one that was dealt anew since, has letters of its own or none.
    if breakout.dealt_at is None or breakout.dealt_at != datetime.fromisoformat(arguments["dealt_at"]):
        return None
    brought = outcomes.brought(session, registration.id, [breakout.id]).get(breakout.id)
    if brought is None:
        return None
    account, entry = brought
    if entry.session and entry.session not in queries.sessions_of(session, registration.id):
        # They have left it since.
        return None
    with force_locale(registration.language):
        slots = {slot.key: slot for slot in queries.slots_of(session, breakout.event_id)}
        return letter_to(registration, _brought(registration.event, breakout, slots, entry, why(account, entry)))


def _brought(event: Event, breakout: Breakout, slots: dict[str, Slot], entry: Dealt, reason: str) -> Words:
    slot = slots.get(entry.session or "")
    if slot is None:
        left = [one.title for one in slots.values() if one.key in breakout.sessions and not _is_over(one)]
        sentences = [reason]
        if left:
            sentences.append(
                _("Seats are left in: %(sessions)s. You can take one on your page.", sessions="; ".join(left))
            )
        return Words(
            _("No seat by your wishes: %(event)s", event=event.title),
            _("No seat for “%(round)s”", round=breakout.name),
            tuple(sentences),
            your_page(),
        )
    when = say_when(slot.starts_at, slot.ends_at, event.zone)
    return Words(
        _("Your session: %(session)s", session=slot.title),
        _("You are in “%(session)s”", session=slot.title),
        (
            f"{when}, {slot.room}" if slot.room else when,
            reason,
            _("If you would rather not go, please give the seat back on your page: somebody else may want it."),
        ),
        your_page(),
    )


def _is_over(slot: Slot) -> bool:
    return slot.is_cancelled or slot.left == 0


MAKERS: dict[str, Maker] = {"registration.wish_reminder": _reminder, "registration.wish_dealt": _dealt}
