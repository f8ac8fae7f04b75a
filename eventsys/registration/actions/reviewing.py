"""What organisers think of applications: an opinion of each, and the pick of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.registration import rules
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.models import Registration, Review, State, Verdict
from eventsys.registration.queries.applying import is_opinion
from eventsys.registration.queries.seating import settings_of
from eventsys.registration.rules.applying import Opinion, mean_score


def review(session: Session, registration: Registration, user_id: int, opinion: Opinion, *, now: datetime) -> None:
    """Keep one organiser's opinion, in the place of their former one; an empty one is taken back."""
    rules.refuse_unless_in(registration, State.APPLIED)
    known = session.scalar(
        select(Review).where(Review.registration_id == registration.id, Review.user_id == user_id).with_for_update()
    )
    if not opinion.is_given and not opinion.note:
        if known is not None:
            session.delete(known)
    else:
        known = known or Review(registration_id=registration.id, user_id=user_id)
        known.score, known.verdict, known.note = opinion.score, opinion.verdict, opinion.note
        known.updated_at = now
        session.add(known)
    session.flush()
    scores = session.scalars(select(Review.score).where(Review.registration_id == registration.id))
    registration.score = mean_score(scores)
    note_fact(session, registration, "reviewed", now=now)


def pick(
    session: Session, event_id: int, ids: Collection[int], verdict: Verdict | None, user_id: int, *, now: datetime
) -> int:
    """Mark what should come of applications, or take the mark away; how many were marked.

    Who picks has an opinion: where they have given none, the pick is it.
    """
    chosen = session.scalars(
        select(Registration.id)
        .where(Registration.event_id == event_id, Registration.id.in_(ids), Registration.state == State.APPLIED)
        .order_by(Registration.id)
        .with_for_update()
    ).all()
    if not chosen:
        return 0
    session.execute(
        update(Registration).where(Registration.id.in_(chosen)).values(verdict=verdict),
        execution_options={"synchronize_session": False},
    )
    if verdict is not None:
        _agree(session, chosen, verdict, user_id, now=now)
    return len(chosen)


def _agree(session: Session, ids: Sequence[int], verdict: Verdict, user_id: int, *, now: datetime) -> None:
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"registration_id": one, "user_id": user_id, "verdict": str(verdict), "note": "", "updated_at": now}
        for one in ids
    ]
    add = upsert(Review)
    # A score or a note without a verdict gets the verdict; a verdict that was given before stays.
    session.execute(
        add.on_conflict_do_update(
            index_elements=["registration_id", "user_id"],
            set_={"verdict": add.excluded.verdict},
            where=Review.verdict.is_(None),
        ),
        rows,
    )


def refuse_without_opinions(session: Session, registration: Registration) -> None:
    """Who decides about one application by themselves has looked at it; where more must have, their opinions are needed
    first. Raises NotPossibleNow."""
    needed = settings_of(session, registration.event_id).opinions_needed
    if registration.state != State.APPLIED or needed <= 1:
        return
    me = str(session.info.get("actor", "")).removeprefix("user:")
    reviewers = session.scalars(select(Review.user_id).where(Review.registration_id == registration.id, is_opinion()))
    given = len({str(one) for one in reviewers} | {me})
    if given < needed:
        raise NotPossibleNow(
            _(
                "%(needed)d organisers must have an opinion of this application before it is decided. "
                "Owners can pass over that where picks are decided.",
                needed=needed,
            )
        )
