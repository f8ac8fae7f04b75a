"""Rounds of sessions that people wish for: made, changed and closed by organisers, ranked by who is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.kernel.text import slugified
from eventsys.registration import rules
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.dealing import Option, refuse_unless_wishable
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.errors.breakouts import BreakoutUnfit, WishUnusable
from eventsys.registration.models import Breakout, BreakoutWish, Registration, State
from eventsys.registration.queries import breakouts as queries
from eventsys.registration.rules import breakouts as judged
from eventsys.registration.rules.breakouts import Shape, Slot

A_BATCH = 500


def make(session: Session, event: Event, shape: Shape, *, now: datetime) -> Breakout:
    """A new round, open for wishes at once. Raises BreakoutUnfit."""
    rules.refuse_unless_running(event, now)
    _refuse_unless_fit(session, event.id, shape, now)
    taken = set(session.scalars(select(Breakout.key).where(Breakout.event_id == event.id)))
    made = Breakout(event_id=event.id, key=_free_key(shape.name, taken), seed="", dealt_by="", report={})
    _set(made, shape)
    session.add(made)
    session.flush()
    _note(session, made, "made", now=now)
    return made


def change(session: Session, breakout: Breakout, shape: Shape, *, now: datetime) -> None:
    """Change a round that is not dealt. Once somebody has wished, what they chose from and how much stays.

    Raises DealtAlready and BreakoutUnfit.
    """
    _hold(session, breakout)
    judged.refuse_dealt(breakout)
    is_another = set(shape.sessions) != set(breakout.sessions) or shape.wishes_most != breakout.wishes_most
    if is_another and _is_wished(session, breakout):
        sentence = _("People have wished already: the sessions and the number of wishes stay as they are.")
        raise BreakoutUnfit(sentence, field="sessions")
    _refuse_unless_fit(session, breakout.event_id, shape, now, but=breakout.id)
    _set(breakout, shape)
    session.flush()
    _note(session, breakout, "changed", now=now)


def close(session: Session, breakout: Breakout, *, now: datetime) -> None:
    """Take no more wishes from now on. Raises DealtAlready and WishesClosed."""
    _hold(session, breakout)
    judged.refuse_dealt(breakout)
    judged.refuse_unless_open(breakout, (), now)
    breakout.closes_at = now
    session.flush()
    _note(session, breakout, "closed", now=now)


def remove(session: Session, breakout: Breakout, *, now: datetime) -> None:
    """Take a round away with its wishes, as long as nothing was dealt. Raises DealtAlready."""
    _hold(session, breakout)
    judged.refuse_dealt(breakout)
    _note(session, breakout, "removed", now=now)
    session.delete(breakout)
    session.flush()


def wish(
    session: Session, registration: Registration, breakout: Breakout, ranking: Sequence[str], *, now: datetime
) -> bool:
    """Keep how somebody ranks the sessions, best first; whether that is another ranking than before.

    Raises WishesClosed, NotPossibleNow for who is not in or sits in the round already, and WishUnusable.
    """
    _hold(session, breakout, shared=True)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    slots = queries.slots_in(breakout, queries.slots_of(session, breakout.event_id))
    judged.refuse_unless_open(breakout, slots, now)
    _refuse_unless_theirs(session, registration, slots)
    asked = judged.asked_number(breakout, slots)
    refuse_unless_wishable([_option(breakout, slot) for slot in slots], ranking, most=asked)
    if len(ranking) < asked:
        raise WishUnusable(_("Choose %(number)d sessions: everybody is asked for the same number.", number=asked))
    known = session.get(BreakoutWish, (breakout.id, registration.id))
    if known is not None and list(known.ranking) == list(ranking):
        return False
    if known is None:
        session.add(
            BreakoutWish(
                breakout_id=breakout.id, registration_id=registration.id, ranking=list(ranking), updated_at=now
            )
        )
    else:
        known.ranking, known.updated_at = list(ranking), now
    session.flush()
    note_fact(session, registration, "wished", now=now, breakout=breakout.key, ranking=list(ranking))
    return True


def take_back_wish(session: Session, registration: Registration, breakout: Breakout, *, now: datetime) -> bool:
    """Forget what somebody wished; whether there was anything. Raises WishesClosed."""
    _hold(session, breakout, shared=True)
    judged.refuse_unless_open(breakout, (), now)
    known = session.get(BreakoutWish, (breakout.id, registration.id))
    if known is None:
        return False
    session.delete(known)
    session.flush()
    note_fact(session, registration, "wish_taken_back", now=now, breakout=breakout.key)
    return True


def remind_batch(session: Session, breakout: Breakout, *, after: int, now: datetime) -> tuple[int, int]:
    """Ask some of those who have not wished to do so, once a day at most: how many are written to, and the id of the
    last one looked at, to go on after; 0 when nobody is left. Raises WishesClosed."""
    slots = queries.slots_in(breakout, queries.slots_of(session, breakout.event_id))
    judged.refuse_unless_open(breakout, slots, now)
    query = queries.silent(breakout, slots).where(Registration.id > after, Registration.email.is_not(None))
    people = session.scalars(query.order_by(None).order_by(Registration.id).limit(A_BATCH)).all()
    about, written = f"{breakout.key}:{now.date().isoformat()}", 0
    for one in people:
        if tell(session, one, "wish_reminder", now=now, about=about, breakout_id=breakout.id):
            note_fact(session, one, "wish_reminded", now=now, breakout=breakout.key)
            written += 1
    return written, people[-1].id if people else 0


def _hold(session: Session, breakout: Breakout, *, shared: bool = False) -> None:
    """Let nobody deal or change the round meanwhile; those who wish do not wait for each other."""
    session.flush()
    session.refresh(breakout, with_for_update={"read": shared})


def _refuse_unless_fit(session: Session, event_id: int, shape: Shape, now: datetime, *, but: int = 0) -> None:
    wanted = set(shape.sessions)
    slots = [slot for slot in queries.slots_of(session, event_id) if slot.key in wanted]
    elsewhere = {key for one in queries.rounds(session, event_id) if one.id != but for key in one.sessions}
    judged.refuse_unless_fit(shape, slots, elsewhere, now)


def _refuse_unless_theirs(session: Session, registration: Registration, slots: Sequence[Slot]) -> None:
    if not judged.fits(slots, registration.mode):
        raise NotPossibleNow(_("Only who takes part on site can wish for these sessions."))
    seated = queries.sessions_of(session, registration.id)
    for slot in slots:
        if slot.key in seated:
            raise NotPossibleNow(_("You have a seat in “%(session)s” already.", session=slot.title))


def _option(breakout: Breakout, slot: Slot) -> Option:
    return Option(
        slot.key, slot.title, breakout.key, slot.starts_at, slot.ends_at, slot.seats, is_cancelled=slot.is_cancelled
    )


def _is_wished(session: Session, breakout: Breakout) -> bool:
    query = select(BreakoutWish.registration_id).where(BreakoutWish.breakout_id == breakout.id).limit(1)
    return session.scalar(query) is not None


def _set(breakout: Breakout, shape: Shape) -> None:
    breakout.name, breakout.sessions, breakout.wishes_most = shape.name, list(shape.sessions), shape.wishes_most
    breakout.closes_at, breakout.fills = shape.closes_at, shape.fills


def _free_key(name: str, taken: set[str]) -> str:
    stem = slugified(name, most=50) or "round"
    # `new` is an address of its own.
    number, key = 1, stem
    while key in taken or key == "new":
        number += 1
        key = f"{stem}-{number}"
    return key


def _note(session: Session, breakout: Breakout, what: str, *, now: datetime, **data: Any) -> None:
    record(
        session, f"breakout.{what}", at=now, subject="breakout", subject_id=breakout.id, event_id=breakout.event_id,
        key=breakout.key, **data,
    )  # fmt: skip
