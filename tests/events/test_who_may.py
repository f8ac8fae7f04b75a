"""Every organisers' address of events and programmes, walked by everyone who may not."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from eventsys.agenda import actions as agenda
from eventsys.agenda.models import AgendaSession, Person, Room, Track
from eventsys.events import actions
from eventsys.events.models import Event, MemberInvitation, Membership
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.forms import form_fields

SECRET = "Secret reorganisation"
PAGES = {
    "edit": "/manage/events/secret/edit",
    "ready": "/manage/events/secret/publish",
    "programme": "/manage/events/secret/programme",
    "new session": "/manage/events/secret/programme/sessions/new",
    "session": "/manage/events/secret/programme/sessions/opening",
    "rooms": "/manage/events/secret/rooms",
    "tracks": "/manage/events/secret/tracks",
    "people": "/manage/events/secret/people",
    "new person": "/manage/events/secret/people/new",
    "person": "/manage/events/secret/people/ioanna",
}
OWNERS_PAGES = {"team": "/manage/events/secret/team", "cancel": "/manage/events/secret/cancel"}
DEEDS = {
    "publish": ("/manage/events/secret/publish", {}),
    "duplicate": ("/manage/events/secret/programme/sessions/opening/duplicate", {}),
    "cancel session": ("/manage/events/secret/programme/sessions/opening/status", {"step": "cancel"}),
    "remove session": ("/manage/events/secret/programme/sessions/opening/status", {"step": "remove"}),
    "remove room": ("/manage/events/secret/rooms/plenary-hall", {"step": "remove"}),
    "remove track": ("/manage/events/secret/tracks/fct", {}),
    "merge": ("/manage/events/secret/people/ioanna/merge", {"other": "Bo"}),
    "remove person": ("/manage/events/secret/people/ioanna/remove", {}),
    "edit": ("/manage/events/secret/edit", {"title": "Taken over"}),
    "add session": ("/manage/events/secret/programme/sessions/new", {"title": "Added"}),
    "change session": ("/manage/events/secret/programme/sessions/opening", {"title": "Changed"}),
    "add room": ("/manage/events/secret/rooms", {"name": "Added"}),
    "add track": ("/manage/events/secret/tracks", {"name": "Added", "colour": "#123456"}),
    "add person": ("/manage/events/secret/people/new", {"name": "Added"}),
    "change person": ("/manage/events/secret/people/ioanna", {"name": "Changed"}),
}
OWNERS_DEEDS = {
    "remove": ("/manage/events/secret/status", {"step": "remove"}),
    "cancel": ("/manage/events/secret/cancel", {"note": "Haha"}),
    "invite": ("/manage/events/secret/team", {"email": "al@example.org", "role": "owner"}),
    "change member": ("/manage/events/secret/team/1", {"role": ""}),
    "withdraw": ("/manage/events/secret/team/invitations/1", {}),
}


@pytest.fixture
def secret(session: Session, cast: Cast) -> Event:
    """Ada's draft with one of everything. Dee stands at its door."""
    event = make_event(slug="secret", title=SECRET, status="draft", published_at=None, owner=cast.ada, door=cast.dee)
    make_room(event)
    make_session(event, "Opening", key="opening")
    make_person(event, "Ioanna", key="ioanna")
    make_person(event, "Bo", key="bo")
    with transaction() as writing:
        found = writing.get_one(Event, event.id)
        agenda.add_track(writing, found, name="FCT")
        actions.invite_member(
            writing, found, email="x@example.org", role="editor", invited_by=None, now=clock.now(), language="en"
        )
    return event


def state_of(session: Session) -> list[object]:
    """All that a trespasser could change."""
    session.rollback()
    session.expire_all()
    counts = [
        session.scalar(select(func.count()).select_from(model))
        for model in (Event, AgendaSession, Room, Track, Person, Membership, MemberInvitation)
    ]
    rows = session.execute(select(Event.status, Event.title, Event.version)).all()
    return [*counts, *(tuple(row) for row in rows)]


def post(client: FlaskClient, url: str, values: dict[str, str]) -> TestResponse:
    """A post with a CSRF token that is good for this browser."""
    token = form_fields(client.get("/sign-in").data)["csrf_token"] if "csrf" not in values else values["csrf"]
    return client.post(url, data={**values, "csrf_token": token})


def token_of(client: FlaskClient) -> str:
    """The token of a page that everybody signed in may open."""
    return str(form_fields(client.get("/manage/").data)["csrf_token"])


@pytest.mark.parametrize("name", [*PAGES, *OWNERS_PAGES])
def test_a_stranger_is_sent_to_sign_in(name: str, client: FlaskClient, secret: Event) -> None:
    url = (PAGES | OWNERS_PAGES)[name]
    answer = client.get(url)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={url}")


