"""A process of its own that does random deeds in one event and says on its standard output what was committed.

Each line is a JSON object: `kind` and `id` of a deed that is written for good, or `error` for what must not happen.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.factory import create_app
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Mode, PoolKind, Registration, SeatPool, State
from eventsys.registration.tables import ListedPerson

Done = list[tuple[str, int]]


@dataclass
class Hand:
    """What one deed draws on."""

    session: Session
    event: Event
    chance: random.Random

    def somebody(self, *states: State) -> Registration | None:
        query = select(Registration).where(Registration.event_id == self.event.id)
        query = query.where(Registration.state.in_(states)) if states else query
        return self.session.scalars(query.order_by(func.random()).limit(1)).first()

    def newcomer(self) -> NewEntry:
        some = self.chance
        # Few addresses, so that several processes often write the same one.
        return NewEntry(
            first_name="Bo", email=f"bo{some.randrange(60)}@example.org", mode=some.choice(list(Mode)),
            type=some.choice(["participant", "participant", "press"]), sector=some.choice(["police", "research"]),  # type: ignore[arg-type]
            organisation=some.choice(["Acme", "Beta", "Gamma", ""]), days=frozenset({"2026-12-03"}),
        )  # fmt: skip


def register(hand: Hand) -> Done:
    made = actions.register(hand.session, hand.event, hand.newcomer(), now=clock.now())
    return [("confirmed" if made.state == State.CONFIRMED else "waiting", made.id)]


def bring(hand: Hand) -> Done:
    people = {one.email: one for one in (hand.newcomer() for _ in range(4))}
    listed = [ListedPerson(line, entry, State.CONFIRMED) for line, entry in enumerate(people.values(), 2)]
    actions.bring_in(hand.session, hand.event, listed, now=clock.now())
    return []


def add_people(hand: Hand) -> Done:
    entries = [hand.newcomer() for _ in range(3)]
    added, _known = actions.add_people(hand.session, hand.event, entries, now=clock.now())
    return [("confirmed" if one.state == State.CONFIRMED else "waiting", one.id) for one in added]


def _to(deed: str, said: str, *states: State) -> Callable[[Hand], Done]:
    def do(hand: Hand) -> Done:
        person = hand.somebody(*states)
        if person is None:
            return []
        getattr(actions, deed)(hand.session, person, now=clock.now())
        return [(said, person.id)]

    return do


def switch(hand: Hand) -> Done:
    person = hand.somebody(State.CONFIRMED, State.WAITING, State.OFFERED)
    if person is None:
        return []
    other = Mode.ONLINE if person.mode == Mode.ONSITE else Mode.ONSITE
    actions.switch_mode(hand.session, person, other, now=clock.now())
    return [("mode_switched", person.id)] if person.mode == other else []


def sign_up(hand: Hand) -> Done:
    if person := hand.somebody(State.CONFIRMED):
        actions.sign_up(hand.session, person, "lab", now=clock.now())
    return []


def leave_session(hand: Hand) -> Done:
    if person := hand.somebody(State.CONFIRMED):
        actions.leave_session(hand.session, person, "lab", now=clock.now())
    return []


def change_seats(hand: Hand) -> Done:
    query = select(SeatPool.id).where(SeatPool.event_id == hand.event.id).where(SeatPool.kind != PoolKind.SESSION)
    pool = hand.session.scalars(query.order_by(func.random()).limit(1)).one()
    actions.change_pool(hand.session, hand.event, pool, hand.chance.randrange(8, 20), now=clock.now())
    return []


def count_by_type(hand: Hand) -> Done:
    """Count those of the press, or count them no more."""
    query = select(SeatPool.id).where(SeatPool.event_id == hand.event.id, SeatPool.kind == PoolKind.TYPE)
    found = hand.session.scalar(query)
    if found is None:
        actions.add_pool(hand.session, hand.event, PoolKind.TYPE, "press", 4, mode="", now=clock.now())
    else:
        actions.remove_pool(hand.session, hand.event, found, now=clock.now())
    return []


def cap(hand: Hand) -> Done:
    actions.cap_organisations(hand.session, hand.event, hand.chance.choice([None, 4, 6]), now=clock.now())
    return []


def invite(hand: Hand) -> Done:
    until = clock.now() + timedelta(days=1)
    made = actions.invite(hand.session, hand.event, hand.newcomer(), until=until, now=clock.now())
    return [("invited", made.id)]


def accept_invitation(hand: Hand) -> Done:
    person = hand.somebody(State.INVITED)
    if person is None:
        return []
    actions.accept_invitation(hand.session, person, hand.newcomer(), now=clock.now())
    return [("invitation_accepted", person.id)]


def substitute(hand: Hand) -> Done:
    person = hand.somebody(State.CONFIRMED)
    if person is None:
        return []
    actions.substitute(hand.session, person, hand.newcomer(), now=clock.now())
    return [("handed_over", person.id)]


def gather(hand: Hand) -> Done:
    """A group: all of them, or none."""
    people = {one.email: one for one in (hand.newcomer() for _ in range(3))}
    head, *members = people.values()
    made = actions.register_group(hand.session, hand.event, head, members, waits=False, now=clock.now())
    return [("group_registered", made.id)]


DEEDS: list[tuple[int, Callable[[Hand], Done]]] = [
    (12, register),
    (5, _to("cancel", "cancelled", State.CONFIRMED, State.WAITING, State.OFFERED)),
    (3, _to("restore", "restored", State.CANCELLED)),
    (2, _to("accept_offer", "offer_accepted", State.OFFERED)),
    (1, _to("decline_offer", "offer_declined", State.OFFERED)),
    (4, switch),
    (3, sign_up),
    (2, leave_session),
    (2, change_seats),
    (1, count_by_type),
    (1, cap),
    (1, bring),
    (2, add_people),
    (3, invite),
    (3, accept_invitation),
    (3, substitute),
    (2, gather),
]


def live(event_id: int, seed: str, number: int) -> None:
    with create_app().app_context():
        say({"begun": True})
        work(event_id, seed, number)
        db.session.remove()


def work(event_id: int, seed: str, number: int) -> None:
    chance = random.Random(seed)
    weights, deeds = zip(*DEEDS, strict=True)
    for _ in range(number):
        [deed] = chance.choices(deeds, weights)
        try:
            with transaction() as session:
                done = deed(Hand(session, session.get_one(Event, event_id), chance))
        except Refusal:
            done = []
        except Exception as error:
            say({"error": f"{deed.__name__}: {type(error).__name__}: {error}"})
            continue
        for kind, number_of in done:
            say({"kind": kind, "id": number_of})


def say(what: dict[str, object]) -> None:
    # One write a line: who is killed has said it or has not.
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
