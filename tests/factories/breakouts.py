"""Rounds of parallel sessions for tests, with the people who wish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from eventsys.accounts.models import User
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import actions, queries
from eventsys.registration.actions import breakouts, dealing_out
from eventsys.registration.actions.dealing_out import Run
from eventsys.registration.models import Breakout, Registration
from eventsys.registration.rules.breakouts import Shape
from tests.factories import make_event, make_room, make_session
from tests.factories.registration import make_registration

NAMES = {"drones": "Drones at the border", "floods": "Floods, seen from above", "data": "Data that may be shared"}


def make_parallel(event: Event, *, starts_at: datetime | None = None, **seats: int) -> None:
    """Sessions of these keys and seats, side by side, each in a room of its own, with their pools."""
    start = starts_at or event.starts_at + timedelta(hours=2)
    for key, number in seats.items():
        room = make_room(event, f"Room {key}", seats=200)
        make_session(
            event, NAMES.get(key, key), key=key, kind="breakout", starts_at=start, seats=number, room_id=room.id
        )
    with transaction() as session:
        actions.follow_programme(session, session.get_one(Event, event.id), now=clock.now())


def shape_of(*sessions: str, **values: Any) -> Shape:
    defaults: dict[str, Any] = {"name": "Thursday", "wishes_most": 2, "closes_at": None, "fills": False}
    return Shape(sessions=sessions, **(defaults | values))


def make_round(event: Event, *sessions: str, **values: Any) -> Breakout:
    with transaction() as session:
        return breakouts.make(session, session.get_one(Event, event.id), shape_of(*sessions, **values), now=clock.now())


def wish(breakout: Breakout, person: Registration, *ranking: str, now: datetime | None = None) -> bool:
    with transaction(actor="registrant") as session:
        known = session.get_one(Registration, person.id), session.get_one(Breakout, breakout.id)
        return breakouts.wish(session, *known, ranking, now=now or clock.now())


def wish_all(breakout: Breakout, wishes: Sequence[tuple[Registration, Sequence[str]]]) -> None:
    for person, ranking in wishes:
        wish(breakout, person, *ranking)


def look_at(breakout: Breakout, seed: str = "a seed") -> Run:
    with transaction() as session:
        return dealing_out.calculate(session, session.get_one(Breakout, breakout.id), seed)


def deal_out(breakout: Breakout, seed: str = "a seed") -> Run:
    return deal_seen(breakout, look_at(breakout, seed).digest, seed)


def deal_seen(breakout: Breakout, digest: str, seed: str = "a seed") -> Run:
    with transaction(actor="user:1") as session:
        known = session.get_one(Breakout, breakout.id)
        return dealing_out.carry_out(session, known, seed, digest, actor="user:1", now=clock.now())


def undo(breakout: Breakout, *, now: datetime | None = None) -> int:
    with transaction(actor="user:1") as session:
        return dealing_out.undo(session, session.get_one(Breakout, breakout.id), now=now or clock.now())


def make_wished(owner: User) -> dict[str, str]:
    """An event with a round that is open and one that is dealt, and people of both."""
    start = clock.now() + timedelta(days=3)
    event = make_event(slug="wished", owner=owner, onsite=100, starts_at=start, ends_at=start + timedelta(hours=9))
    people = [make_registration(event, last_name=f"Berg {number}") for number in range(5)]
    make_parallel(event, drones=1, floods=2, data=2)
    dealt = make_round(event, "drones", "floods", "data", name="Morning")
    wish_all(dealt, [(one, ("drones", "floods")) for one in people])
    deal_out(dealt)
    make_parallel(event, starts_at=start + timedelta(hours=5), mines=2, fires=1)
    opened = make_round(event, "mines", "fires", name="Afternoon", closes_at=start)
    wish_all(opened, [(one, ("fires", "mines")) for one in people[:2]])
    links = {"wished_one": queries.link_of(people[0]), "wishes_one": queries.link_of(people[4])}
    return {"wished": event.slug, "dealt": dealt.key, "opened": opened.key, **links}
