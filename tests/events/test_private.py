"""A private event is found by its secret link only: to everybody else it is an event that does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from eventsys.events import actions, queries
from eventsys.events.models import Event, FormerSlug
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.registration.queries import link_of
from tests.architecture.test_doors import address, rules
from tests.cast import Cast
from tests.factories import make_event, make_person, make_room, make_session
from tests.factories.registration import make_registration
from tests.forms import csrf_token, form_fields, post_form

TITLE = "The quiet gathering"


@pytest.fixture
def quiet(app: Flask, cast: Cast) -> Event:
    """Ada's private event with a programme; Dee stands at its door. Its slug is the one all doors are walked with."""
    with app.app_context():
        event = make_event(
            slug="guarded", title=TITLE, owner=cast.ada, door=cast.dee, onsite=5, themes=("Quiet",), is_private=True,
            private_nonce="a nonce for tests",
        )  # fmt: skip
        room = make_room(event, key="opening")
        make_session(event, key="opening", room_id=room.id)
        make_person(event, key="opening")
        with transaction() as session:
            session.add(FormerSlug(slug="once-guarded", event_id=event.id))
    return event


def _secret(app: Flask) -> str:
    with app.app_context():
        event = queries.find_event(reading(), "guarded")
        assert event is not None
        return f"/events/guarded/in/{queries.key_of(event)}"


def _public_addresses(app: Flask) -> list[str]:
    return [address(app, rule) for rule in rules(app, "GET") if rule.rule.startswith("/events/<slug>")]


def _answers(client: FlaskClient, paths: list[str]) -> dict[str, Any]:
    """What a browser learns: the status, and the page without the address that it asked for."""
    found = {}
    for path in paths:
        answer = client.get(path)
        body = answer.get_data(as_text=True).replace("guarded", "…").replace("unknown", "…")
        found[path.replace("guarded", "…").replace("unknown", "…")] = (answer.status_code, body)
    return found


def test_to_a_stranger_no_address_of_it_differs_from_one_that_does_not_exist(app: Flask, quiet: Event) -> None:
    stranger = app.test_client()
    paths = _public_addresses(app)
    assert "/events/guarded/agenda" in paths
    unknown = _answers(app.test_client(), [path.replace("guarded", "unknown") for path in paths])
    asked = _answers(stranger, paths)
    assert {status for status, _body in asked.values()} == {404}
    assert asked == unknown


def test_nothing_that_lists_events_names_it(app: Flask, client: FlaskClient, cast: Cast, quiet: Event) -> None:
    lists = (
        "/", "/events/", "/events/?when=all", "/events/?q=quiet", "/events/?theme=quiet", "/calendar.ics",
        "/calendar.ics?theme=quiet", "/sign-in",
    )  # fmt: skip
    for browser in (client, cast.browser_of(cast.al)):
        for path in lists:
            assert TITLE not in browser.get(path).get_data(as_text=True), path
        assert 'value="quiet"' not in browser.get("/events/").get_data(as_text=True)


def test_forms_sent_to_it_blindly_answer_as_for_an_unknown_event(app: Flask, client: FlaskClient, quiet: Event) -> None:
    for rule in rules(app, "POST"):
        if rule.rule.startswith("/events/<slug>"):
            path = address(app, rule)
            answer = client.post(path, data={"csrf_token": csrf_token(client), "email": "cyd@example.org"})
            other = client.post(path.replace("guarded", "unknown"), data={"csrf_token": csrf_token(client)})
            assert (path, answer.status_code) == (path, other.status_code) == (path, 404)


def test_who_organises_something_else_finds_nothing_to_manage(cast: Cast, quiet: Event) -> None:
    assert cast.browser_of(cast.al).get("/manage/events/guarded/edit").status_code == 404
    assert cast.browser_of(cast.al).get("/events/guarded/").status_code == 404


def test_a_former_address_gives_nothing_away(app: Flask, client: FlaskClient, quiet: Event) -> None:
    assert client.get("/events/once-guarded/").status_code == 404
    client.get(_secret(app))
    assert client.get("/events/once-guarded/").headers["Location"] == "/events/guarded/"


def test_the_secret_link_lets_this_browser_in(app: Flask, client: FlaskClient, quiet: Event) -> None:
    answer = client.get(_secret(app))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/events/guarded/")
    for path in ("", "agenda", "sessions/opening", "register", "event.ics", "schedule.json", "live", "materials"):
        shown = client.get(f"/events/guarded/{path}")
        assert (path, shown.status_code) == (path, 200)
        assert (path, shown.headers["X-Robots-Tag"]) == (path, "noindex")
        assert (path, shown.headers["Cache-Control"]) == (path, "private, no-store")
    # What it saw was kept for nobody.
    assert app.test_client().get("/events/guarded/").status_code == 404
    assert TITLE not in client.get("/events/").get_data(as_text=True)


