"""An address that no text of the database can be leads nowhere; it never breaks a page."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.architecture.test_doors import FILLED, rules
from tests.cast import Cast
from tests.factories import make_event, make_session
from tests.forms import post_form

NUMBERS = {name for name, value in FILLED.items() if isinstance(value, int)}


def addresses(app: Flask, method: str, filled: dict[str, object]) -> list[str]:
    """Each door that has a text in its address, once for each text with a NUL in it."""
    found = []
    for rule in rules(app, method):
        for name in sorted(rule.arguments - NUMBERS):
            path = rule.rule.replace("<int:", "<").replace("<path:", "<")
            for other in rule.arguments:
                value = f"{filled[other]}%00" if other == name else str(filled[other])
                path = path.replace(f"<{other}>", value)
            found.append(path)
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_nul_in_an_address_is_not_found_whoever_asks(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, method: str
) -> None:
    make_session(make_event(slug="known", owner=cast.ada), key="known")
    known = FILLED | {"slug": "known", "key": "known"}
    asked = addresses(app, method, known)
    assert len(asked) > 20
    # A form without its token is refused before anybody looks for what it is about.
    refused = {404} if method == "GET" else {400, 404}
    for browser in (client, cast.browser_of(cast.ada), cast.browser_of(cast.eve)):
        answers = {path: browser.open(path, method=method).status_code for path in asked}
        assert {path: code for path, code in answers.items() if code not in refused} == {}


def test_the_same_addresses_without_it_lead_somewhere(client: FlaskClient, session: Session) -> None:
    make_session(make_event(slug="known"), key="known")
    for path in ("/events/known/", "/events/known/sessions/known"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/events/?q=%00", "/events/?theme=%00&kind=%00", "/events/known/agenda?q=%00&track=%00", "/?q=%00",
             "/events/known/speakers?q=%00", "/calendar.ics?theme=%00", "/sign-in?next=%00"]
)  # fmt: skip
def test_a_question_with_a_nul_is_refused_in_a_sentence(client: FlaskClient, session: Session, path: str) -> None:
    make_session(make_event(slug="known"), key="known")
    answer = client.get(path)
    assert (answer.status_code, b"a character that no text can hold" in answer.data) == (422, True)
    assert client.get(path.replace("%00", "one")).status_code in (200, 404)


@pytest.mark.parametrize("page", ["registrations", "programme", "people", "materials", "streams"])
def test_so_are_the_organisers_filters(session: Session, cast: Cast, page: str) -> None:
    make_session(make_event(slug="known", owner=cast.ada), key="known")
    ada = cast.browser_of(cast.ada)
    for path in (f"/manage/events/known/{page}", "/manage/"):
        assert (ada.get(f"{path}?q=%00").status_code, ada.get(f"{path}?q=one").status_code) == (422, 200)


def test_a_form_with_a_nul_is_refused(client: FlaskClient, session: Session) -> None:
    values = {"email": "bo\0@example.org", "password": "one that is long enough"}
    answer = post_form(client, "/sign-in", **values)
    assert (answer.status_code, b"a character that no text can hold" in answer.data) == (422, True)
    assert post_form(client, "/sign-in", **values | {"email": "bo@example.org"}).status_code == 422


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 5000])
def test_a_number_that_no_key_can_be_is_not_found(session: Session, cast: Cast, number: str) -> None:
    make_event(slug="known", owner=cast.ada)
    ada = cast.browser_of(cast.ada)
    for page in ("registrations", "streams"):
        assert ada.get(f"/manage/events/known/{page}/{number}").status_code == 404


@pytest.mark.parametrize("path", ["/events", "/events/known", "/checkin/known"])
def test_the_slash_that_is_missing_is_added_at_this_site(client: FlaskClient, session: Session, path: str) -> None:
    make_event(slug="known")
    answer = client.get(f"{path}?q=one", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.location) == (308, f"/{path.strip('/')}/?q=one")
    assert b"elsewhere.example" not in answer.data
