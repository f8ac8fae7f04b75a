"""An event's page: what it leads with before, during and after; what search engines and other programs read of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import update
from sqlalchemy.orm import Session

from eventsys.agenda.models import SessionRole, Talk
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import SeatPool
from eventsys.registration.queries import link_of
from tests.cast import Cast
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.factories.materials import make_material
from tests.factories.registration import make_registration
from tests.factories.streams import make_stream
from tests.pages import parts, words


def buttons(client: FlaskClient, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return [words(one) for one in parts(answer.data, "div", "event-card", "a") if "button" in one.get("class", "")]


def meters(client: FlaskClient, url: str) -> list[str]:
    return [words(one) for one in parts(client.get(url).data, "span", "meter-words")]


def document(client: FlaskClient, url: str) -> dict[str, Any]:
    found: list[Any] = html.fromstring(client.get(url).data).xpath("//script[@type='application/ld+json']")
    read: dict[str, Any] = json.loads(found[0].text)
    return read


def test_before_the_event_one_button_registers(client: FlaskClient, session: Session) -> None:
    make_event(slug="one", onsite=100, online=None)
    assert buttons(client, "/events/one/") == ["Register"]
    assert meters(client, "/events/one/") == ["On site100 of 100 seats left", "Onlineopen"]


def test_seats_are_counted_as_they_go(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one", onsite=10, waiting_list="none")
    for taken, said in ((0, "10 of 10 seats left"), (9, "1 of 10 seats left"), (10, "full")):
        with transaction() as writing:
            # A registration does not grow the event's version: the page asks for the seats itself.
            writing.execute(
                update(SeatPool)
                .where(SeatPool.event_id == event.id)
                .values(taken=taken)
                .where(SeatPool.mode == "onsite")
            )
        assert meters(client, "/events/one/") == [f"On site{said}"]


def test_a_full_event_with_a_waiting_list_says_so(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one", onsite=1)
    with transaction() as writing:
        writing.execute(
            update(SeatPool).where(SeatPool.event_id == event.id, SeatPool.mode == "onsite").values(taken=1)
        )
    assert meters(client, "/events/one/") == ["On sitewaiting list"]


@pytest.mark.parametrize(("opens", "closes"), [(1, 2), (-2, -1)])
def test_outside_its_dates_nobody_is_sent_to_register(
    client: FlaskClient, session: Session, opens: int, closes: int
) -> None:
    now = clock.now()
    make_event(slug="one", opens_at=now + timedelta(hours=opens), closes_at=now + timedelta(hours=closes))
    assert buttons(client, "/events/one/") == []


def test_after_the_event_what_was_shown_takes_the_place_of_the_button(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    event = make_event(slug="one", starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2))
    assert buttons(client, "/events/one/") == []
    assert b"What was shown there is not published yet" in client.get("/events/one/").data
    make_material(event, "Open slides")
    make_material(event, "Closed report", kind="report", audience="registered")
    make_material(event, "Inside note", kind="document", audience="staff")
    make_material(event, "The film", kind="recording", content="https://video.example.org/1")
    assert buttons(client, "/events/one/") == ["Recordings and slides"]
    page = client.get("/events/one/").data
    assert [words(one) for one in parts(page, "ul", "materials", "h3")] == ["The film", "Open slides", "Closed report"]
    assert b"Inside note" not in page


def test_what_is_for_the_registered_is_named_on_a_kept_page_but_not_linked(
    client: FlaskClient, session: Session
) -> None:
    event = make_event(slug="one")
    entry = make_session(event, key="s1", room_id=make_room(event, "Meuse").id)
    opened = make_material(event, "Open slides", entry=entry)
    closed = make_material(event, "Closed report", entry=entry, audience="registered")
    for url in ("/events/one/", "/events/one/sessions/s1"):
        page = client.get(url).data
        links = {words(one): one.get("href") for one in parts(page, "ul", "materials", "a")}
        assert links == {
            "Open slides": f"/events/one/materials/{opened.key}/slides.pdf",
            "Closed report": f"/events/one/materials#{closed.key}",
        }
        assert [words(one) for one in parts(page, "span", "for")] == ["For: Registered participants"]
    # Whoever may read it finds it there: what is kept is the same for all.
    registration = make_registration(event)
    client.get(f"/r/{link_of(registration)}")
    assert links == {words(one): one.get("href") for one in parts(client.get(url).data, "ul", "materials", "a")}
    personal = parts(client.get("/events/one/materials").data, "ul", "materials", "a")
    assert [one.get("href") for one in personal][1] == f"/events/one/materials/{closed.key}/slides.pdf"


def test_a_session_leads_to_its_stream_while_it_is_to_come(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    event = make_event(slug="one", starts_at=now - timedelta(hours=3), ends_at=now + timedelta(hours=3))
    room = make_room(event, "Meuse")
    make_stream(event, room)
    for key, begin, status in (("past", -2, "confirmed"), ("on", 0, "confirmed"), ("off", 1, "cancelled")):
        make_session(
            event, key=key, room_id=room.id, starts_at=now + timedelta(hours=begin), status=status,
            ends_at=now + timedelta(hours=begin + 1),
        )  # fmt: skip
    lines = {
        key: [words(one) for one in parts(client.get(f"/events/one/sessions/{key}").data, "p", "stream-line")]
        for key in ("past", "on", "off")
    }
    assert lines == {
        "past": [], "on": ["Live stream for everyone registered · opens 15 minutes before"], "off": [],
    }  # fmt: skip


def test_during_the_event_the_programme_begins_with_what_is_on(client: FlaskClient, session: Session) -> None:
    # At noon of a day in Brussels, whenever the test runs: all sessions stand on one day.
    now = clock.now()
    noon = now.astimezone(ZoneInfo("Europe/Brussels")).replace(hour=12, minute=0, second=0, microsecond=0)
    with clock.set_to(noon):
        event = make_event(slug="one", starts_at=noon - timedelta(hours=3), ends_at=noon + timedelta(days=1))
        for number, begin in enumerate((-2, -0.5, 1)):
            start = noon + timedelta(hours=begin)
            end = start + timedelta(hours=1)
            make_session(event, f"Session {number}", key=f"s{number}", starts_at=start, ends_at=end)
        lines = parts(client.get("/events/one/").data, "ol", "brief", "li")
    assert [(words(one.xpath(".//h3")[0]), one.get("class")) for one in lines] == [
        ("Session 1", "is-now"), ("Session 2", None),
    ]  # fmt: skip


def test_during_the_event_the_stream_comes_before_registration(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    event = make_event(slug="one", starts_at=now - timedelta(hours=3), ends_at=now + timedelta(hours=3))
    assert buttons(client, "/events/one/") == ["Register"]
    make_stream(event, make_room(event, "Meuse"))
    assert buttons(client, "/events/one/") == ["Watch live", "Register"]


def test_a_cancelled_event_says_why_and_what_replaces_it(client: FlaskClient, session: Session) -> None:
    later = make_event(slug="later", title="The new date")
    make_event(slug="off", status="cancelled", status_note="The venue is closed.", replaced_by_id=later.id)
    assert buttons(client, "/events/off/") == ["To the event that replaces it"]
    for path in ("", "agenda", "speakers"):
        notice = words(parts(client.get(f"/events/off/{path}").data, "div", "notice")[0])
        assert notice == "This event is cancelledThe venue is closed. It is replaced by: The new date"


def test_a_replacement_that_is_still_a_draft_is_not_betrayed(client: FlaskClient, session: Session) -> None:
    later = make_event(slug="later", title="Secret new date", status="draft")
    make_event(slug="off", status="cancelled", replaced_by_id=later.id)
    assert b"Secret new date" not in client.get("/events/off/").data


def test_a_moved_event_says_so(client: FlaskClient, session: Session) -> None:
    make_event(slug="one", status_note="Moved from 3 to 10 December.")
    assert words(parts(client.get("/events/one/").data, "div", "notice")[0]) == "ChangedMoved from 3 to 10 December."


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ({"onsite": 10}, "OfflineEventAttendanceMode"),
        ({"onsite": 10, "online": None}, "MixedEventAttendanceMode"),
        ({"onsite": 0, "online": None, "venue_name": "", "venue_city": ""}, "OnlineEventAttendanceMode"),
    ],
)
def test_search_engines_learn_how_people_take_part(
    client: FlaskClient, session: Session, values: dict[str, Any], mode: str
) -> None:
    make_event(slug="one", **values)
    found = document(client, "/events/one/")
    assert found["eventAttendanceMode"] == f"https://schema.org/{mode}"
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert (found["startDate"], found["endDate"]) == ("2026-12-03T09:00+01:00", "2026-12-04T17:30+01:00")


def test_search_engines_learn_of_a_cancellation(client: FlaskClient, session: Session) -> None:
    make_event(slug="one", status="cancelled")
    assert document(client, "/events/one/")["eventStatus"] == "https://schema.org/EventCancelled"


def test_no_text_can_end_the_data_block(client: FlaskClient, session: Session) -> None:
    title = "</script><script>alert(1)</script> & <b>"
    make_event(slug="one", title=title)
    assert document(client, "/events/one/")["name"] == title
    assert b"<script>alert" not in client.get("/events/one/").data


def test_unknown_events_and_sessions_are_404(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="one"), key="s1")
    assert client.get("/events/one/sessions/s1").status_code == 200
    for url in ("/events/none/", "/events/none/agenda", "/events/one/sessions/none", "/events/none/sessions/s1"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("path", ["", "sessions/s1"])
def test_a_draft_is_seen_by_its_editors_alone(client: FlaskClient, session: Session, cast: Cast, path: str) -> None:
    event = make_event(slug="hidden", title="Secret plan", status="draft", owner=cast.ada, door=cast.dee)
    make_session(event, "Secret session", key="s1")
    for browser in (client, cast.browser_of(cast.al), cast.browser_of(cast.dee)):
        answer = browser.get(f"/events/hidden/{path}")
        assert (answer.status_code, b"Secret" in answer.data) == (404, False)
    preview = cast.browser_of(cast.ada).get(f"/events/hidden/{path}")
    assert preview.status_code == 200
    assert words(parts(preview.data, "div", "notice")[0]).startswith("A draft: only those who work on it see this page")
    assert client.get(f"/events/hidden/{path}").status_code == 404


def test_a_session_tells_who_when_and_where(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one")
    room = make_room(event, "Room Meuse")
    entry = make_session(
        event, "Ethics", key="s1", kind="panel", room_id=room.id, abstract="**Bold** words", language="fr"
    )
    person = make_person(event, "Léa Moreau", affiliation="Ville de Liège")
    with transaction() as writing:
        writing.add(SessionRole(session_id=entry.id, person_id=person.id, role="moderator"))
        writing.add(
            Talk(session_id=entry.id, key="t1", title="First talk", minutes=12, project="STARLIGHT", position=0)
        )
        writing.add(Talk(session_id=entry.id, key="t2", title="Second talk", position=1))
    page = client.get("/events/one/sessions/s1").data
    facts = {words(one.xpath("./dt")[0]): words(one.xpath("./dd")[0]) for one in parts(page, "dl", "facts", "div")}
    assert facts["When"] == "Thu 3 December 2026, 10:00–11:00Brussels time"
    assert (facts["Room"], facts["Language"]) == ("Room Meuse", "French")
    assert [words(one) for one in parts(page, "div", "person", "small")] == ["Moderator · Ville de Liège"]
    assert [words(one) for one in parts(page, "ol", "talks", "h3")] == ["First talk", "Second talk"]
    assert b"<strong>Bold</strong> words" in page


def test_a_cancelled_session_keeps_its_address(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="one"), key="s1", status="cancelled")
    page = client.get("/events/one/sessions/s1")
    assert page.status_code == 200
    assert words(parts(page.data, "div", "notice")[0]).startswith("This session is cancelled")


def test_the_desk_is_for_those_who_work_on_the_event(client: FlaskClient, session: Session, cast: Cast) -> None:
    make_event(slug="one", status="draft", owner=cast.ada, door=cast.dee)
    browsers = [client, *(cast.browser_of(user) for user in (cast.al, cast.dee, cast.ada, cast.eve))]
    assert [one.get("/manage/events/one/").status_code for one in browsers] == [303, 404, 403, 200, 200]


def test_the_desk_names_what_waits(client: FlaskClient, session: Session, cast: Cast) -> None:
    event = make_event(slug="one", status="draft", owner=cast.ada)
    desk = cast.browser_of(cast.ada)
    assert b"The programme is empty" in desk.get("/manage/events/one/").data
    make_session(event, starts_at=STARTS_AT)
    with transaction() as writing:
        known = writing.get(Event, event.id)
        assert known is not None
        known.status = "published"
    assert b"Nothing waits for you" in desk.get("/manage/events/one/").data
