"""The public programme: who sees it, what it costs, what filters leave, and that a change is seen at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import text
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, SessionRole, Talk, TalkRole, Track
from eventsys.events.models import Event, FormerSlug
from eventsys.kernel.caching import shelf
from eventsys.kernel.database import db, transaction
from tests.cast import Cast
from tests.counting import statements
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.pages import parts, words


def titles(client: FlaskClient, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.data[:300]
    return [words(one) for one in parts(answer.data, "article", "s", "h3")]


def make_programme(event: Event, count: int) -> None:
    """Sessions in three rooms and tracks, each with a chair and a talk with a presenter."""
    rooms = [make_room(event, f"Room {number}", position=number) for number in range(3)]
    person = make_person(event)
    with transaction() as session:
        tracks = [Track(event_id=event.id, key=f"t{n}", name=f"Track {n}", position=n) for n in range(3)]
        session.add_all(tracks)
        session.flush()
        for number in range(count):
            start = STARTS_AT + timedelta(minutes=30 * (number // 3 % 12), days=number // 36)
            session.add(
                AgendaSession(
                    event_id=event.id, key=f"s{number}", uid=f"{event.id}-{number}", title=f"Session {number}",
                    starts_at=start, ends_at=start + timedelta(minutes=30), room_id=rooms[number % 3].id,
                    track_id=tracks[number % 3].id, created_at=STARTS_AT, updated_at=STARTS_AT,
                    roles=[SessionRole(person_id=person.id, role="chair")],
                    talks=[Talk(key="t", title="A talk", roles=[TalkRole(person_id=person.id, role="presenter")])],
                )
            )  # fmt: skip


@pytest.mark.parametrize("page", ["agenda", "speakers", "agenda.ics", ""])
def test_a_page_costs_the_same_number_of_queries_for_1_30_and_200_sessions(
    client: FlaskClient, session: Session, page: str
) -> None:
    costs = []
    for count in (1, 30, 200):
        event = make_event(slug=f"with-{count}")
        make_programme(event, count)
        db.session.remove()
        with statements() as found:
            assert client.get(f"/events/{event.slug}/{page}").status_code == 200
        costs.append(len(found))
    assert costs == [costs[0]] * 3


@pytest.mark.parametrize(
    ("page", "cost"), [("agenda", 1), ("speakers", 1), ("agenda.ics", 1), ("event.ics", 1), ("", 2)]
)
def test_a_kept_page_costs_one_select_and_no_cookie(
    client: FlaskClient, session: Session, page: str, cost: int
) -> None:
    make_programme(make_event(slug="kept"), 3)
    first = client.get(f"/events/kept/{page}")
    with statements() as found:
        second = client.get(f"/events/kept/{page}")
    assert len(found) == cost
    assert (second.data, second.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert "Set-Cookie" not in second.headers


def test_a_change_by_another_process_is_seen_by_the_next_request(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="changes")
    entry = make_session(event, "Before")
    assert titles(client, "/events/changes/agenda") == ["Before"]
    with transaction() as writing:
        # As a command would: nothing in this process knows of it but the database.
        writing.execute(text("UPDATE agenda_session SET title = 'After' WHERE id = :id"), {"id": entry.id})
        writing.execute(text("UPDATE event SET version = version + 1 WHERE id = :id"), {"id": event.id})
    assert titles(client, "/events/changes/agenda") == ["After"]


def test_a_session_changed_through_the_house_is_seen_at_once(client: FlaskClient, session: Session) -> None:
    entry = make_session(make_event(slug="changes"), "Before")
    assert titles(client, "/events/changes/agenda") == ["Before"]
    with transaction() as writing:
        found = writing.get(AgendaSession, entry.id)
        assert found is not None
        found.title = "After"
    assert titles(client, "/events/changes/agenda") == ["After"]


def test_an_unchanged_page_answers_304(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="same"))
    etag = client.get("/events/same/agenda").headers["ETag"]
    again = client.get("/events/same/agenda", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/events/same/agenda", headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200


def test_a_kept_page_speaks_the_readers_language(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="spoken"))
    pages = {
        tag: html.fromstring(client.get("/events/spoken/agenda", headers={"Accept-Language": tag}).data).get("lang")
        for tag in ("en", "de", "en")
    }
    assert pages == {"en": "en", "de": "de"}


@pytest.mark.parametrize("page", ["agenda", "speakers"])
def test_a_draft_is_seen_by_its_editors_alone(client: FlaskClient, session: Session, cast: Cast, page: str) -> None:
    event = make_event(slug="hidden", status="draft", owner=cast.ada, door=cast.dee)
    make_session(event, "Secret plan")
    browsers = [client, *(cast.browser_of(user) for user in (cast.al, cast.dee, cast.ada, cast.eve))]
    answers = [browser.get(f"/events/hidden/{page}") for browser in browsers]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 200, 200]
    assert [b"Secret plan" in answer.data for answer in answers[:3]] == [False] * 3
    assert "no-store" in answers[3].headers["Cache-Control"]
    # What an editor saw is kept for nobody.
    assert client.get(f"/events/hidden/{page}").status_code == 404


def test_who_is_signed_in_gets_the_own_menu_and_leaves_no_trace(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    make_session(make_event(slug="public", owner=cast.ada))
    assert b"/sign-out" in cast.browser_of(cast.ada).get("/events/public/agenda").data
    assert b"/sign-out" not in client.get("/events/public/agenda").data
    assert b"/sign-out" in cast.browser_of(cast.ada).get("/events/public/agenda").data


def test_what_is_said_once_is_not_kept_for_everybody(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="public"))
    with client.session_transaction() as cookie:
        cookie["_flashes"] = [("good", "Only for you")]
    assert b"Only for you" in client.get("/events/public/agenda").data
    assert b"Only for you" not in client.get("/events/public/agenda").data


def filtered(client: FlaskClient, query: str) -> list[str]:
    return titles(client, f"/events/filters/agenda{query}")


def test_filters_by_day_track_room_and_words(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="filters")
    one, two = make_room(event, "One"), make_room(event, "Two")
    with transaction() as writing:
        track = Track(event_id=event.id, key="fct", name="Crime")
        writing.add(track)
    person = make_person(event, "Grzegorz Brzęczyszczykiewicz")
    first = make_session(event, "Alpha", room_id=one.id, track_id=track.id)
    make_session(event, "Beta", room_id=two.id)
    make_session(event, "Lunch", kind="meal", starts_at=STARTS_AT + timedelta(hours=4))
    make_session(event, "Gamma", room_id=one.id, starts_at=STARTS_AT + timedelta(days=1))
    with transaction() as writing:
        writing.add(SessionRole(session_id=first.id, person_id=person.id, role="chair"))
    assert filtered(client, "") == ["Alpha", "Beta", "Lunch"]
    assert filtered(client, "?day=2026-12-04") == ["Gamma"]
    assert filtered(client, "?day=1999-01-01") == ["Alpha", "Beta", "Lunch"]
    assert filtered(client, "?day=nonsense&track='--") == ["Alpha", "Beta", "Lunch"]
    assert filtered(client, "?track=fct") == ["Alpha"]
    assert filtered(client, "?room=two") == ["Beta", "Lunch"]
    assert filtered(client, "?q=brzeczy") == ["Alpha"]
    assert filtered(client, "?q=BETA two") == ["Beta"]
    assert filtered(client, "?q=nothing-like-this") == []


def test_what_people_search_for_is_not_kept(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="public"))
    client.get("/events/public/agenda")
    before = len(shelf.answers)
    client.get("/events/public/agenda?q=whatever")
    assert len(shelf.answers) == before


def test_during_the_event_today_is_shown(client: FlaskClient, session: Session) -> None:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    event = make_event(slug="now", starts_at=start, ends_at=start + timedelta(days=5), timezone="UTC")
    for number in range(5):
        make_session(event, f"Day {number}", starts_at=start + timedelta(days=number))
    assert titles(client, "/events/now/agenda") == ["Day 2"]


def test_states_are_said_in_words(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="states", language="en")
    make_session(event, "Off", status="cancelled")
    make_session(event, "Perhaps", status="tentative", language="fr", kind="panel")
    said = {
        words(one.xpath(".//h3")[0]): words(parts(one, "p", "s-what")[0])
        for one in parts(client.get("/events/states/agenda").data, "article", "s")
    }
    assert "cancelled" in said["Off"]
    assert [word for word in ("tentative", "Panel", "French") if word not in said["Perhaps"]] == []


def test_titles_and_names_stay_text(client: FlaskClient, session: Session) -> None:
    evil = "<img src=x onerror=alert(1)>\"'</script>"
    event = make_event(slug="evil", title=evil, summary=evil, venue_name=evil)
    room = make_room(event, evil, key="room")
    entry = make_session(
        event, evil, room_id=room.id, key="s1", subtitle=evil, abstract=f"{evil}\n\n[x](javascript:alert(1))"
    )
    person = make_person(
        event, evil, affiliation=evil, biography=evil, links=["javascript:alert(1)", "https://example.org/"]
    )
    with transaction() as writing:
        writing.add(SessionRole(session_id=entry.id, person_id=person.id, role="chair"))
        writing.add(Talk(session_id=entry.id, key="t", title=evil, abstract=evil, project=evil))
    for page in ("", "agenda", "speakers", "sessions/s1"):
        parsed: Any = html.fromstring(client.get(f"/events/evil/{page}").data)
        assert parsed.xpath("//img[@src='x'] | //*[@onerror]") == []
        assert parsed.xpath("//a[starts-with(@href, 'javascript')]") == []
        assert [one for one in parsed.xpath("//script[not(@src)]") if one.get("type") != "application/ld+json"] == []


def test_a_former_address_leads_to_the_same_page_for_good(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="present")
    with transaction() as writing:
        writing.add(FormerSlug(slug="former", event_id=event.id))
    answer = client.get("/events/former/agenda?day=2026-12-03")
    assert (answer.status_code, answer.location) == (301, "/events/present/agenda?day=2026-12-03")
    assert client.get("/events/neither/agenda").status_code == 404


def test_a_former_address_does_not_betray_a_draft(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="present", status="draft")
    with transaction() as writing:
        writing.add(FormerSlug(slug="former", event_id=event.id))
    assert client.get("/events/former/agenda").status_code == 404


def test_speakers_are_found_with_their_sessions(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="people")
    entry = make_session(event, "Ethics", key="ethics")
    people = [make_person(event, name, affiliation="KEMEA") for name in ("Ioanna Papadaki", "Léa Moreau", "Nobody Yet")]
    with transaction() as writing:
        writing.add(SessionRole(session_id=entry.id, person_id=people[0].id, role="moderator"))
        writing.add(
            Talk(session_id=entry.id, key="t", title="T", roles=[TalkRole(person_id=people[1].id, role="presenter")])
        )

    def names(query: str = "") -> list[str]:
        return [words(one) for one in parts(client.get(f"/events/people/speakers{query}").data, "ul", "speakers", "h3")]

    assert names() == ["Léa Moreau", "Ioanna Papadaki"]
    assert names("?q=lea") == ["Léa Moreau"]
    assert names("?q=nobody") == []
    assert b"/events/people/sessions/ethics" in client.get("/events/people/speakers").data
