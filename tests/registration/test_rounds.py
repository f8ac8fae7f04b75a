"""Rounds decided and undone, people asked and let go, in any order: after each deed the laws of seats hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.models import (
    Coming,
    DecisionRound,
    PoolKind,
    Registration,
    RegistrationSettings,
    State,
    Verdict,
)
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.registration import seat_laws

pytestmark = pytest.mark.usefixtures("session")
LEADS = {"put_on_list": "waiting", "decision_undone": "applied", "let_go": "cancelled"}


class Desk:
    """An event by application, and what organisers and people do there one after the other."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.chance, self.user_id, self.now = random.Random(seed), cast.ada.id, clock.now()
        self.has_just_decided = False
        waiting_list = self.chance.choice(["automatic", "offers", "none"])
        start = self.now + timedelta(days=20)
        self.event = make_event(
            onsite=3, online=2, has_approval=True, waiting_list=waiting_list,
            starts_at=start, ends_at=start + timedelta(days=1),
        )  # fmt: skip
        with transaction() as session:
            event = session.get_one(Event, self.event.id)
            actions.add_pool(session, event, PoolKind.SECTOR, "police", 2, mode="", now=self.now)
            session.get_one(RegistrationSettings, event.id).frees_silent = True
        self.deeds: list[Callable[[Session, Event], object]] = [
            self.pick, self.pick, self.decide, self.decide, self.undo, self.cancel, self.expire, self.ask, self.answer,
            self.let_go,
        ]  # fmt: skip

    def one(self, session: Session, *states: State) -> Registration | None:
        query = select(Registration).where(Registration.event_id == self.event.id, Registration.state.in_(states))
        people = session.scalars(query.order_by(Registration.id)).all()
        return self.chance.choice(people) if people else None

    def apply(self) -> None:
        some = self.chance
        make_registration(
            self.event, mode=some.choice(["onsite", "online"]), sector=some.choice(["police", "ngo"]), now=self.now
        )

    def pick(self, session: Session, event: Event) -> None:
        ids = list(session.scalars(select(Registration.id).where(Registration.state == State.APPLIED)))
        chosen = [number for number in ids if self.chance.random() < 0.6]
        actions.pick(session, event.id, chosen, self.chance.choice(list(Verdict)), self.user_id, now=self.now)

    def decide(self, session: Session, event: Event) -> None:
        self.pick(session, event)
        query = select(Registration.id, Registration.verdict).where(Registration.verdict.is_not(None))
        picks = {row[0]: row[1] for row in session.execute(query)}
        actions.decide(session, event, picks, texts={}, beyond=self.chance.randrange(2), actor="user:1", now=self.now)

    def undo(self, session: Session, event: Event) -> None:
        last = session.scalar(select(DecisionRound).order_by(DecisionRound.id.desc()).limit(1))
        if last is not None:
            actions.undo_round(session, event, last, actor="user:1", now=self.now)

    def cancel(self, session: Session, event: Event) -> None:
        if found := self.one(session, State.CONFIRMED, State.WAITING, State.OFFERED):
            actions.cancel(session, found, now=self.now)

    def expire(self, session: Session, event: Event) -> None:
        actions.expire_offers(session, event, now=self.now + timedelta(days=3))

    def ask(self, session: Session, event: Event) -> None:
        actions.ask_batch(session, event, before=self.now, now=self.now)

    def answer(self, session: Session, event: Event) -> None:
        if found := self.one(session, State.CONFIRMED):
            actions.answer_coming(session, found, comes=self.chance.random() < 0.5, now=self.now)

    def let_go(self, session: Session, event: Event) -> None:
        actions.free_silent(session, event, now=self.now + timedelta(days=4))

    def do_one(self) -> str:
        self.now += timedelta(seconds=self.chance.choice([5, 20, 90]))
        if self.chance.random() < 0.35:
            self.apply()
            return "apply"
        # Half of the rounds are undone while their letters wait.
        undoes = self.has_just_decided and self.chance.random() < 0.6
        deed = self.undo if undoes else self.chance.choice(self.deeds)
        self.has_just_decided = deed == self.decide
        with suppress(Refusal), transaction(actor="user:1") as session:
            deed(session, session.get_one(Event, self.event.id))
        return deed.__name__  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("seed", range(4))
def test_the_laws_of_seats_hold_after_every_deed(
    seed: int, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat_laws, "LEADS_TO", seat_laws.LEADS_TO | LEADS)
    desk = Desk(cast, seed)
    done = []
    for _ in range(70):
        done.append(desk.do_one())
        seat_laws.assert_seats_are_right(session, desk.event)
    assert {"apply", "decide", "undo", "cancel"} <= set(done)
    undone = [counts.get("undone", 0) for counts in session.scalars(select(DecisionRound.counts))]
    assert sum(undone) > 0


def test_an_undone_round_leaves_a_person_who_answered_where_they_are(session: Session, cast: Cast) -> None:
    """A seat that was given up since is not given back twice."""
    desk = Desk(cast, 1)
    desk.apply()
    with transaction(actor="user:1") as writing:
        known = writing.get_one(Event, desk.event.id)
        person = writing.scalars(select(Registration)).one()
        actions.pick(writing, known.id, [person.id], Verdict.ACCEPT, desk.user_id, now=desk.now)
        writing.refresh(person)
        actions.decide(writing, known, {person.id: "accept"}, texts={}, actor="user:1", now=desk.now)
    later = datetime.now(desk.now.tzinfo) + timedelta(hours=1)
    with transaction() as writing:
        known = writing.get_one(Event, desk.event.id)
        actions.ask_batch(writing, known, before=later, now=desk.now)
        actions.answer_coming(writing, writing.scalars(select(Registration)).one(), comes=False, now=desk.now)
    with transaction(actor="user:1") as writing:
        row = writing.scalars(select(DecisionRound)).one()
        with pytest.raises(NotPossibleNow, match="everybody has moved on"):
            actions.undo_round(writing, writing.get_one(Event, desk.event.id), row, actor="user:1", now=desk.now)
    found = session.execute(select(Registration.state, Registration.coming)).one()
    assert tuple(found) == ("cancelled", Coming.NO)
    seat_laws.assert_seats_are_right(session, desk.event)
