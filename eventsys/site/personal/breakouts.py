"""The rounds of sessions that a person wishes in: what they are asked, what they wished, what was dealt and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.locale import say_instant, say_when
from eventsys.registration.dealing import Account, Dealt, why
from eventsys.registration.forms.wishing import WishForm, wish_form
from eventsys.registration.models import Breakout, BreakoutWish, Registration, State
from eventsys.registration.queries import breakouts as queries
from eventsys.registration.queries import dealt as outcomes
from eventsys.registration.rules.breakouts import Slot, asked_number, fits, is_open


@dataclass(frozen=True)
class Round:
    """One round as its person sees it: `form` while they may wish, `session` when they were dealt a seat.

    `words` say what is to be done or what became of it, `reason` why; `barred` names a seat of theirs at that time.
    """

    key: str
    name: str
    when: str
    words: str
    wishes: tuple[str, ...] = ()
    form: WishForm | None = None
    barred: str = ""
    is_dealt: bool = False
    session: Slot | None = None
    reason: str = ""


def breakouts(session: Session, registration: Registration, *, is_running: bool) -> list[Round]:
    """Nothing for who is not in, and nothing where there are no rounds: one query then."""
    if registration.state != State.CONFIRMED or not is_running:
        return []
    rounds = queries.rounds(session, registration.event_id)
    if not rounds:
        return []
    slots, now = queries.slots_of(session, registration.event_id), clock.now()
    wishes = queries.wishes_of(session, registration.id)
    brought = outcomes.brought(session, registration.id, [one.id for one in rounds if one.dealt_at])
    sits = queries.sessions_of(session, registration.id)
    found = []
    for one in rounds:
        mine = queries.slots_in(one, slots)
        if not mine or not fits(mine, registration.mode):
            continue
        if one.dealt_at is None:
            shown = _undealt(registration.event, one, mine, slots, wishes.get(one.id), sits, now)
        else:
            shown = _dealt(registration.event, one, mine, wishes.get(one.id), brought.get(one.id), sits)
        found += [shown] if shown is not None else []
    return found


def _undealt(
    event: Event,
    breakout: Breakout,
    slots: list[Slot],
    everything: list[Slot],
    wish: BreakoutWish | None,
    sits: set[str],
    now: datetime,
) -> Round | None:
    titles = {slot.key: slot.title for slot in slots}
    wished = tuple(titles[key] for key in wish.ranking if key in titles) if wish else ()
    when = _when(event, slots)
    if sits & set(titles):
        return None
    if not is_open(breakout, slots, now):
        words = _("Your wishes are in. You are told by mail when the seats are dealt.")
        return Round(breakout.key, breakout.name, when, str(words), wished) if wished else None
    if breakout.closes_at is not None:
        deadline = say_instant(breakout.closes_at, event.zone)
        words = _("You can be in one of these sessions. Rank them until %(deadline)s.", deadline=deadline)
    else:
        words = _("You can be in one of these sessions. Rank them until the seats are dealt.")
    start, end = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    barred = [one.title for one in everything if one.key in sits and one.starts_at < end and start < one.ends_at]
    form = wish_form(slots, asked_number(breakout, slots), wish.ranking if wish else (), key=breakout.key)
    return Round(breakout.key, breakout.name, when, str(words), wished, form, barred[0] if barred else "")


def _dealt(
    event: Event,
    breakout: Breakout,
    slots: list[Slot],
    wish: BreakoutWish | None,
    brought: tuple[Account, Dealt] | None,
    sits: set[str],
) -> Round | None:
    """What became of it; who has left the session since, or came late, signs up for what is left as for any other."""
    if brought is None:
        return None
    account, entry = brought
    by_key = {slot.key: slot for slot in slots}
    session = by_key.get(entry.session or "")
    if entry.session is None:
        if not wish or sits & set(by_key):
            return None
        words = _("No seat could be dealt to you.")
    elif session is None or session.key not in sits:
        return None
    else:
        words = _("You are in “%(session)s”.", session=session.title)
    titles = tuple(by_key[key].title for key in entry.wishes if key in by_key)
    when = say_when(session.starts_at, session.ends_at, event.zone) if session else _when(event, slots)
    return Round(
        breakout.key,
        breakout.name,
        when,
        str(words),
        titles,
        is_dealt=True,
        session=session,
        reason=why(account, entry),
    )


def _when(event: Event, slots: list[Slot]) -> str:
    return say_when(min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots), event.zone)
