"""Rooms with so many places: the last one goes to one, whoever leaves gives theirs back, and what happened happened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Point
from eventsys.events.models import Event
from eventsys.kernel.database import db, transaction
from tests.factories import make_event
from tests.factories.checkin import AT, a_scan, make_desk, make_ticket

MINUTE = timedelta(minutes=1)


def make_room(event: Event, key: str = "room", *, seats: int, **values: object) -> None:
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key=key, name="Room A", seats=seats, position=1, **values))


def inside(session: Session) -> int:
    session.rollback()
    return int(session.scalar(select(func.count()).where(Admission.point_key == "room", Admission.is_inside)) or 0)


def test_eight_desks_at_once_fill_three_places(app: Flask, client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_room(event, seats=3)
    desks = [make_desk(client, event, f"Desk {n}") for n in range(8)]
    codes = [make_ticket(event, f"Person {n}").code for n in range(8)]

    def send(number: int) -> str:
        return desks[number].through(app.test_client()).outcomes(a_scan(codes[number], point="room"))[0]

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(send, range(8)))
    db.session.rollback()
    assert outcomes == ["admitted"] * 3 + ["full"] * 5
    assert inside(session) == 3


def test_who_leaves_gives_their_place_back(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_room(event, seats=1)
    first, second, desk = make_ticket(event), make_ticket(event, "Cyd Stranger"), make_desk(client, event)
    steps = [(first, "in"), (second, "in"), (first, "in"), (first, "out"), (second, "in"), (first, "in")]
    answers = [
        desk.scan(a_scan(ticket, point="room", direction=way, at=AT + n * MINUTE))[0]
        for n, (ticket, way) in enumerate(steps)
    ]
    assert [one["outcome"] for one in answers] == ["admitted", "full", "already_in", "left", "admitted", "full"]
    assert (answers[1]["message"], answers[1]["attendee"]["name"]) == ("The room is full", "Cyd Stranger")


def test_a_call_goes_through_its_scans_one_by_one(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_room(event, seats=1)
    first, second, desk = make_ticket(event), make_ticket(event, "Cyd Stranger"), make_desk(client, event)
    steps = [(first, "in"), (first, "in"), (second, "in"), (first, "out"), (second, "in")]
    scans = [a_scan(one, point="room", direction=way, at=AT + n * MINUTE) for n, (one, way) in enumerate(steps)]
    scans.append(a_scan(second, point="entrance"))
    assert desk.outcomes(*scans[::-1]) == ["admitted", "admitted", "left", "full", "already_in", "admitted"]
    assert inside(session) == 1


def test_whom_a_desk_let_in_without_a_network_is_inside(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_room(event, seats=1)
    people = [make_ticket(event, f"Person {n}") for n in range(4)]
    desk = make_desk(client, event)
    offline = [a_scan(one, point="room", offline=True, told="admitted") for one in people[:2]]
    turned_away = a_scan(people[2], point="room", offline=True, told="full")
    assert desk.outcomes(*offline, turned_away) == ["admitted", "admitted", "full"]
    assert desk.outcomes(a_scan(people[3], point="room", at=AT + MINUTE)) == ["full"]
    counts = desk.get("snapshot").json["counts"]  # type: ignore[index]
    assert counts["room"] == {"came": 2, "in": 2}


def test_the_room_of_tomorrow_is_empty(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_room(event, seats=1)
    first, second, desk = make_ticket(event), make_ticket(event, "Cyd Stranger"), make_desk(client, event)
    assert desk.outcomes(a_scan(first, point="room")) == ["admitted"]
    assert desk.outcomes(a_scan(second, point="room", at=AT + timedelta(days=1))) == ["admitted"]


def test_an_entrance_that_was_undone_frees_its_place(client: FlaskClient, session: Session) -> None:
    event = make_event()
    make_room(event, seats=1)
    scan, desk = a_scan(make_ticket(event), point="room"), make_desk(client, event)
    desk.scan(scan)
    desk.post("undo", {"id": scan["id"], "reason": "Wrong badge"})
    assert desk.outcomes(a_scan(make_ticket(event, "Cyd Stranger"), point="room")) == ["admitted"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seats=st.integers(0, 3),
    steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["in", "in", "out"])), min_size=1, max_size=20),
    sizes=st.lists(st.integers(1, 5), min_size=20, max_size=20),
)
def test_no_room_ever_holds_more_than_it_has_places_for(
    client: FlaskClient, session: Session, seats: int, steps: list[tuple[int, str]], sizes: list[int]
) -> None:
    event = make_event()
    make_room(event, seats=seats)
    event_id, codes = event.id, [make_ticket(event, f"Person {n}").code for n in range(5)]
    desk = make_desk(client, event)
    scans = [a_scan(codes[who], point="room", direction=way, at=AT + n * MINUTE) for n, (who, way) in enumerate(steps)]
    held: set[int] = set()
    while scans:
        size = sizes.pop()
        batch, scans = scans[:size], scans[size:]
        for (who, way), outcome in zip(steps, desk.outcomes(*batch), strict=False):
            expected = "left" if way == "out" else "already_in" if who in held else "admitted"
            assert outcome == ("full" if expected == "admitted" and len(held) >= seats else expected)
            held = held - {who} if outcome == "left" else held | {who} if outcome == "admitted" else held
        steps = steps[size:]
        session.rollback()
        here = (Admission.event_id == event_id, Admission.point_key == "room", Admission.is_inside)
        assert session.scalar(select(func.count()).where(*here)) == len(held) <= seats