def test_a_wrong_key_opens_nothing(app: Flask, client: FlaskClient, quiet: Event) -> None:
    with app.app_context():
        make_event(slug="open", title="Open to all")
    assert client.get(_secret(app)[:-1] + "_").status_code == 404
    assert client.get(_secret(app).replace("guarded", "open")).status_code == 404
    assert client.get("/events/guarded/").status_code == 404


def test_its_team_gets_in_without_the_link(cast: Cast, quiet: Event) -> None:
    for user in (cast.ada, cast.dee, cast.eve):
        assert cast.browser_of(user).get("/events/guarded/").status_code == 200


def test_a_new_link_ends_the_old_one_but_for_those_who_are_registered(
    app: Flask, cast: Cast, client: FlaskClient, quiet: Event
) -> None:
    with app.app_context():
        personal = f"/r/{link_of(make_registration(quiet))}"
    old = _secret(app)
    client.get(old)
    bo = app.test_client()
    assert bo.get(personal).status_code == 200
    ada = cast.browser_of(cast.ada)
    page = ada.get("/manage/events/guarded/edit").get_data(as_text=True)
    assert f"http://127.0.0.1:8000{old}" in page
    post_form(ada, "/manage/events/guarded/edit", action="/manage/events/guarded/link")
    assert _secret(app) != old
    assert client.get("/events/guarded/").status_code == 404
    assert app.test_client().get(old).status_code == 404
    assert bo.get("/events/guarded/agenda").status_code == 200


def test_calendars_subscribe_by_the_key(app: Flask, client: FlaskClient, quiet: Event) -> None:
    key = _secret(app).rpartition("/")[2]
    assert client.get(f"/events/guarded/agenda.ics?key={key}").status_code == 200
    assert client.get("/events/guarded/agenda.ics?key=guess").status_code == 404
    client.get(_secret(app))
    assert f"/events/guarded/event.ics?key={key}" in client.get("/events/guarded/").get_data(as_text=True)


def test_who_came_by_the_link_registers_and_the_personal_feed_needs_no_cookie(
    app: Flask, client: FlaskClient, quiet: Event
) -> None:
    client.get(_secret(app))
    answer = post_form(
        client, "/events/guarded/register", having="email", first_name="Bo", email="bo@example.org", mode="onsite",
        privacy_accepted="y",
    )  # fmt: skip
    assert answer.status_code == 303
    assert TITLE in app.test_client().get(answer.headers["Location"] + "/calendar.ics").get_data(as_text=True)


def test_an_organiser_makes_an_event_private_by_a_tick(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        make_event(slug="guarded", title=TITLE, owner=cast.ada)
    assert TITLE in client.get("/events/").get_data(as_text=True)
    ada = cast.browser_of(cast.ada)
    assert post_form(ada, "/manage/events/guarded/edit", having="title", is_private="y").status_code == 303
    assert client.get("/events/guarded/").status_code == 404
    assert TITLE not in client.get("/events/").get_data(as_text=True)
    assert client.get(_secret(app)).status_code == 303
    fields = form_fields(ada.get("/manage/events/guarded/edit").data, having="title")
    del fields["is_private"]
    assert ada.post("/manage/events/guarded/edit", data=fields).status_code == 303
    assert app.test_client().get("/events/guarded/").status_code == 200


def test_it_does_not_replace_a_public_event_in_words(session: Session) -> None:
    gone = make_event(slug="gone", status="cancelled")
    hidden = make_event(slug="hidden", is_private=True, private_nonce="n")
    with transaction() as writing:
        writing.get_one(Event, gone.id).replaced_by_id = hidden.id
    assert queries.possible_replacements(session, session.get_one(Event, gone.id)) == []


def test_the_key_is_drawn_once(session: Session) -> None:
    event = make_event(slug="guarded")
    with transaction() as writing:
        known = writing.get_one(Event, event.id)
        actions.update_event(writing, known, is_private=True)
        nonce = known.private_nonce
        actions.update_event(writing, known, is_private=False)
        actions.update_event(writing, known, is_private=True)
        assert (known.private_nonce, bool(nonce)) == (nonce, True)
        actions.new_key(writing, known, now=clock.now())
        assert known.private_nonce != nonce
