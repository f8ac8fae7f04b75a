"""The feeds as subscribers get them: complete, stable, cheap to ask again, silent about drafts and streams."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
import vobject
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.http import http_date, parse_date

from eventsys.agenda.models import AgendaSession, SessionRole
from eventsys.events.models import Event
from eventsys.kernel.caching import shelf
from eventsys.kernel.database import transaction
from eventsys.streams.models import Stream
from tests.cast import Cast
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session

FEEDS = ("/calendar.ics", "/events/feed/event.ics", "/events/feed/agenda.ics")


def entries(client: FlaskClient, url: str) -> dict[str, Any]:
    """The entries of a feed by title, as a second library reads them."""
    answer = client.get(url)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    calendar = vobject.readOne(answer.text)
    return {str(one.summary.value): one for one in getattr(calendar, "vevent_list", [])}


def test_an_agenda_is_read_back_as_it_was_planned(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="feed", contact="desk@example.org", organisers=["CERIS"])
    room = make_room(event, "Room A, left")
    entry = make_session(
        event,
        "Ethics; by design",
        room_id=room.id,
        key="ethics",
        kind="panel",
        abstract="**Why** [here](https://x.example)",
    )
    person = make_person(event, "Léa Moreau")
    with transaction() as writing:
        writing.add(SessionRole(session_id=entry.id, person_id=person.id, role="chair"))
    found = entries(client, "/events/feed/agenda.ics")["Ethics; by design"]
    assert (found.uid.value, found.status.value, found.sequence.value) == (entry.uid, "CONFIRMED", "0")
    assert found.dtstart.value.astimezone(UTC) == entry.starts_at
    assert found.dtstart.value.strftime("%H:%M %Z") == "10:00 CET"
    assert found.dtend.value.astimezone(UTC) == entry.ends_at
    assert found.location.value == "Room A, left, BAO Congress Centre, Brussels, Belgium"
    assert found.url.value == "http://127.0.0.1:8000/events/feed/sessions/ethics"
    assert found.description.value == f"Léa Moreau\n\nWhy here\n\n{found.url.value}"
    assert found.categories.value == ["Panel"]


def test_an_event_is_one_entry(client: FlaskClient, session: Session) -> None:
    event = make_event(
        slug="feed", title="Öffentliche Räume", summary="What we *found*", contact="desk@example.org",
        organisers=["CERIS"], themes=("FCT",),
    )  # fmt: skip
    found = entries(client, "/events/feed/event.ics")["Öffentliche Räume"]
    assert (found.uid.value, found.organizer.value) == (event.uid, "mailto:desk@example.org")
    assert found.organizer.params["CN"] == ["CERIS"]
    assert found.categories.value == ["Workshop", "fct"]
    assert found.description.value.startswith("What we found")


def test_a_moved_session_raises_sequence_and_last_modified(client: FlaskClient, session: Session) -> None:
    entry = make_session(make_event(slug="feed"), "Ethics", updated_at=STARTS_AT - timedelta(days=90))
    before = entries(client, "/events/feed/agenda.ics")["Ethics"]
    with transaction() as writing:
        found = writing.get(AgendaSession, entry.id)
        assert found is not None
        found.starts_at += timedelta(minutes=30)
        found.ends_at += timedelta(minutes=30)
    after = entries(client, "/events/feed/agenda.ics")["Ethics"]
    assert int(after.sequence.value) == int(before.sequence.value) + 1
    assert after.last_modified.value > before.last_modified.value
    assert after.dtstamp.value == after.last_modified.value
    assert after.uid.value == before.uid.value
    assert after.dtstart.value - before.dtstart.value == timedelta(minutes=30)


def test_a_new_venue_raises_the_sequence_of_each_session(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="feed")
    make_session(event, "Ethics")
    before = entries(client, "/events/feed/agenda.ics")["Ethics"]
    with transaction() as writing:
        found = writing.get(Event, event.id)
        assert found is not None
        found.venue_name = "Charlemagne"
    after = entries(client, "/events/feed/agenda.ics")["Ethics"]
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.last_modified.value >= before.last_modified.value
    assert after.location.value.startswith("Charlemagne")


def test_what_is_cancelled_stays_and_says_so(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="feed")
    make_session(event, "Off", status="cancelled")
    make_session(event, "Perhaps", status="tentative")
    found = entries(client, "/events/feed/agenda.ics")
    assert {name: one.status.value for name, one in found.items()} == {"Off": "CANCELLED", "Perhaps": "TENTATIVE"}


def test_a_cancelled_event_cancels_its_sessions(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="feed", status="cancelled", status_note="The venue is closed.")
    make_session(event, "Ethics")
    assert entries(client, "/events/feed/agenda.ics")["Ethics"].status.value == "CANCELLED"
    for url in ("/events/feed/event.ics", "/calendar.ics"):
        found = entries(client, url)["Protecting public spaces"]
        assert (found.status.value, "The venue is closed." in found.description.value) == ("CANCELLED", True)


def test_all_events_by_kind_and_theme(client: FlaskClient, session: Session) -> None:
    make_event(title="One", kind="workshop", themes=("FCT",))
    make_event(title="Two", kind="webinar", themes=("BM",))
    make_event(title="Three", kind="webinar", status="cancelled")
    assert set(entries(client, "/calendar.ics")) == {"One", "Two", "Three"}
    assert set(entries(client, "/calendar.ics?kind=webinar")) == {"Two", "Three"}
    assert set(entries(client, "/calendar.ics?theme=FCT")) == {"One"}
    assert set(entries(client, "/calendar.ics?kind=webinar&theme=bm")) == {"Two"}
    assert set(entries(client, "/calendar.ics?kind=nonsense")) == {"One", "Two", "Three"}


def test_drafts_are_in_no_feed_not_even_for_their_owners(client: FlaskClient, session: Session, cast: Cast) -> None:
    make_session(
        make_event(slug="feed", title="Secret plan", status="draft", owner=cast.ada), "Secret session", key="s1"
    )
    owner = cast.browser_of(cast.ada)
    assert entries(owner, "/calendar.ics") == {}
    for url in (*FEEDS[1:], "/events/feed/sessions/s1.ics"):
        for browser in (client, owner):
            answer = browser.get(url)
            assert (answer.status_code, b"Secret" in answer.data) == (404, False)


def test_an_event_withdrawn_to_draft_leaves_the_feed(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="feed", title="Withdrawn")
    first = client.get("/calendar.ics")
    assert set(entries(client, "/calendar.ics")) == {"Withdrawn"}
    with transaction() as writing:
        found = writing.get(Event, event.id)
        assert found is not None
        found.status = "draft"
    assert entries(client, "/calendar.ics") == {}
    since = client.get("/calendar.ics", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 200


def test_no_feed_tells_the_address_of_a_stream(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="feed")
    entry = make_session(event, "Ethics", key="s1")
    with transaction() as writing:
        writing.add(
            Stream(
                event_id=event.id, session_id=entry.id, url="https://secret.example/live", audience="public",
                created_at=STARTS_AT, updated_at=STARTS_AT,
            )
        )  # fmt: skip
    for url in (
        *FEEDS,
        "/events/feed/sessions/s1.ics",
        "/events/feed/",
        "/events/feed/agenda",
        "/events/feed/sessions/s1",
    ):
        answer = client.get(url)
        assert (answer.status_code, b"secret.example" in answer.data) == (200, False)


@pytest.mark.parametrize("url", FEEDS)
def test_a_feed_is_answered_304_by_etag_and_by_date(client: FlaskClient, session: Session, url: str) -> None:
    make_session(make_event(slug="feed"))
    first = client.get(url)
    stamp = first.headers["Last-Modified"]
    by_etag = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (by_etag.status_code, by_etag.data, by_etag.headers["ETag"]) == (304, b"", first.headers["ETag"])
    by_date = client.get(url, headers={"If-Modified-Since": stamp, "Accept-Encoding": "gzip"})
    assert (by_date.status_code, by_date.data) == (304, b"")
    known = parse_date(stamp)
    assert known is not None
    earlier = client.get(url, headers={"If-Modified-Since": http_date(known - timedelta(seconds=1))})
    assert earlier.status_code == 200
    # The ETag is the better witness: with a wrong one the date is not asked (RFC 9110, section 13.2.2).
    both = client.get(url, headers={"If-None-Match": '"other"', "If-Modified-Since": stamp})
    assert both.status_code == 200


@pytest.mark.parametrize("url", FEEDS)
def test_the_same_data_give_the_same_bytes_in_another_process(client: FlaskClient, session: Session, url: str) -> None:
    make_session(make_event(slug="feed"))
    first = client.get(url)
    # What this process kept is forgotten, as in one that never served it.
    shelf.clear()
    assert client.get(url).data == first.data
    assert client.get(url).headers["ETag"] == first.headers["ETag"]
