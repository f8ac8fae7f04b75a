"""Every door is walked as each of the cast: who may not enter does not, no form works without its token, nothing acts
on GET. A new door must be placed here, or these tests fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from eventsys.factory import create_app
from eventsys.kernel.database import db
from eventsys.settings import read_settings
from tests.cast import Cast
from tests.factories import make_event, make_person, make_room, make_session

# What an address needs filled in; values that lead nowhere are fine for who may not enter anyway.
FILLED: dict[str, Any] = {
    "slug": "guarded",
    "key": "opening",
    "number": 1,
    "other": 1,
    "token": "no-such-token",
    "code": "K7PM-2QXD-04TR",
    "user_id": 1,
    "scan_id": "00000000-0000-4000-8000-000000000000",
    "act": "cancel",
    "format": "csv",
    "ending": "csv",
    "filename": "tokens.css",
    "picture": "0" * 32,
    "version": "0",
    "request_id": "00000000-0000-4000-8000-000000000000",
    "registration": 1,
}
# Doors that belong to an account, but not to an event.
FOR_ACCOUNTS = ("/account", "/manage/", "/manage/events/new", "/manage/events/import", "/checkin/")
# Pages of devices, which hold nothing until their script has asked by a token; and what a phone is to accept first.
OF_THEMSELVES = (
    "/checkin/device", "/checkin/kiosk", "/checkin/wall", "/checkin/worker.js", "/checkin/app.webmanifest",
    "/checkin/trust", "/checkin/trust/screen", "/checkin/trust/authority.crt",
)  # fmt: skip
# Doors of an event that do not ask which event: the template of an agenda table, for whoever organises.
OF_NO_EVENT = ("/manage/events/agenda-template.",)


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


def address(app: Flask, rule: Rule) -> str:
    missing = rule.arguments - set(FILLED)
    assert missing == set(), f"{rule} needs {missing}: place it in FILLED"
    with app.test_request_context():
        return app.url_map.bind("127.0.0.1").build(rule.endpoint, {name: FILLED[name] for name in rule.arguments})


@pytest.fixture
def guarded(app: Flask, cast: Cast) -> Cast:
    """Ada's draft event with a room, a session and a person; Dee stands at its door, Al has nothing to do with it."""
    with app.app_context():
        event = make_event(slug="guarded", status="draft", owner=cast.ada, door=cast.dee, onsite=5)
        room = make_room(event, key="opening")
        make_session(event, key="opening", room_id=room.id)
        make_person(event, key="opening")
    return cast


def is_refused(answer: Any) -> bool:
    """Refused, hidden, sent to the sign-in page, or told to come with the right token."""
    if answer.status_code in (400, 401, 403, 404, 405, 409, 415):
        return True
    return answer.status_code == 303 and "/sign-in" in answer.headers["Location"]


def test_a_stranger_opens_no_door_of_an_organiser_or_administrator(app: Flask, guarded: Cast) -> None:
    client = app.test_client()
    opened = [
        address(app, rule)
        for rule in rules(app, "GET")
        if rule.rule.startswith(("/manage/", "/admin/", "/account", "/checkin/", "/api/"))
        and rule.rule not in OF_THEMSELVES
        and not is_refused(client.get(address(app, rule)))
    ]
    assert opened == []


@pytest.mark.parametrize("who", ["al", "dee"])
def test_who_has_no_part_in_an_event_opens_none_of_its_organisers_doors(app: Flask, guarded: Cast, who: str) -> None:
    client = guarded.browser_of(getattr(guarded, who))
    opened = [
        address(app, rule)
        for rule in rules(app, "GET")
        if rule.rule.startswith("/manage/events/<slug>/") and not is_refused(client.get(address(app, rule)))
    ]
    # Dee stands at the door of this event: what the door needs is open to her.
    assert opened == ([] if who == "al" else [path for path in opened if "/door" in path])


