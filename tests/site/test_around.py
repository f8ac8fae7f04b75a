"""What stands around an event's pages: tabs for what exists, the register button, marks on the agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, SessionRole
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.streams.models import Stream
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event, make_person, make_room, make_session
from tests.factories.materials import make_material
from tests.factories.streams import make_stream
from tests.pages import parts, words

PAGES = ("", "agenda", "speakers", "materials", "live")


def tabs(client: FlaskClient, url: str) -> list[str]:
    """The strip of the event, not the days of its agenda."""
    return [words(one) for one in parts(client.get(url).data, "div", "event-bar", "nav//a")]


def heads(client: FlaskClient) -> list[str]:
    return [words(one) for one in parts(client.get("/events/one/agenda").data, "div", "head")]


def yesterday() -> dict[str, Any]:
    """Two days ago, in the middle of a day: what comes two hours later is on the same page."""
    begin = (clock.now() - timedelta(days=2)).replace(hour=9)
    return {"starts_at": begin, "ends_at": begin + timedelta(days=1)}


def test_an_event_without_anything_has_only_the_tabs_that_lead_somewhere(client: FlaskClient, session: Session) -> None:
    make_event(slug="bare")
    assert tabs(client, "/events/bare/") == ["Overview", "Agenda"]
    make_event(slug="past", **yesterday())
    assert tabs(client, "/events/past/") == ["Overview"]


def test_each_tab_comes_with_what_it_shows_and_is_the_same_on_all_pages(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="full")
    entry = make_session(event, key="s1", room_id=make_room(event, "Meuse").id)
    person = make_person(event, "Ioanna Papadaki")
    assert tabs(client, "/events/full/") == ["Overview", "Agenda"]
    with transaction() as writing:
        known = writing.get_one(AgendaSession, entry.id)
        known.roles.append(SessionRole(person_id=person.id, role="chair"))
    assert tabs(client, "/events/full/") == ["Overview", "Agenda", "Speakers"]
    make_material(event, "Slides", audience="registered")
    assert tabs(client, "/events/full/") == ["Overview", "Agenda", "Speakers", "Materials"]
    stream = make_stream(event, entry)
    everything = ["Overview", "Agenda", "Speakers", "Materials", "Live"]
    assert [tabs(client, f"/events/full/{page}") for page in PAGES] == [everything] * 5
    with transaction() as writing:
        writing.delete(writing.get_one(Stream, stream.id))
    assert tabs(client, "/events/full/") == ["Overview", "Agenda", "Speakers", "Materials"]


def test_what_was_streamed_has_no_tab_once_it_is_over_or_cancelled(client: FlaskClient, session: Session) -> None:
    for slug, values in (("past", yesterday()), ("off", {"status": "cancelled"})):
        event = make_event(slug=slug, **values)
        make_stream(event, make_session(event, key="s1"))
        assert tabs(client, f"/events/{slug}/") == ["Overview", "Agenda"]


def test_what_is_for_the_team_alone_gives_no_tab_and_no_mark(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="secret")
    entry = make_session(event, key="s1", room_id=make_room(event, "Meuse").id)
    make_material(event, "Seating plan", audience="staff", talk=None, entry=entry)
    make_stream(event, entry, audience="staff")
    assert tabs(client, "/events/secret/") == ["Overview", "Agenda"]
    assert parts(client.get("/events/secret/agenda").data, "span", "s-mark") == []
    page = client.get("/events/secret/sessions/s1").data
    assert (b"Seating plan" in page, b"Live stream" in page) == (False, False)


@pytest.mark.parametrize("page", ["agenda", "speakers", "sessions/s1"])
def test_one_may_register_from_each_page_while_registration_is_open(
    client: FlaskClient, session: Session, page: str
) -> None:
    now = clock.now()
    make_session(make_event(slug="open"), key="s1")
    make_session(make_event(slug="closed", closes_at=now - timedelta(days=1)), key="s1")
    make_session(make_event(slug="cancelled", status="cancelled"), key="s1")
    make_session(make_event(slug="nowhere", onsite=0), key="s1")
    found = {
        slug: [one.get("href") for one in parts(client.get(f"/events/{slug}/{page}").data, "div", "event-bar", "a")
               if "button" in one.get("class", "")]
        for slug in ("open", "closed", "cancelled", "nowhere")
    }  # fmt: skip
    assert found == {"open": ["/events/open/register"], "closed": [], "cancelled": [], "nowhere": []}


def test_rooms_say_whether_they_are_streamed_where_any_is(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one")
    meuse, rhine = make_room(event, "Meuse", seats=80), make_room(event, "Rhine", position=1)
    for number, room in enumerate((meuse, rhine)):
        make_session(event, f"Session {number}", key=f"s{number}", room_id=room.id)
    assert heads(client) == ["Meuse80 seats", "Rhine"]
    make_stream(event, meuse)
    assert heads(client) == ["Meuse80 seatsLive stream", "RhineOn site only"]
    rooms = [words(one) for one in parts(client.get("/events/one/agenda").data, "span", "s-room")]
    assert rooms == ["Meuse, Live stream", "Rhine"]


def test_sessions_say_what_can_be_read_and_seen_again(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one", **yesterday())
    room = make_room(event, "Meuse")
    entry = make_session(event, key="s1", room_id=room.id, starts_at=event.starts_at)
    make_session(event, key="s2", room_id=room.id, starts_at=event.starts_at + timedelta(hours=2))
    make_stream(event, room)
    make_material(event, "Deck", entry=entry, audience="registered")
    make_material(event, "Film", entry=entry, kind="recording", content="https://video.example.org/1")
    page = client.get("/events/one/agenda").data
    marks = [[words(one) for one in parts(card, "span", "s-mark")] for card in parts(page, "article", "s")]
    assert marks == [["Recording", "Slides"], []]
    # What was streamed is over.
    assert b"Live stream" not in page


def test_what_stands_around_costs_the_same_for_one_and_for_many(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    costs = []
    for count in (1, 12):
        event = make_event(slug=f"with-{count}", owner=cast.ada)
        for number in range(count):
            entry = make_session(event, key=f"s{number}", room_id=make_room(event, f"Room {number}").id)
            make_stream(event, entry)
            make_material(event, f"Deck {number}", entry=entry)
        with statements() as ran:
            assert client.get(f"/events/with-{count}/agenda").status_code == 200
        costs.append(len(ran))
    assert costs[0] == costs[1]
