"""How an act on many is carried out: what is left to do stands in its row, so that whoever finds it goes on with it.

A batch is one transaction. It locks the row of the act, the event, then its pools: two workers never do the same, and
acts on seats wait for each other in the order in which everybody waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.errors import Refusal
from eventsys.kernel.facts import record
from eventsys.mailing.actions import take_back_unsent
from eventsys.registration import queries
from eventsys.registration.actions.bulk.deeds import DEEDS, Deed, Work
from eventsys.registration.actions.pools import have_alone, hold_all
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.telling import holding_back
from eventsys.registration.errors import NobodyChosen, UndoneAlready
from eventsys.registration.models import BulkAct, Registration
from eventsys.registration.queries.acts import act_begun_with

# Mails of such an act leave so much later, and are taken back where it is undone before.
PAUSE = timedelta(minutes=2)


def begun_before(session: Session, event_id: int, once: str) -> int | None:
    """The act that the same confirmation began before, if any. Until the transaction ends no other begins one here, so
    that the second of two clicks finds what the first has begun."""
    have_alone(session, event_id)
    return act_begun_with(session, event_id, once)


def begin(
    session: Session, event: Event, kind: str, ids: Sequence[int], *, now: datetime, once: str = "", **values: Any
) -> BulkAct:
    """Note an act on these registrations, which `carry_on` does; `once` is the key of the confirmation, for
    `begun_before`. Raises NobodyChosen."""
    if not ids:
        raise NobodyChosen
    act = BulkAct(
        event_id=event.id,
        kind=kind,
        before={
            "values": values,
            "left": list(ids),
            "back": [],
            "done": {},
            "refused": [],
            "told": {},
            "is_pending": True,
            "once": once,
        },
        count=len(ids),
        at=now,
        by=session.info.get("actor") or "system",
    )
    session.add(act)
    session.flush()
    return act


def undo(session: Session, act: BulkAct, *, now: datetime) -> None:
    """Begin to undo an act, which `carry_on` does; what was not done yet is not done. Raises UndoneAlready."""
    session.refresh(act, with_for_update=True)
    if act.undone_at is not None or not DEEDS[act.kind].is_undoable:
        raise UndoneAlready
    act.undone_at = now
    back = [int(one) for one in reversed(act.before["done"])]
    act.before = act.before | {"left": [], "back": back, "refused": [], "is_pending": bool(back)}
    record(
        session, "registrations.act_undone", at=now, subject="event", subject_id=act.event_id, event_id=act.event_id,
        act=act.id, what=act.kind,
    )  # fmt: skip
    session.flush()


def carry_on(session: Session, act_id: int, *, now: datetime) -> bool:
    """Do the next batch of an act, or undo it; whether something is left to do."""
    act = session.get_one(BulkAct, act_id, with_for_update=True, populate_existing=True)
    deed = DEEDS[act.kind]
    is_undoing = act.undone_at is not None
    waiting = "back" if is_undoing else "left"
    ids: list[int] = act.before[waiting][: deed.batch]
    if not ids:
        return False
    event = session.get_one(Event, act.event_id)
    if deed.moves_seats:
        # Some deeds ask for it, one person after the other: by then the pools are held, and others wait for them.
        have_alone(session, event.id)
    held = hold_all(session, event) if deed.moves_seats else None
    work = Work(session, event, held, act.before["values"], act_id=act.id, now=now)
    with holding_back(session, PAUSE) as told:
        before = _undo_batch(work, act, deed, ids) if is_undoing else _do_batch(work, act, deed, ids)
        if held is not None:
            promote(session, event, held, queries.settings_of(session, event.id), now=now)
    # Who moved up meanwhile is told all the same: their mail is nobody's to take back.
    mails = dict(before["told"])
    for number, key in told.keys:
        if not is_undoing and str(number) in before["done"]:
            mails[str(number)] = [*mails.get(str(number), []), key]
    rest = act.before[waiting][deed.batch :]
    act.before = before | {"told": mails, waiting: rest, "is_pending": bool(rest)}
    session.flush()
    return bool(rest)


def _people(work: Work, ids: Sequence[int]) -> list[Registration]:
    """As they stand now, in the order given; who is gone meanwhile is left out."""
    rows = work.session.scalars(
        select(Registration)
        .where(Registration.event_id == work.event.id, Registration.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    found = {one.id: one for one in rows}
    return [found[number] for number in ids if number in found]


def _do_batch(work: Work, act: BulkAct, deed: Deed, ids: Sequence[int]) -> dict[str, Any]:
    done: dict[str, Any] = dict(act.before["done"])
    refused = list(act.before["refused"])
    people = _people(work, ids)
    if deed.do_all is not None:
        done |= {str(number): {} for number in deed.do_all(work, people)}
        return act.before | {"done": done}
    for one in people:
        number = one.id
        try:
            # What one refuses must leave nothing of theirs behind; the others go on.
            with work.session.begin_nested():
                known = deed.do(work, one)
        except Refusal as refusal:
            refused.append([number, str(refusal)])
            continue
        if known is not None:
            done[str(number)] = known
    return act.before | {"done": done, "refused": refused}


def _undo_batch(work: Work, act: BulkAct, deed: Deed, ids: Sequence[int]) -> dict[str, Any]:
    refused = list(act.before["refused"])
    told: dict[str, list[str]] = act.before["told"]
    keys = [key for number in ids for key in told.get(str(number), ())]
    taken = take_back_unsent(work.session, keys, now=work.now)
    people = _people(work, ids)
    if deed.undo_all is not None:
        deed.undo_all(work, people)
        return dict(act.before)
    for one in people:
        number = one.id
        mine = told.get(str(number), [])
        # Who was told already is told what holds again; who was not has nothing to hear.
        work.tells = bool(set(mine) - taken)
        try:
            with work.session.begin_nested():
                deed.undo(work, one, act.before["done"][str(number)])
        except Refusal as refusal:
            refused.append([number, str(refusal)])
    return act.before | {"refused": refused}
