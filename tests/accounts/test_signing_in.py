"""Who signs in becomes somebody, in a new session; who does not learns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts import passwords
from eventsys.accounts.models import User
from eventsys.kernel.database import transaction
from tests.cast import PASSWORD, Cast
from tests.forms import form_fields, post_form

WRONG = b"The address or the password is wrong."


@pytest.fixture
def ada(cast: Cast) -> User:
    """Ada, who has a password."""
    with cast.app.app_context(), transaction() as session:
        user = session.get_one(User, cast.ada.id)
        user.password_hash = passwords.hashed(PASSWORD)
    return user


@pytest.fixture
def with_limits(app: Flask) -> Iterator[None]:
    """Rate limits, as in life."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, has_rate_limits=True)
    yield
    app.config["SETTINGS"] = settings


def sign_in(client: FlaskClient, url: str = "/sign-in", email: str = "ada@example.org", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return post_form(client, url, having="password", email=email, password=password)


def test_the_right_password_lets_in(session: Session, client: FlaskClient, ada: User) -> None:
    answer = sign_in(client, email=" Ada@Example.org ")
    assert (answer.status_code, answer.location) == (303, "/manage/")
    assert client.get("/account").status_code == 200
    session.rollback()
    assert session.scalar(select(User.last_sign_in_at).where(User.id == ada.id)) is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.org", "wrong horse"), ("nobody@example.org", PASSWORD), ("al@example.org", "")],
)
def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: FlaskClient, ada: User, email: str, password: str
) -> None:
    answer = sign_in(client, email=email, password=password or "x")
    assert answer.status_code == 422
    assert WRONG in answer.data
    assert client.get("/account").status_code == 303


def test_a_closed_account_stays_out_and_its_sessions_end(session: Session, client: FlaskClient, ada: User) -> None:
    sign_in(client)
    with transaction() as writing:
        writing.get_one(User, ada.id).is_active = False
    assert client.get("/account").status_code == 303
    answer = sign_in(client)
    assert answer.status_code == 422
    assert WRONG in answer.data


def test_nothing_planted_before_survives_signing_in(client: FlaskClient, ada: User) -> None:
    client.get("/sign-in?lang=de")
    with client.session_transaction() as cookie:
        cookie["let_in"] = [1]
        before = cookie["csrf_token"]
    sign_in(client)
    with client.session_transaction() as cookie:
        assert set(cookie) == {"_user_id", "_fresh", "_id", "_permanent", "lang"}
        assert cookie["lang"] == "de"
    client.get("/account")
    with client.session_transaction() as cookie:
        assert cookie["csrf_token"] != before


def test_a_form_of_another_site_signs_nobody_in(client: FlaskClient, ada: User) -> None:
    answer = client.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "\\\\evil.example",
     "javascript:alert(1)", "manage/", "http:/evil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(client: FlaskClient, ada: User, target: str) -> None:
    fields = form_fields(client.get("/sign-in").data, having="password")
    answer = client.post("/sign-in", data=fields | {"email": "ada@example.org", "password": PASSWORD, "next": target})
    assert (answer.status_code, answer.location) == (303, "/manage/")


def test_who_had_to_sign_in_comes_back_to_the_page(client: FlaskClient, ada: User) -> None:
    asked = client.get("/account?x=1")
    assert asked.status_code == 303
    answer = sign_in(client, asked.location)
    assert (answer.status_code, answer.location) == (303, "/account?x=1")


def test_an_address_is_tried_ten_times_in_a_quarter_of_an_hour(
    client: FlaskClient, ada: User, with_limits: None
) -> None:
    fields = form_fields(client.get("/sign-in").data, having="password") | {"email": "ada@example.org"}
    answers = [client.post("/sign-in", data=fields | {"password": "wrong"}) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 10
    answer = client.post("/sign-in", data=fields | {"password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    elsewhere = client.post("/sign-in", data=fields | {"password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 303


def test_who_knows_the_password_may_sign_in_all_day(client: FlaskClient, ada: User, with_limits: None) -> None:
    assert [sign_in(client).status_code for _ in range(12)] == [303] * 12


def test_a_forwarded_address_counts_for_nothing_without_a_proxy(
    client: FlaskClient, ada: User, with_limits: None
) -> None:
    fields = form_fields(client.get("/sign-in").data, having="password") | {"email": "ada@example.org"}
    for number in range(10):
        client.post("/sign-in", data=fields | {"password": "wrong"}, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert client.post("/sign-in", data=fields | {"password": PASSWORD}).status_code == 429


def test_signing_out_is_a_post_and_ends_the_session(client: FlaskClient, ada: User) -> None:
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200
    assert post_form(client, "/account", having="csrf_token", action="/sign-out").status_code == 303
    assert client.get("/account").status_code == 303


def test_the_hash_of_nobody_is_made_like_all_others(app: Flask) -> None:
    assert passwords.is_outdated(passwords._NOBODYS) is False
    assert passwords.is_outdated(passwords.hashed(PASSWORD)) is False


def test_the_language_is_kept_and_leads_nowhere_else(client: FlaskClient, ada: User) -> None:
    client.get("/sign-in?lang=de")
    assert b'<html lang="de"' in client.get("/sign-in").data
    token = form_fields(client.get("/sign-in").data)["csrf_token"]
    answer = client.post("/language", data={"csrf_token": token, "lang": "en", "next": "//evil.example/"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert b'<html lang="en"' in client.get("/sign-in").data
