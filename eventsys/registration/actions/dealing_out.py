"""Seats dealt by wish: one run, carried out with all pools held, told two minutes later, undone until then.

A run is calculated from what the database holds at that moment. What an organiser saw is named by its digest: where
anything has changed since, nothing is dealt and they look again. The run of a large round is calculated by the worker
before anything is locked, and kept with the round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.mailing.actions import take_back_unsent
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.pools import Held, hold_all
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.telling import note_fact, tell, told_by
from eventsys.registration.dealing import Deal, Dealt, Got, Table, deal, deal_of, kept_deal
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.errors.breakouts import DealOutdated
from eventsys.registration.models import Breakout, BreakoutWish, Registration
from eventsys.registration.queries import breakouts as reads
from eventsys.registration.rules import breakouts as judged
from eventsys.registration.rules.applying import undo_until

LETTER = "wish_dealt"


@dataclass(frozen=True)
class Run:
    """What would be dealt: the digest names it."""

    seed: str
    table: Table
    deal: Deal
    digest: str


def calculate(
    session: Session, breakout: Breakout, seed: str, *, noticed: Callable[[int, int], None] | None = None
) -> Run:
    """What a deal of now would bring, with nothing written."""
    table = reads.table_of(session, breakout, reads.slots_of(session, breakout.event_id))
    return _run(breakout, table, seed, noticed)


def _run(breakout: Breakout, table: Table, seed: str, noticed: Callable[[int, int], None] | None = None) -> Run:
    found = deal(table.options, table.people, seed=seed, fills=breakout.fills, noticed=noticed)
    return Run(seed, table, found, table.digest(seed, fills=breakout.fills))


def carry_out(session: Session, breakout: Breakout, seed: str, digest: str, *, actor: str, now: datetime) -> Run:
    """Deal a round as it was seen: seats, what everybody got, a line in each timeline and a letter to each.

    Raises DealtAlready, WishesOpen, EventOver, EventCancelled, and DealOutdated where the run would be another one now.
    """
    event, held = _hold(session, breakout)
    rules.refuse_unless_running(event, now)
    judged.refuse_unless_dealable(breakout, now)
    slots = reads.slots_of(session, event.id)
    table = reads.table_of(session, breakout, slots)
    if table.digest(seed, fills=breakout.fills) != digest:
        raise DealOutdated
    run = _known(breakout, table, seed, digest) or _run(breakout, table, seed)
    pools = {slot.key: slot.pool_id for slot in slots}
    seats.take_many(session, held, {one.person: pools[str(one.session)] for one in run.deal.given()})
    _keep_given(session, breakout, run.deal, now=now)
    breakout.seed, breakout.dealt_at, breakout.dealt_by = seed, now, actor
    breakout.report = kept_deal(table, run.deal)
    session.flush()
    _tell_all(session, breakout, run.deal, now=now)
    _note(session, breakout, "dealt", now=now, seed=seed, given=len(run.deal.given()))
    promote(session, event, held, queries.settings_of(session, event.id), now=now)
    return run


def _hold(session: Session, breakout: Breakout) -> tuple[Event, Held]:
    """The round first: who wishes at this moment is waited for, and then refused."""
    session.flush()
    session.refresh(breakout, with_for_update=True)
    event = session.get_one(Event, breakout.event_id)
    return event, hold_all(session, event)


def _known(breakout: Breakout, table: Table, seed: str, digest: str) -> Run | None:
    """What the worker has calculated of just this."""
    kept = breakout.report
    if judged.run_of(kept).get("digest") != digest or "entries" not in kept:
        return None
    return Run(seed, table, deal_of(kept), digest)


def _keep_given(session: Session, breakout: Breakout, found: Deal, *, now: datetime) -> None:
    given = {one.person: one.session for one in found.given()}
    query = select(BreakoutWish.registration_id).where(BreakoutWish.breakout_id == breakout.id)
    wished = set(session.scalars(query))
    rows = [{"breakout_id": breakout.id, "registration_id": one, "given": key} for one, key in given.items()]
    for batch in seats.batches([row for row in rows if row["registration_id"] in wished]):
        session.execute(update(BreakoutWish), list(batch))
    more: dict[str, Any] = {"ranking": [], "updated_at": now}
    for batch in seats.batches([row for row in rows if row["registration_id"] not in wished]):
        session.execute(insert(BreakoutWish), [row | more for row in batch])
    _count_change(session, given, now=now)


def _count_change(session: Session, ids: Iterable[int], *, now: datetime) -> None:
    """These people sit elsewhere from now on: calendars and letters about how they stood are of the past."""
    for batch in seats.batches(sorted(ids)):
        session.execute(
            update(Registration)
            .where(Registration.id.in_(batch))
            .values(sequence=Registration.sequence + 1, updated_at=now)
            .execution_options(synchronize_session=False)
        )


def _tell_all(session: Session, breakout: Breakout, found: Deal, *, now: datetime) -> None:
    entries = {one.person: one for one in found.entries if _is_told(one)}
    for person in _people(session, entries):
        one = entries[person.id]
        if one.got in (Got.WISHED, Got.FILLED):
            note_fact(session, person, "wish_dealt", now=now, session_key=one.session, rank=one.rank)
        elif one.got == Got.MISSED:
            note_fact(session, person, "wish_missed", now=now, breakout=breakout.key)
        tell(
            session, person, LETTER, now=now, about=breakout.key, due_at=undo_until(now), breakout_id=breakout.id,
            dealt_at=now.isoformat(),
        )  # fmt: skip


def _is_told(one: Dealt) -> bool:
    """Whoever wished, and whoever was given a seat."""
    return bool(one.wishes) or one.got == Got.FILLED


def _people(session: Session, ids: Mapping[int, Any]) -> Iterable[Registration]:
    for batch in seats.batches(sorted(ids)):
        query = select(Registration).where(Registration.id.in_(batch)).order_by(Registration.id)
        yield from session.scalars(query.execution_options(populate_existing=True))


def undo(session: Session, breakout: Breakout, *, now: datetime) -> int:
    """Take a deal back before its letters leave: how many seats are free again. Wishes stay as they were.

    Raises NotPossibleNow when the letters have left.
    """
    event, held = _hold(session, breakout)
    if not judged.may_undo(breakout, now):
        raise NotPossibleNow(_("The letters have left, so this deal can no longer be undone."))
    found, pools = deal_of(breakout.report), {slot.key: slot.pool_id for slot in reads.slots_of(session, event.id)}
    given = {one.person: pools[str(one.session)] for one in found.given() if one.session in pools}
    told = list(_people(session, {one.person: one for one in found.entries if _is_told(one)}))
    take_back_unsent(session, [told_by(one, LETTER, breakout.key) for one in told], now=now)
    freed = set(seats.give_back_many(session, held, given))
    _forget_given(session, breakout)
    _count_change(session, freed, now=now)
    for one in told:
        note_fact(session, one, "wish_undone", now=now, breakout=breakout.key)
    _note(session, breakout, "undone", now=now, seed=breakout.seed, freed=len(freed))
    breakout.report = {"last_seed": breakout.seed}
    breakout.seed, breakout.dealt_at, breakout.dealt_by = "", None, ""
    session.flush()
    promote(session, event, held, queries.settings_of(session, event.id), now=now)
    return len(freed)


def _forget_given(session: Session, breakout: Breakout) -> None:
    mine = BreakoutWish.breakout_id == breakout.id
    rows = session.execute(select(BreakoutWish.registration_id, BreakoutWish.ranking).where(mine))
    for batch in seats.batches([number for number, ranking in rows if not ranking]):
        session.execute(delete(BreakoutWish).where(mine, BreakoutWish.registration_id.in_(batch)))
    session.execute(update(BreakoutWish).where(mine).values(given=None))


def ask_run(session: Session, breakout: Breakout, seed: str, *, actor: str, now: datetime) -> None:
    """Let the worker calculate what a deal would bring; a row whose seed is set and that is not dealt is its work."""
    session.refresh(breakout, with_for_update=True)
    judged.refuse_dealt(breakout)
    _set_run(breakout, state="calculating", seed=seed, by=actor, at=now.isoformat(), done=0, of=0)
    breakout.seed = seed
    session.flush()


def ask_deal(session: Session, breakout: Breakout, seed: str, digest: str, *, actor: str, now: datetime) -> None:
    """Let the worker deal what it has calculated. Raises as `carry_out` does, DealOutdated for another run."""
    session.refresh(breakout, with_for_update=True)
    judged.refuse_unless_dealable(breakout, now)
    run = judged.run_of(breakout.report)
    if (run.get("state"), run.get("digest"), run.get("seed")) != ("ready", digest, seed):
        raise DealOutdated
    breakout.report = {**breakout.report, "run": run | {"state": "confirmed", "by": actor}}
    breakout.seed = seed
    session.flush()


def drop_run(session: Session, breakout: Breakout) -> None:
    """Forget what the worker has calculated, or was to calculate."""
    session.refresh(breakout, with_for_update=True)
    judged.refuse_dealt(breakout)
    breakout.report, breakout.seed = {}, ""
    session.flush()


def note_progress(session: Session, breakout: Breakout, seed: str, *, done: int, of: int) -> bool:
    """Write down how far the worker is; False where the run is no longer wanted."""
    session.refresh(breakout, with_for_update=True)
    run = judged.run_of(breakout.report)
    if run.get("state") != "calculating" or run.get("seed") != seed:
        return False
    _set_run(breakout, **run | {"done": done, "of": of})
    session.flush()
    return True


def keep_run(session: Session, breakout: Breakout, run: Run) -> bool:
    """Keep what the worker has calculated, for the organiser to look at; False where it is no longer wanted."""
    session.refresh(breakout, with_for_update=True)
    known = judged.run_of(breakout.report)
    if known.get("state") != "calculating" or known.get("seed") != run.seed:
        return False
    breakout.report = {"run": known | {"state": "ready", "digest": run.digest}, **kept_deal(run.table, run.deal)}
    breakout.seed = ""
    session.flush()
    return True


def fail_run(session: Session, breakout: Breakout, why: str) -> None:
    """The worker could not deal what was confirmed: the organiser reads why, and looks again."""
    session.refresh(breakout, with_for_update=True)
    _set_run(breakout, **judged.run_of(breakout.report) | {"state": "failed", "why": why})
    breakout.seed = ""
    session.flush()


def _set_run(breakout: Breakout, **run: Any) -> None:
    breakout.report = {"run": run}


def _note(session: Session, breakout: Breakout, what: str, *, now: datetime, **data: Any) -> None:
    record(
        session, f"breakout.{what}", at=now, subject="breakout", subject_id=breakout.id, event_id=breakout.event_id,
        key=breakout.key, **data,
    )  # fmt: skip
