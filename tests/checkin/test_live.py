"""The door as it happens: figures without names, told to those who may listen, as they change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from eventsys.checkin import actions as checkin
from eventsys.checkin import broadcasting
from eventsys.checkin.models import Device, Point
from eventsys.checkin.queries.listeners import Who, still_welcome
from eventsys.checkin.queries.standing import standing
from eventsys.events.models import Event, Membership
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, a_scan, make_desk, make_device, make_ticket


def figures(desk: Desk) -> dict[str, Any]:
    answer = desk.get("live")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return dict(answer.json["figures"])


def test_the_figures_say_who_is_missing_by_sector_mode_and_type(client: FlaskClient, session: Session) -> None:
    event = make_event()
    here = make_ticket(event, "Bo Berg", sector="police")
    make_ticket(event, "Cy Cole", sector="police", type="speaker")
    make_ticket(event, "Di Dahl", sector="research", mode="online")
    make_ticket(event, "Ed Else", state="cancelled")
    desk = make_desk(client, event)
    desk.scan(a_scan(here))
    said = figures(desk)
    assert (said["expected"], said["came"]) == (2, 1)
    assert said["sectors"] == [{"key": "police", "expected": 2, "came": 1}]
    assert said["modes"] == [{"key": "onsite", "expected": 2, "came": 1}]
    assert [point["in"] for point in said["points"]] == [1]
    assert said["curve"][-1][1] == 1
    assert "Berg" not in desk.get("live").text


def test_a_room_says_how_full_it_is(client: FlaskClient, session: Session) -> None:
    event = make_event()
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key="room-a", name="Room A", seats=2, position=1))
    desk = make_desk(client, event)
    tickets = [make_ticket(event, f"Person {n}") for n in range(3)]
    outcomes = desk.outcomes(
        *(a_scan(one, point="room-a", at=AT + timedelta(minutes=n)) for n, one in enumerate(tickets))
    )
    assert outcomes == ["admitted", "admitted", "full"]
    room = next(point for point in figures(desk)["points"] if point["key"] == "room-a")
    assert (room["in"], room["seats"]) == (2, 2)


@pytest.mark.parametrize(("role", "status"), [("scanner", 200), ("desk", 200), ("wall", 200), ("kiosk", 403)])
def test_a_wall_sees_figures_and_nobody(client: FlaskClient, session: Session, role: str, status: int) -> None:
    event = make_event()
    make_ticket(event)
    desk = make_desk(client, event, role=role)
    assert desk.get("live").status_code == status
    if role == "wall":
        assert {desk.get(what).status_code for what in ("snapshot", "search")} == {403}


def told(stream: Any) -> dict[str, Any]:
    """The next figures of a stream, past its other words."""
    for chunk in stream:
        for block in chunk.decode().split("\n\n"):
            if block.startswith("event: figures"):
                return dict(json.loads(block.split("data: ", 1)[1]))
    raise AssertionError("the stream ended")


def test_who_listens_hears_the_next_scan(app: Flask, client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(client, event)
    response = client.get(f"{desk.root}/live/stream", headers=desk.headers(), buffered=False)
    assert response.content_type.startswith("text/event-stream")
    stream = iter(response.response)
    assert told(stream)["came"] == 0
    desk.through(app.test_client()).scan(a_scan(ticket))
    assert next(point["came"] for point in told(stream)["points"]) == 1
    response.close()


@contextmanager
def listening(client: FlaskClient, path: str, token: str = "") -> Iterator[Iterator[bytes]]:
    """What is told there, until the block ends."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = client.get(path, headers=headers, buffered=False)
    assert response.status_code == 200
    yield iter(response.response)
    response.close()


def told_at_last(stream: Iterator[bytes], came: int) -> dict[str, Any]:
    """The first figures that say so: what was told of another test's event may come before."""
    while (figures := told(stream))["came"] != came:
        continue
    return figures