@pytest.mark.parametrize("name", [*DEEDS, *OWNERS_DEEDS])
def test_a_stranger_changes_nothing(name: str, session: Session, client: FlaskClient, secret: Event) -> None:
    before = state_of(session)
    url, values = (DEEDS | OWNERS_DEEDS)[name]
    answer = post(client, url, values)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert state_of(session) == before


@pytest.mark.parametrize("name", [*PAGES, *OWNERS_PAGES])
def test_another_organiser_does_not_learn_that_the_draft_exists(name: str, cast: Cast, secret: Event) -> None:
    al = cast.browser_of(cast.al)
    answer = al.get((PAGES | OWNERS_PAGES)[name])
    assert answer.status_code == 404
    assert SECRET not in answer.text
    assert SECRET not in al.get("/manage/").text


@pytest.mark.parametrize("name", [*PAGES, *OWNERS_PAGES])
def test_door_staff_sees_no_organisers_page(name: str, cast: Cast, secret: Event) -> None:
    answer = cast.browser_of(cast.dee).get((PAGES | OWNERS_PAGES)[name])
    assert answer.status_code == 403
    assert SECRET not in answer.text


@pytest.mark.parametrize("who", ["al", "dee"])
@pytest.mark.parametrize("name", [*DEEDS, *OWNERS_DEEDS])
def test_nobody_else_changes_anything(name: str, who: str, session: Session, cast: Cast, secret: Event) -> None:
    before = state_of(session)
    browser = cast.browser_of(getattr(cast, who))
    url, values = (DEEDS | OWNERS_DEEDS)[name]
    answer = post(browser, url, values | {"csrf": token_of(browser)})
    assert answer.status_code == (404 if who == "al" else 403)
    assert state_of(session) == before


@pytest.mark.parametrize("name", list(OWNERS_DEEDS))
def test_an_editor_does_not_do_what_owners_do(name: str, session: Session, cast: Cast, secret: Event) -> None:
    with transaction() as writing:
        writing.add(Membership(event_id=secret.id, user_id=cast.al.id, role="editor", created_at=clock.now()))
    before = state_of(session)
    browser = cast.browser_of(cast.al)
    url, values = OWNERS_DEEDS[name]
    answer = post(browser, url, values | {"csrf": token_of(browser)})
    assert answer.status_code == 403
    assert state_of(session) == before
    assert [browser.get(page).status_code for page in OWNERS_PAGES.values()] == [403, 403]
    assert [browser.get(page).status_code for page in PAGES.values()] == [200] * len(PAGES)


@pytest.mark.parametrize("who", ["ada", "eve"])
def test_the_owner_and_an_administrator_open_every_page(who: str, cast: Cast, secret: Event) -> None:
    browser = cast.browser_of(getattr(cast, who))
    pages = {**PAGES, "team": OWNERS_PAGES["team"], "home": "/manage/", "new": "/manage/events/new"}
    assert {name: browser.get(url).status_code for name, url in pages.items()} == dict.fromkeys(pages, 200)


def test_door_staff_creates_no_event(session: Session, cast: Cast) -> None:
    browser = cast.browser_of(cast.dee)
    assert browser.get("/manage/events/new").status_code == 403
    assert "/manage/events/new" not in browser.get("/manage/").text
    answer = post(browser, "/manage/events/new", {"title": "Mine", "csrf": token_of(browser)})
    assert answer.status_code == 403
    assert session.scalar(select(Event)) is None


def test_nothing_changes_without_the_token_of_the_form(session: Session, cast: Cast, secret: Event) -> None:
    before = state_of(session)
    ada = cast.browser_of(cast.ada)
    answers = {name: ada.post(url, data=values).status_code for name, (url, values) in (DEEDS | OWNERS_DEEDS).items()}
    assert answers == dict.fromkeys(answers, 400)
    assert state_of(session) == before


def test_what_belongs_to_another_event_is_not_reached_through_ones_own(
    session: Session, cast: Cast, secret: Event
) -> None:
    make_event(slug="als", owner=cast.al, starts_at=STARTS_AT)
    al = cast.browser_of(cast.al)
    before = state_of(session)
    token = token_of(al)
    invitation = session.scalars(select(MemberInvitation.id)).one()
    deeds = [
        url.replace("secret", "als") for name, (url, _values) in DEEDS.items() if "/opening" in url or "ioanna" in url
    ]
    deeds += [
        "/manage/events/als/rooms/plenary-hall",
        "/manage/events/als/tracks/fct",
        f"/manage/events/als/team/{cast.ada.id}",
    ]
    deeds += [f"/manage/events/als/team/invitations/{invitation}"]
    answers = {url: post(al, url, {"csrf": token, "step": "remove", "role": ""}).status_code for url in deeds}
    assert answers == dict.fromkeys(deeds, 404)
    assert state_of(session) == before
