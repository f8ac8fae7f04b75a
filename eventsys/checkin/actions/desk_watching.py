"""Arrivals that somebody waits for: asked for at a desk or by an organiser, told the moment the person is let in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, ArrivalWatch, Outcome
from eventsys.checkin.queries.gate import Desk, Person
from eventsys.kernel.text import clean_line
from eventsys.mailing.actions import enqueue
from eventsys.registration import rules
from eventsys.registration.models import Registration

_watch = cast(Table, ArrivalWatch.__table__)
_admission = cast(Table, Admission.__table__)
_LONGEST = 200


def watch(
    session: Session, registration: Registration, words: str, *, user_id: int | None, now: datetime
) -> ArrivalWatch:
    """Tell `user_id` when this person arrives, and the desk that lets them in, in these words. There is one watch a
    person: asked for again, it gets other words and waits for the next arrival. Raises RegistrationErased."""
    rules.refuse_if_erased(registration)
    # The person before the watch, as scans hold them.
    session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update(key_share=True))
    query = select(ArrivalWatch).where(ArrivalWatch.registration_id == registration.id).with_for_update()
    found = session.scalar(query)
    if found is None:
        found = ArrivalWatch(event_id=registration.event_id, registration_id=registration.id, created_at=now)
        session.add(found)
    found.words, found.arrived_at = clean_line(words)[:_LONGEST], None
    # A desk without an account changes the words; who asked before is told all the same.
    found.user_id = user_id or found.user_id
    # Devices that may soon be without a network hear of it with their next snapshot.
    registration.updated_at = now
    session.flush()
    return found


def unwatch(session: Session, registration: Registration, *, now: datetime) -> None:
    """Nobody waits for this person any more."""
    found = session.scalar(select(ArrivalWatch).where(ArrivalWatch.registration_id == registration.id))
    if found is not None:
        session.delete(found)
        registration.updated_at = now
        session.flush()


def _in_words(words: str) -> str:
    """What the desk is told of a watch; whoever asked to be told may have given no words for it."""
    return words or str(_("Somebody waits for them"))


_OPEN = select(_watch.c.registration_id, _watch.c.words).where(
    _watch.c.event_id == bindparam("event_id"),
    _watch.c.registration_id.in_(bindparam("ids", expanding=True)),
    _watch.c.arrived_at.is_(None),
)


def with_watches(session: Session, desk: Desk, people: dict[str, Person]) -> dict[str, Person]:
    """The people of a scan, those that somebody waits for with the words of the watch before their notes."""
    if not desk.has_watches or not people:
        return people
    ids = {person.holder.registration_id for person in people.values()}
    rows = session.connection().execute(_OPEN, {"event_id": desk.event_id, "ids": sorted(ids)})
    words = {row.registration_id: row.words for row in rows}
    return {
        code: replace(person, notes="\n".join(filter(None, (_in_words(words[number]), person.notes))))
        if (number := person.holder.registration_id) in words
        else person
        for code, person in people.items()
    }


_ARRIVE = (
    update(_watch)
    .where(
        _watch.c.event_id == bindparam("of_event"),
        _watch.c.registration_id.in_(bindparam("ids", expanding=True)),
        _watch.c.arrived_at.is_(None),
    )
    .values(arrived_at=bindparam("at"))
    .returning(_watch.c.id, _watch.c.user_id)
)


def note_arrivals(session: Session, desk: Desk, told: Iterable[tuple[int, str]], *, now: datetime) -> None:
    """The first of these (registration, outcome) that was let in ends its watch, and who asked is written to."""
    if not desk.has_watches:
        return
    ids = sorted({number for number, outcome in told if outcome == Outcome.ADMITTED})
    if not ids:
        return
    values: dict[str, Any] = {"of_event": desk.event_id, "ids": ids, "at": now}
    for row in session.connection().execute(_ARRIVE, values).all():
        if row.user_id is not None:
            enqueue(
                session,
                key=f"checkin.arrived:{row.id}:{now.isoformat()}",
                maker="checkin.arrived",
                arguments={"watch_id": row.id},
                due_at=now,
                event_id=desk.event_id,
            )


_REOPEN = update(_watch).where(
    _watch.c.registration_id == bindparam("number"),
    ~select(_admission.c.id).where(_admission.c.registration_id == _watch.c.registration_id).exists(),
).values(arrived_at=None)  # fmt: skip


def wait_again(session: Session, registration_id: int) -> None:
    """An arrival that was undone was none: the watch waits again, unless they were let in elsewhere."""
    session.connection().execute(_REOPEN, {"number": registration_id})
