"""Organisers set streams on rooms and sessions; nobody else reads or changes an address."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.database import transaction
from eventsys.streams.models import Stream
from tests.cast import Cast
from tests.factories import make_event, make_room, make_session
from tests.factories.streams import SECRET, make_stream
from tests.forms import csrf_token, post_form
from tests.streams.test_views import count_statements

DESK = "/manage/events/forum/streams"


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(owner=cast.ada, door=cast.dee, slug="forum")


def all_streams() -> list[Any]:
    with transaction() as session:
        return [
            (stream.room_id, stream.session_id, stream.url, stream.audience, stream.opens_minutes_before)
            for stream in session.scalars(select(Stream).order_by(Stream.id))
        ]


def test_an_organiser_sets_changes_and_removes_a_stream(event: Event, cast: Cast) -> None:
    ada, room = cast.browser_of(cast.ada), make_room(event)
    values = {"place": f"room:{room.id}", "url": " https://meet.example.org/a ", "audience": "online",
              "opens_minutes_before": "20"}  # fmt: skip
    assert post_form(ada, DESK, having="place", **values).status_code == 303
    assert all_streams() == [(room.id, None, "https://meet.example.org/a", "online", 20)]
    at = html.fromstring(ada.get(DESK).data).xpath("//th[@scope='row']/a/@href")[0]
    assert post_form(ada, at, having="url", audience="staff", opens_minutes_before="0").status_code == 303
    assert all_streams() == [(room.id, None, "https://meet.example.org/a", "staff", 0)]
    assert post_form(ada, DESK, action=f"{at}/remove").status_code == 303
    assert all_streams() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": ""}, "Give the address"),
        ({"url": "javascript:alert(1)"}, "begins with https://"),
        ({"url": "https://a.example;script-src/x.m3u8"}, "begins with https://"),
        ({"audience": "everyone"}, "Not a valid choice"),
        ({"opens_minutes_before": "-1"}, "Between 0 and 1440"),
        ({"opens_minutes_before": "soon"}, "Not a valid integer"),
        ({"place": "room:999999"}, "Not a valid choice"),
        ({"place": "planet:1"}, "Not a valid choice"),
    ],
)
def test_what_makes_no_stream_is_said_beside_the_field(
    event: Event, cast: Cast, fields: dict[str, str], sentence: str
) -> None:
    room = make_room(event)
    good = {"place": f"room:{room.id}", "url": "https://meet.example.org/a", "audience": "online"}
    answer = post_form(cast.browser_of(cast.ada), DESK, having="place", **(good | fields))
    assert answer.status_code == 422
    assert sentence in html.fromstring(answer.data).xpath("string(//p[@class='wrong'])")
    assert all_streams() == []


def test_a_place_has_one_stream(event: Event, cast: Cast) -> None:
    entry, room = make_session(event), make_room(event)
    ada = cast.browser_of(cast.ada)
    late = ada.get(DESK)
    make_stream(event, entry)
    values = {"place": f"session:{entry.id}", "url": "https://meet.example.org/b", "audience": "public",
              "opens_minutes_before": "15", "csrf_token": csrf_token(ada)}  # fmt: skip
    assert f"session:{entry.id}" in late.text
    assert ada.post(DESK, data=values).status_code == 422
    options = html.fromstring(ada.get(DESK).data).xpath("//select[@name='place']//option/@value")
    assert options == [f"room:{room.id}"]


def test_a_room_of_another_event_is_no_place_here(event: Event, cast: Cast) -> None:
    room = make_room(make_event(owner=cast.ada, slug="other"))
    make_room(event)
    answer = post_form(
        cast.browser_of(cast.ada), DESK, having="place", place=f"room:{room.id}", url="https://meet.example.org/a"
    )
    assert (answer.status_code, all_streams()) == (422, [])


@pytest.mark.parametrize("who", ["stranger", "other organiser", "door"])
def test_the_desk_is_for_editors(event: Event, client: FlaskClient, cast: Cast, who: str) -> None:
    stream = make_stream(event, make_room(event))
    browser = {"stranger": client, "other organiser": cast.browser_of(cast.al), "door": cast.browser_of(cast.dee)}[who]
    token, at = {"csrf_token": csrf_token(browser)}, f"{DESK}/{stream.id}"
    answers = [browser.get(DESK), browser.get(at), browser.post(DESK, data=token), browser.post(at, data=token),
               browser.post(f"{at}/remove", data=token)]  # fmt: skip
    assert [answer.status_code for answer in answers] == [303 if who == "stranger" else 403] * 5
    assert all(SECRET not in answer.text for answer in answers)
    assert len(all_streams()) == 1


def test_a_stream_of_another_event_cannot_be_read_or_changed_here(event: Event, cast: Cast) -> None:
    other = make_event(owner=cast.al, slug="other")
    stream = make_stream(other, make_room(other))
    ada = cast.browser_of(cast.ada)
    token, at = {"csrf_token": csrf_token(ada)}, f"{DESK}/{stream.id}"
    answers = [ada.get(at), ada.post(at, data=token), ada.post(f"{at}/remove", data=token)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert all(SECRET not in answer.text for answer in answers)


def test_thirty_streams_cost_the_desk_as_many_questions_as_one(event: Event, cast: Cast, session: Session) -> None:
    ada = cast.browser_of(cast.ada)
    make_stream(event, make_room(event))
    ada.get(DESK)
    few = count_statements(session, lambda: ada.get(DESK))
    for number in range(29):
        make_stream(event, make_room(event, f"Room {number}"))
    assert count_statements(session, lambda: ada.get(DESK)) == few
