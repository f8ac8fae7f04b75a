"""Administrators look after accounts and the outbox; nobody else comes near."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from eventsys.accounts import passwords
from eventsys.accounts.models import Role, User
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import enqueue
from eventsys.mailing.models import Delivery, OutboxMessage
from tests.cast import PASSWORD, Cast
from tests.forms import form_fields, post_form


def make_message(state: str = Delivery.FAILED) -> int:
    with transaction() as session:
        enqueue(session, key="k", maker="welcome", arguments={}, due_at=clock.now())
        message = session.scalars(select(OutboxMessage)).one()
        message.state, message.tries = state, 16
        message.last_error = "the mail server refused the recipient (550)"
        return message.id


READ = ["/admin/", "/admin/users/new", "/admin/users/1", "/admin/mail"]
WRITE = ["/admin/users/new", "/admin/users/1/role", "/admin/users/1/deactivate", "/admin/users/1/activate",
         "/admin/users/1/link", "/admin/mail/1/retry"]  # fmt: skip


@pytest.mark.parametrize("who", ["ada", "dee", None])
def test_nobody_else_comes_near(session: Session, cast: Cast, client: FlaskClient, who: str | None) -> None:
    make_message()
    browser = cast.browser_of(getattr(cast, who)) if who else client
    refused = 403 if who else 303
    assert [browser.get(url).status_code for url in READ] == [refused] * len(READ)
    page = browser.get("/account" if who else "/sign-in").data
    token = form_fields(page)["csrf_token"]
    values = {"csrf_token": token, "email": "new@example.org", "name": "New", "role": "administrator"}
    assert [browser.post(url, data=values).status_code for url in WRITE] == [refused] * len(WRITE)
    assert [user.role for user in session.scalars(select(User).order_by(User.id))] == [
        Role.ORGANISER, Role.ORGANISER, Role.DOOR, Role.ADMINISTRATOR,
    ]  # fmt: skip
    assert session.scalars(select(OutboxMessage.state)).all() == [Delivery.FAILED]


def test_accounts_are_found_by_name_address_and_role(cast: Cast) -> None:
    eve = cast.browser_of(cast.eve)
    assert b"ada@example.org" in eve.get("/admin/").data
    assert b"al@example.org" not in eve.get("/admin/?q=ada").data
    assert b"dee@example.org" in eve.get("/admin/?q=DEE").data
    assert b"ada@example.org" not in eve.get("/admin/?role=door").data
    assert b"ada@example.org" not in eve.get("/admin/?q=%25").data


def count_queries(work: Callable[[], object]) -> int:
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_the_list_costs_the_same_with_many_accounts(app: Flask, session: Session, cast: Cast) -> None:
    eve = cast.browser_of(cast.eve)
    few = count_queries(lambda: eve.get("/admin/"))
    with transaction() as writing:
        for number in range(40):
            writing.add(User(email=f"u{number}@example.org", name="U", role="door", password_hash=None, stamp="s",
                             created_at=clock.now()))  # fmt: skip
    assert count_queries(lambda: eve.get("/admin/")) <= few
    assert b"u39@example.org" not in eve.get("/admin/").data
    assert b"u39@example.org" in eve.get("/admin/?page=2").data


def test_a_new_account_is_invited_by_mail(session: Session, cast: Cast) -> None:
    answer = post_form(cast.browser_of(cast.eve), "/admin/users/new", having="email", email="New@Example.org",
                       name="New Person", role="organiser")  # fmt: skip
    assert answer.status_code == 303
    user = session.scalars(select(User).where(User.email == "new@example.org")).one()
    assert (user.name, user.role, user.password_hash) == ("New Person", "organiser", None)
    assert session.scalars(select(OutboxMessage.maker)).all() == ["accounts.password_link"]
    fact = session.scalars(select(Fact).where(Fact.kind == "account.created")).one()
    assert (fact.actor, fact.subject_id) == (f"user:{cast.eve.id}", user.id)


def test_an_address_is_taken_once(session: Session, cast: Cast) -> None:
    answer = post_form(cast.browser_of(cast.eve), "/admin/users/new", having="email", email="ADA@example.org",
                       name="Another Ada", role="organiser")  # fmt: skip
    assert answer.status_code == 422
    assert b"There is an account with the address ada@example.org already." in answer.data
    assert len(session.scalars(select(User)).all()) == 4


def test_a_role_changes_what_somebody_may_do(session: Session, cast: Cast) -> None:
    url = f"/admin/users/{cast.ada.id}"
    eve, ada = cast.browser_of(cast.eve), cast.browser_of(cast.ada)
    assert ada.get("/admin/").status_code == 403
    assert post_form(eve, url, having="role", action=url + "/role", role="administrator").status_code == 303
    assert ada.get("/admin/").status_code == 200


def test_an_account_is_closed_and_opened_again(session: Session, cast: Cast) -> None:
    url = f"/admin/users/{cast.ada.id}"
    eve, ada = cast.browser_of(cast.eve), cast.browser_of(cast.ada)
    post_form(eve, url, action=url + "/deactivate")
    assert ada.get("/account").status_code == 303
    post_form(eve, url, action=url + "/activate")
    assert session.get_one(User, cast.ada.id).is_active is True
    assert ada.get("/account").status_code == 303


def test_administrators_do_not_lock_themselves_out(session: Session, cast: Cast) -> None:
    eve = cast.browser_of(cast.eve)
    token = form_fields(eve.get("/account").data)["csrf_token"]
    url = f"/admin/users/{cast.eve.id}"
    assert eve.post(url + "/deactivate", data={"csrf_token": token}).status_code == 409
    assert eve.post(url + "/role", data={"csrf_token": token, "role": "door"}).status_code == 409
    user = session.get_one(User, cast.eve.id)
    assert (user.is_active, user.role) == (True, "administrator")


def test_a_failed_message_is_sent_again(session: Session, cast: Cast) -> None:
    number = make_message()
    eve = cast.browser_of(cast.eve)
    assert b"refused the recipient (550)" in eve.get("/admin/mail").data
    assert post_form(eve, "/admin/mail", action=f"/admin/mail/{number}/retry").status_code == 303
    message = session.get_one(OutboxMessage, number)
    assert (message.state, message.tries) == (Delivery.WAITING, 0)


def test_a_sent_message_is_not_sent_again(session: Session, cast: Cast) -> None:
    number = make_message(Delivery.SENT)
    eve = cast.browser_of(cast.eve)
    token = form_fields(eve.get("/account").data)["csrf_token"]
    assert eve.post(f"/admin/mail/{number}/retry", data={"csrf_token": token}).status_code == 404
    assert session.get_one(OutboxMessage, number).state == Delivery.SENT


def run(app: Flask, *words: str, stdin: str | None = None):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(args=["user", "create", *words], input=stdin)


def test_the_command_makes_an_account_with_a_password(app: Flask, session: Session) -> None:
    done = run(app, "Root@Example.org", "--name", "Root", "--role", "administrator", "--password-stdin",
               stdin=PASSWORD + "\n")  # fmt: skip
    assert (done.exit_code, done.stdout, done.exception) == (0, "", None)
    user = session.scalars(select(User)).one()
    assert (user.email, user.role) == ("root@example.org", "administrator")
    assert passwords.is_right(user.password_hash, PASSWORD)
    assert session.scalars(select(OutboxMessage)).all() == []


def test_the_command_without_a_password_prints_a_link(app: Flask, session: Session, client: FlaskClient) -> None:
    done = run(app, "root@example.org", "--name", "Root", "--role", "administrator")
    url = done.stdout.strip()
    assert url.startswith("http://127.0.0.1:8000/password/")
    assert client.get(url.removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [("ada@example.org", PASSWORD, "address_taken"), ("no address", PASSWORD, "address_wrong"),
     ("root@example.org", "short", "password_too_weak")],
)  # fmt: skip
def test_the_command_refuses_and_leaves_nothing(
    app: Flask, session: Session, cast: Cast, email: str, password: str, code: str
) -> None:
    done = run(app, email, "--name", "Root", "--role", "administrator", "--password-stdin", stdin=password + "\n")
    assert str(done.exception.args[0]) == code
    assert len(session.scalars(select(User)).all()) == 4
