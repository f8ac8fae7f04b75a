"""Links by which passwords are chosen work once, for a while, for one account; weak passwords are refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.accounts import passwords, rules
from eventsys.accounts.actions import send_password_link
from eventsys.accounts.jobs import forget_ended_links
from eventsys.accounts.models import PasswordLink, User
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing import jobs
from eventsys.mailing.models import OutboxMessage
from tests.cast import PASSWORD, Cast
from tests.forms import post_form


def link_for(user: User, *, is_invitation: bool = False) -> str:
    with transaction() as session:
        return "/password/" + send_password_link(session, user, now=clock.now(), is_invitation=is_invitation)


def choose(client: FlaskClient, url: str, password: str = PASSWORD, again: str | None = None):  # type: ignore[no-untyped-def]
    return post_form(client, url, having="again", password=password, again=again or password)


def kept_password(session: Session, user: User) -> str | None:
    session.rollback()
    return session.scalar(select(User.password_hash).where(User.id == user.id))


def test_a_forgotten_password_comes_back_by_mail(app: Flask, session: Session, client: FlaskClient, cast: Cast) -> None:
    answer = post_form(client, "/password", email="ADA@example.org")
    assert (answer.status_code, answer.location) == (303, "/password/sent")
    folder = app.config["SETTINGS"].data_dir / "mail"
    for file in folder.glob("*.eml"):
        file.unlink()
    assert jobs.send_due(clock.now()) == 1
    (file,) = folder.glob("*.eml")
    text = re.sub(r"=\n", "", file.read_text())
    found = re.search(r"http://127\.0\.0\.1:8000(/password/[\w-]{22})", text)
    assert found
    assert choose(client, found[1]).status_code == 303
    assert client.get("/account").status_code == 200
    assert passwords.is_right(kept_password(session, cast.ada), PASSWORD)


def test_nobody_learns_who_has_an_account(session: Session, client: FlaskClient, cast: Cast) -> None:
    known = post_form(client, "/password", email="ada@example.org")
    unknown = post_form(client, "/password", email="nobody@example.org")
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    assert len(session.scalars(select(OutboxMessage)).all()) == 1


def test_opening_the_link_uses_nothing_up(session: Session, client: FlaskClient, cast: Cast) -> None:
    url = link_for(cast.ada)
    assert [client.get(url).status_code, client.get(url).status_code] == [200, 200]
    assert choose(client, url).status_code == 303


def test_a_link_works_once_and_ends_all_others(session: Session, client: FlaskClient, cast: Cast) -> None:
    first, second = link_for(cast.ada), link_for(cast.ada)
    assert choose(client, first).status_code == 303
    assert [client.get(first).status_code, client.get(second).status_code] == [410, 410]


def test_a_link_ends(session: Session, client: FlaskClient, cast: Cast) -> None:
    url = link_for(cast.ada)
    with transaction() as writing:
        writing.execute(update(PasswordLink).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert client.get(url).status_code == 410
    assert client.get("/password/" + "A" * 22).status_code == 410


def test_links_are_forgotten_a_month_after_they_ended(session: Session, cast: Cast) -> None:
    link_for(cast.ada)
    forget_ended_links(clock.now() + timedelta(days=30))
    assert len(session.scalars(select(PasswordLink)).all()) == 1
    forget_ended_links(clock.now() + timedelta(days=31))
    assert session.scalars(select(PasswordLink)).all() == []


def test_a_closed_account_opens_by_no_link(session: Session, client: FlaskClient, cast: Cast) -> None:
    url = link_for(cast.ada)
    with transaction() as writing:
        writing.get_one(User, cast.ada.id).is_active = False
    assert client.get(url).status_code == 410
    assert client.get("/account").status_code == 303


def test_a_link_is_not_kept_bare(session: Session, cast: Cast) -> None:
    secret = link_for(cast.ada).removeprefix("/password/")
    link = session.scalars(select(PasswordLink)).one()
    message = session.scalars(select(OutboxMessage)).one()
    assert secret not in (link.nonce, link.token_hash, message.key, *map(str, message.arguments.values()))


def test_choosing_a_password_ends_every_session(session: Session, client: FlaskClient, cast: Cast) -> None:
    elsewhere = cast.browser_of(cast.ada)
    assert elsewhere.get("/account").status_code == 200
    choose(client, link_for(cast.ada))
    assert elsewhere.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "1234567890", "ada@example.org", "x" * 201])
def test_a_weak_password_is_refused(session: Session, client: FlaskClient, cast: Cast, password: str) -> None:
    url = link_for(cast.ada)
    assert choose(client, url, password).status_code == 422
    assert kept_password(session, cast.ada) is None


def test_what_is_typed_twice_must_be_the_same(session: Session, client: FlaskClient, cast: Cast) -> None:
    assert choose(client, link_for(cast.ada), again="correct horse battery stable").status_code == 422
    assert kept_password(session, cast.ada) is None


def test_a_name_is_no_password() -> None:
    assert rules.is_weak("Ada Lovelace", "Ada Lovelace", "ada@example.org")
    assert not rules.is_weak("Ada Lovelace wrote notes", "Ada Lovelace", "ada@example.org")


def test_the_present_password_is_asked_for(session: Session, cast: Cast) -> None:
    with transaction() as writing:
        writing.get_one(User, cast.ada.id).password_hash = passwords.hashed(PASSWORD)
    browser, elsewhere = cast.browser_of(cast.ada), cast.browser_of(cast.ada)
    new = {"password": "a wholly new password", "again": "a wholly new password"}
    page, to = "/account", "/account/password"
    assert post_form(browser, page, having="present", action=to, present="wrong", **new).status_code == 422
    assert post_form(browser, page, having="present", action=to, present=PASSWORD, **new).status_code == 303
    assert passwords.is_right(kept_password(session, cast.ada), "a wholly new password")
    assert [browser.get("/account").status_code, elsewhere.get("/account").status_code] == [200, 303]


def test_everywhere_is_signed_out(session: Session, cast: Cast) -> None:
    browser, elsewhere = cast.browser_of(cast.ada), cast.browser_of(cast.ada)
    assert post_form(browser, "/account", action="/account/sign-out-everywhere").status_code == 303
    assert [browser.get("/account").status_code, elsewhere.get("/account").status_code] == [303, 303]


def test_a_name_is_changed_by_its_owner_only(session: Session, client: FlaskClient, cast: Cast) -> None:
    post_form(cast.browser_of(cast.ada), "/account", having="name", name="  Ada\tKing ")
    assert session.get_one(User, cast.ada.id).name == "Ada King"
    assert [client.get("/account").status_code, client.post("/account", data={"name": "X"}).status_code] == [303, 400]
