"""Applications decided together: carried out in the order they came, told two minutes later, undone until then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.mailing.actions import take_back_unsent
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.leaving import leave
from eventsys.registration.actions.pools import Held, hold_all
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.standing import seat_or_queue
from eventsys.registration.actions.telling import note_fact, tell, told_by
from eventsys.registration.errors import NotPossibleNow, SeatsGone
from eventsys.registration.models import (
    ENDED,
    DecisionRound,
    Registration,
    RegistrationSettings,
    State,
    Ticket,
    Verdict,
)
from eventsys.registration.queries.applying import opinions_of
from eventsys.registration.rules.applying import MOST_AT_ONCE, undo_until


@dataclass(frozen=True)
class Decided:
    """What one decision came to: `told` is the letter, `beyond` a seat that was one too many."""

    id: int
    name: str
    verdict: str
    told: str
    sequence: int
    is_beyond: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.told in ("waiting", "put_on_list")


@dataclass(frozen=True)
class Skipped:
    """Somebody who was picked and is not decided about: `why` is changed, opinions, seats or list."""

    id: int
    name: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """What a round came to."""

    round_id: int
    decided: tuple[Decided, ...]
    skipped: tuple[Skipped, ...]

    @property
    def counts(self) -> dict[str, int]:
        """By what became of people: confirmed, beyond (among those), waiting, without_seat (among those), declined."""
        waiting = [one for one in self.decided if one.is_waiting]
        return {
            "confirmed": sum(one.told == "confirmed" for one in self.decided),
            "beyond": sum(one.is_beyond for one in self.decided),
            "waiting": len(waiting),
            "without_seat": sum(one.verdict == Verdict.ACCEPT for one in waiting),
            "declined": sum(one.told == "declined" for one in self.decided),
        }


@dataclass
class _Round:
    """One run: what it may use up, and where its letters are written."""

    row: DecisionRound
    held: Held
    settings: RegistrationSettings
    beyond: int
    now: datetime

    @property
    def letter(self) -> dict[str, Any]:
        return {"due_at": undo_until(self.now), "round_id": self.row.id}


def decide(
    session: Session,
    event: Event,
    picks: Mapping[int, str],
    *,
    texts: Mapping[str, str],
    beyond: int = 0,
    passes_opinions: bool = False,
    actor: str,
    now: datetime,
) -> Outcome:
    """Carry out these picks (verdicts by registration) in the order the people applied, each as far as seats go.

    `beyond` is how many may get a seat where none is left. Whoever stands elsewhere by now, or is picked for something
    else, is skipped; so is, unless `passes_opinions`, whom too few organisers have looked at. Raises EventCancelled,
    EventOver and NotPossibleNow.
    """
    if len(picks) > MOST_AT_ONCE:
        raise NotPossibleNow(_("At most %(most)d applications are decided at once.", most=MOST_AT_ONCE))
    held = hold_all(session, event)
    rules.refuse_unless_running(event, now)
    chosen = _chosen(session, event.id, picks)
    opinions = opinions_of(session, [one.id for one in chosen])
    row = DecisionRound(event_id=event.id, texts=dict(texts), counts={}, decided_at=now, decided_by=actor)
    session.add(row)
    session.flush()
    run = _Round(row, held, queries.settings_of(session, event.id), beyond, now)
    decided: list[Decided] = []
    skipped: list[Skipped] = []
    for registration in chosen:
        lacks = opinions.get(registration.id, 0) < run.settings.opinions_needed
        if registration.state != State.APPLIED or registration.verdict != picks[registration.id]:
            skipped.append(Skipped(registration.id, registration.name, "changed"))
        elif lacks and not passes_opinions:
            skipped.append(Skipped(registration.id, registration.name, "opinions"))
        else:
            _carry_out(session, registration, run, decided, skipped, lacks_opinions=lacks)
    # Who was put on the list beside a free seat gets it: nobody waits next to one.
    promote(session, event, held, run.settings, now=now)
    return _close(session, run, decided, skipped)


def _chosen(session: Session, event_id: int, picks: Mapping[int, str]) -> Sequence[Registration]:
    """The first to apply comes first."""
    return session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.id.in_(picks))
        .order_by(Registration.registered_at, Registration.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _carry_out(
    session: Session,
    registration: Registration,
    run: _Round,
    decided: list[Decided],
    skipped: list[Skipped],
    *,
    lacks_opinions: bool,
) -> None:
    verdict = str(registration.verdict)
    if verdict == Verdict.ACCEPT:
        told, is_beyond = _accept(session, registration, run)
    elif verdict == Verdict.WAIT:
        told, is_beyond = _put_on_list(session, registration, run), False
    else:
        told, is_beyond = _decline(session, registration, run), False
    if not told:
        why = "list" if verdict == Verdict.WAIT else "seats"
        skipped.append(Skipped(registration.id, registration.name, why))
        return
    if lacks_opinions:
        note_fact(session, registration, "opinions_passed_over", now=run.now)
    decided.append(Decided(registration.id, registration.name, verdict, told, registration.sequence, is_beyond))


def _accept(session: Session, registration: Registration, run: _Round) -> tuple[str, bool]:
    """A seat, one beyond the seats, or the end of the queue; nothing where there is none of these."""
    is_beyond = run.beyond > 0 and any(
        run.held.pools[number].is_full for number in seats.needs(session, registration, run.held)
    )
    try:
        seat_or_queue(
            session, registration, run.held, what="approved", now=run.now, overbook=is_beyond, letter=run.letter
        )
    except SeatsGone:
        return "", False
    if is_beyond:
        run.beyond -= 1
    return ("confirmed" if registration.state == State.CONFIRMED else "waiting"), is_beyond


def _put_on_list(session: Session, registration: Registration, run: _Round) -> str:
    if not rules.has_waiting_list(run.settings):
        return ""
    needs = seats.needs(session, registration, run.held)
    seats.join_queue(session, registration, run.held, needs, run.settings)
    registration.sequence += 1
    registration.updated_at = run.now
    note_fact(session, registration, "put_on_list", now=run.now)
    tell(session, registration, "put_on_list", now=run.now, **run.letter)
    return "put_on_list"


def _decline(session: Session, registration: Registration, run: _Round) -> str:
    leave(session, registration, run.held, State.DECLINED, now=run.now)
    note_fact(session, registration, "declined", now=run.now)
    tell(session, registration, "declined", now=run.now, **run.letter)
    return "declined"


def _close(session: Session, run: _Round, decided: list[Decided], skipped: list[Skipped]) -> Outcome:
    outcome = Outcome(run.row.id, tuple(decided), tuple(skipped))
    run.row.counts = outcome.counts | {
        "skipped": [[one.id, one.why] for one in skipped],
        "people": [[one.id, one.sequence, one.told] for one in decided],
    }
    session.flush()
    record(
        session, "applications.decided", at=run.now, subject="event", subject_id=run.row.event_id,
        event_id=run.row.event_id, round_id=run.row.id, counts=outcome.counts,
    )  # fmt: skip
    return outcome


def undo_round(session: Session, event: Event, row: DecisionRound, *, actor: str, now: datetime) -> tuple[int, int]:
    """Make applicants of everybody again whose letter has not left and who still stands where the round put them; how
    many, and how many not. Raises NotPossibleNow when there is nobody left to undo, or when it was done before."""
    held = hold_all(session, event)
    session.refresh(row, with_for_update=True)
    if row.counts.get("undone_at"):
        raise NotPossibleNow(_("This round has been undone already."))
    if now >= undo_until(row.decided_at):
        raise NotPossibleNow(_("The letters have left, so this round can no longer be undone as a whole."))
    people = {number: (sequence, told) for number, sequence, told in row.counts["people"]}
    decided = _chosen(session, event.id, dict.fromkeys(people, ""))
    taken = _addresses_taken(session, event.id, decided)
    here = [one for one in decided if one.sequence == people[one.id][0] and one.email_key not in taken]
    keys = {one.id: told_by(one, people[one.id][1]) for one in here}
    unsent = take_back_unsent(session, keys.values(), now=now)
    undone = 0
    for registration in here:
        if not registration.email or keys[registration.id] in unsent:
            _apply_again(session, registration, held, now=now)
            undone += 1
    if not undone:
        raise NotPossibleNow(_nothing_undone(is_told=bool(here)))
    row.counts = row.counts | {"undone_at": now.isoformat(), "undone_by": actor, "undone": undone}
    session.flush()
    record(
        session, "applications.undone", at=now, subject="event", subject_id=event.id, event_id=event.id,
        round_id=row.id, people=undone,
    )  # fmt: skip
    promote(session, event, held, queries.settings_of(session, event.id), now=now)
    return undone, len(people) - undone


def _nothing_undone(*, is_told: bool) -> str:
    if is_told:
        return str(_("Nothing could be undone: the letters have left, so every decision stands."))
    return str(_("Nothing could be undone: everybody has moved on since."))


def _addresses_taken(session: Session, event_id: int, decided: Sequence[Registration]) -> set[str | None]:
    """The addresses of those who were declined and have registered anew since."""
    keys = [one.email_key for one in decided if one.state in ENDED and one.email_key]
    return set(
        session.scalars(
            select(Registration.email_key).where(
                Registration.event_id == event_id, Registration.email_key.in_(keys), Registration.state.not_in(ENDED)
            )
        )
    )


def _apply_again(session: Session, registration: Registration, held: Held, *, now: datetime) -> None:
    seats.give_up(session, registration, held)
    seats.leave_queue(registration, State.APPLIED)
    registration.cancelled_at = None
    registration.sequence += 1
    registration.updated_at = now
    session.execute(
        update(Ticket)
        .where(Ticket.registration_id == registration.id, Ticket.replaced_at.is_(None))
        .values(replaced_at=now)
    )
    session.flush()
    note_fact(session, registration, "decision_undone", now=now)