def test_a_stream_ends_with_the_device_that_hears_it(app: Flask, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(app.test_client(), event)
    device, token = make_device(event, "Stolen")
    path = f"{desk.root}/live/stream"
    with (
        listening(app.test_client(), path, token) as theirs,
        listening(app.test_client(), path, desk.token) as ours,
    ):
        assert [told_at_last(stream, 0)["expected"] for stream in (theirs, ours)] == [1, 1]
        with transaction() as writing:
            checkin.revoke(writing, writing.get_one(Device, device.id), now=clock.now())
        # What is scanned after it was revoked is told to the others alone.
        desk.through(app.test_client()).scan(a_scan(ticket))
        assert [piece for piece in theirs if b'"came":1' in piece] == []
        assert told_at_last(ours, 1)["expected"] == 1


def test_a_stream_ends_with_another_pairing_and_with_a_place_in_the_team(
    app: Flask, cast: Cast, session: Session
) -> None:
    event = make_event(owner=cast.ada, door=cast.dee)
    device, token = make_device(event, "Passed on")
    page = f"/manage/events/{event.slug}/door/live/stream"
    with (
        listening(app.test_client(), f"/api/v1/events/{event.slug}/checkin/live/stream", token) as phone,
        listening(cast.browser_of(cast.dee), page) as door,
        listening(cast.browser_of(cast.ada), page) as owner,
    ):
        for stream in (phone, door, owner):
            told_at_last(stream, 0)
        with transaction() as writing:
            # Another phone was paired as this device: the old token opens nothing any more.
            writing.get_one(Device, device.id).token_hash = tokens.hashed("another token")
            writing.execute(delete(Membership).where(Membership.user_id == cast.dee.id))
        make_desk(app.test_client(), event).scan(a_scan(make_ticket(event)))
        assert [[piece for piece in stream if b'"came":1' in piece] for stream in (phone, door)] == [[], []]
        assert told_at_last(owner, 1)["expected"] == 1


def test_whoever_listens_costs_no_statement_of_its_own(client: FlaskClient, session: Session) -> None:
    event = make_event()
    devices = [make_device(event, f"Wall {number}")[0] for number in range(12)]
    few, many = ([Who(token_hash=one.token_hash) for one in devices[:number]] for number in (1, 12))
    with statements() as ran:
        assert still_welcome(session, event.id, few, now=AT) == set(few)
    with statements() as as_many:
        assert still_welcome(session, event.id, [*many, Who(token_hash="x")], now=AT) == set(many)
    assert (len(ran), len(as_many)) == (1, 1)


def test_one_listener_too_many_gets_one_word_and_comes_again(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasting, "MOST_LISTENERS", 0)
    event = make_event()
    make_ticket(event)
    desk = make_desk(client, event)
    answer = desk.get("live/stream")
    assert answer.text.startswith("retry: 5000\nevent: figures\ndata: {")
    assert answer.text.count("event:") == 1


def test_the_page_is_for_the_team(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, title="Cities and crowds")
    make_ticket(event)
    url = f"/manage/events/{event.slug}/door/live"
    page = cast.browser_of(cast.ada).get(url)
    assert page.status_code == 200
    assert "expected have arrived" in page.text
    assert cast.browser_of(cast.al).get(url).status_code in (403, 404)
    assert cast.browser_of(cast.al).get(f"{url}/stream").status_code in (403, 404)


def test_figures_cost_the_same_for_one_and_for_many(client: FlaskClient, session: Session) -> None:
    def cost(event: Event) -> int:
        with statements() as ran:
            standing(session, event, now=AT)
        return len(ran)

    few, many = make_event(), make_event(slug="many")
    make_desk(client, few).scan(a_scan(make_ticket(few)))
    desk = make_desk(client, many)
    desk.scan(*(a_scan(make_ticket(many, f"Person {n}"), at=AT + timedelta(minutes=n)) for n in range(20)))
    session.rollback()
    events = [session.get(Event, event.id) for event in (few, many)]
    first = [cost(event) for event in events if event is not None]
    # How people came before is asked once, and kept.
    again = [cost(event) for event in events if event is not None]
    assert again[0] == again[1] <= max(first)


@pytest.mark.parametrize(("took", "rest"), [(0.001, 2.0), (0.08, 2.0), (0.16, 4.0), (3.0, 5.0), (30.0, 5.0)])
def test_what_takes_long_is_looked_at_more_seldom_but_never_not_at_all(took: float, rest: float) -> None:
    assert broadcasting._rest_after(took) == pytest.approx(max(0.1, rest - took))