def test_who_organises_opens_them_all(app: Flask, guarded: Cast) -> None:
    """The counterpart: the doors above are closed to people, not broken."""
    client = guarded.browser_of(guarded.ada)
    answers = {
        address(app, rule): client.get(address(app, rule)).status_code
        for rule in rules(app, "GET")
        if rule.rule.startswith("/manage/events/<slug>/") and rule.arguments == {"slug"}
    }
    # Badges of an event without people cannot be drawn, a draft cannot be cancelled; everything else opens.
    assert {path: code for path, code in answers.items() if code not in (200, 303)} == {
        "/manage/events/guarded/badges/badges.pdf": 409,
        "/manage/events/guarded/cancel": 409,
    }


@pytest.mark.parametrize("who", ["ada", "dee"])
def test_only_administrators_open_the_administrators_doors(app: Flask, guarded: Cast, who: str) -> None:
    client = guarded.browser_of(getattr(guarded, who))
    opened = [
        address(app, rule)
        for rule in rules(app, "GET")
        if rule.rule.startswith("/admin/") and not is_refused(client.get(address(app, rule)))
    ]
    assert opened == []
    assert guarded.browser_of(guarded.eve).get("/admin/").status_code == 200


def test_a_draft_is_shown_to_no_stranger_at_any_address(app: Flask, guarded: Cast) -> None:
    client = app.test_client()
    shown = [
        address(app, rule)
        for rule in rules(app, "GET")
        if rule.rule.startswith("/events/<slug>") and client.get(address(app, rule)).status_code != 404
    ]
    assert shown == []


def counted(app: Flask) -> dict[str, Any]:
    """All rows of all tables, as the database sees them."""
    with app.app_context(), db.engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        return {name: connection.execute(text(f"SELECT * FROM {name} ORDER BY 1")).fetchall() for name in names}


def test_no_form_is_taken_without_its_token(app: Flask, guarded: Cast) -> None:
    before = counted(app)
    taken = []
    for who in (guarded.ada, guarded.eve):
        client = guarded.browser_of(who)
        for rule in rules(app, "POST"):
            if rule.rule.startswith("/api/"):
                continue
            if client.post(address(app, rule), data={"email": "x@example.org"}).status_code not in (400, 403, 404):
                taken.append(address(app, rule))
    assert taken == []
    assert counted(app) == before


def test_who_has_no_part_in_an_event_changes_nothing_with_a_valid_token(app: Flask, guarded: Cast) -> None:
    """Al is signed in and his forms carry his token; Ada's event does not listen to him."""
    client = guarded.browser_of(guarded.al)
    token = _token_of(client)
    before = counted(app)
    changed = [
        address(app, rule)
        for rule in rules(app, "POST")
        if rule.rule.startswith(("/manage/events/<slug>/", "/admin/"))
        and client.post(address(app, rule), data={"csrf_token": token, "act": "decline", "step": "remove"}).status_code
        not in (403, 404)
    ]
    assert changed == []
    assert counted(app) == before


def _token_of(client: FlaskClient) -> str:
    page = client.get("/account").get_data(as_text=True)
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def test_no_door_acts_on_get(app: Flask, guarded: Cast, session: Session) -> None:
    """Mail scanners open every link: looking changes no row of an event, as whoever looks."""
    before = {name: rows for name, rows in counted(app).items() if name != "user_account"}
    for who in (guarded.ada, guarded.eve):
        client = guarded.browser_of(who)
        for rule in rules(app, "GET"):
            client.get(address(app, rule))
    assert {name: rows for name, rows in counted(app).items() if name != "user_account"} == before


def test_answers_carry_the_headers_that_protect(app: Flask, guarded: Cast) -> None:
    for path in ("/", "/events/guarded/", "/sign-in", "/no-such-page", "/calendar.ics", "/healthz"):
        headers = app.test_client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_behind_https_cookies_are_secure_and_browsers_stay_with_it(environment: dict[str, str]) -> None:
    app = create_app(read_settings({**environment, "EVENTSYS_BASE_URL": "https://events.example.org"}))
    answer = app.test_client().get("/sign-in", base_url="https://events.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert [part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax")] == [True, True, True]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
