"""People are asked to work on an event by mail, join once, and an owner always stays."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events import actions
from eventsys.events.errors import AlreadyMember, InvitationUsed, LastOwner
from eventsys.events.letters import invitation_letter
from eventsys.events.models import Event, MemberInvitation, Membership
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.mailing.models import OutboxMessage
from tests.cast import Cast
from tests.factories import make_event
from tests.forms import form_fields, post_form


def invite(event: Event, email: str, role: str = "editor", by: User | None = None) -> str:
    """The path of the link in the invitation."""
    with transaction() as session:
        found = session.get_one(Event, event.id)
        invitation = actions.invite_member(session, found, email=email, role=role, invited_by=by, now=clock.now())
        return f"/invitations/{actions.token_of(invitation.nonce)}"


def members(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    query = select(User.email, Membership.role).join(Membership, Membership.user_id == User.id).order_by(User.email)
    return [tuple(row) for row in session.execute(query)]


def test_the_mail_carries_the_link_and_the_database_does_not(session: Session, app: Flask, cast: Cast) -> None:
    event = make_event(slug="ours", owner=cast.ada, title="Ours")
    ada = cast.browser_of(cast.ada)
    answer = post_form(ada, "/manage/events/ours/team", having="email", email="Guido@Example.org ", role="door")
    assert answer.status_code == 303
    session.rollback()
    message = session.scalars(select(OutboxMessage)).one()
    with app.test_request_context():
        letter = invitation_letter(session, message.arguments)
    assert letter is not None
    assert (letter.to, letter.subject) == ("guido@example.org", "Work with us on Ours")
    path = re.search(r"http://127\.0\.0\.1:8000(/invitations/[\w-]{22})\n", letter.text)
    assert path is not None
    token = path[1].rpartition("/")[2]
    rows = session.scalars(select(MemberInvitation)).all()
    stored = [str(vars(row)) for row in rows] + [str(message.arguments), message.key]
    assert [token in text for text in stored] == [False] * len(stored)
    assert letter.html is not None
    assert token in letter.html
    assert token not in ada.get("/manage/events/ours/team").text
    assert event.id == rows[0].event_id


def test_a_title_cannot_write_headers(session: Session, app: Flask) -> None:
    event = make_event(title="Hello\r\nBcc: victim@example.org")
    invite(event, "guido@example.org")
    message = session.scalars(select(OutboxMessage)).one()
    with app.test_request_context():
        letter = invitation_letter(session, message.arguments)
    assert letter is not None
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


def test_a_new_person_joins_with_a_name_and_a_password(session: Session, cast: Cast) -> None:
    event = make_event(slug="ours", title="Ours", owner=cast.ada)
    path = invite(event, "guido@example.org", by=cast.ada)
    browser = cast.app.test_client()
    page = browser.get(path)
    assert "Ada asks you to join the team." in page.text
    answer = post_form(browser, path, having="password", name="Guido", password="short")
    assert answer.status_code == 422
    assert members(session) == [("ada@example.org", "owner")]
    answer = post_form(browser, path, having="password", name="Guido", password="a mountain of paper")
    assert (answer.status_code, answer.location) == (303, "/manage/events/ours/")
    assert members(session) == [("ada@example.org", "owner"), ("guido@example.org", "editor")]
    assert browser.get("/manage/events/ours/programme").status_code == 200
    assert browser.get("/manage/events/ours/team").status_code == 403


def test_a_new_person_at_the_door_creates_no_events(session: Session, cast: Cast) -> None:
    path = invite(make_event(slug="ours"), "guido@example.org", role="door")
    browser = cast.app.test_client()
    answer = post_form(browser, path, having="password", name="Guido", password="a mountain of paper")
    assert answer.location == "/checkin/ours/"
    assert browser.get("/manage/events/new").status_code == 403


def test_opening_the_link_joins_nobody(session: Session, cast: Cast) -> None:
    path = invite(make_event(), "al@example.org")
    assert cast.browser_of(cast.al).get(path).status_code == 200
    assert members(session) == []


def test_whoever_is_signed_in_joins_with_that_account(session: Session, cast: Cast) -> None:
    path = invite(make_event(), "al.private@example.org")
    answer = post_form(cast.browser_of(cast.al), path, action="")
    assert answer.status_code == 303
    assert members(session) == [("al@example.org", "editor")]


def test_an_account_is_not_taken_over_by_a_link(session: Session, cast: Cast) -> None:
    path = invite(make_event(), "al@example.org")
    browser = cast.app.test_client()
    page = browser.get(path)
    assert f"/sign-in?next={path}" in page.text.replace("%2F", "/")
    token = form_fields(browser.get("/sign-in").data)["csrf_token"]
    answer = browser.post(path, data={"csrf_token": token, "name": "Mallory", "password": "a mountain of paper"})
    assert answer.status_code == 422
    assert members(session) == []
    assert session.scalars(select(User.name).where(User.email == "al@example.org")).all() == ["Al"]


@pytest.mark.parametrize("how", ["used", "expired", "withdrawn", "wrong"])
def test_a_link_that_is_over_opens_nothing(how: str, session: Session, cast: Cast) -> None:
    path = invite(make_event(title="Secret"), "guido@example.org")
    with transaction() as writing:
        invitation = writing.scalars(select(MemberInvitation)).one()
        if how == "used":
            invitation.accepted_at = clock.now()
        elif how == "expired":
            invitation.expires_at = clock.now() - timedelta(seconds=1)
        elif how == "withdrawn":
            actions.withdraw_invitation(writing, invitation)
    if how == "wrong":
        path = path[:-1] + ("A" if path[-1] != "A" else "B")
    answer = cast.browser_of(cast.al).get(path)
    assert answer.status_code == (410 if how in ("used", "expired") else 404)
    assert "Secret" not in answer.text
    message = session.scalars(select(OutboxMessage)).one()
    if how != "wrong":
        assert invitation_letter(session, message.arguments) is None


def test_two_who_press_at_once_join_once(app: Flask, session: Session, cast: Cast) -> None:
    event = make_event()
    path = invite(event, "guido@example.org")
    number = session.scalars(select(MemberInvitation.id)).one()
    assert path
    session.rollback()
    together = Barrier(2)

    def press(user_id: int) -> str:
        with app.app_context():
            found = db.session().get_one(MemberInvitation, number)
            together.wait(timeout=10)
            try:
                with transaction() as writing:
                    user, found = writing.get_one(User, user_id), writing.get_one(MemberInvitation, number)
                    actions.accept_invitation(writing, found, user=user, now=clock.now())
            except InvitationUsed:
                return "used"
            return "joined"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, [cast.ada.id, cast.al.id]))
    assert sorted(said) == ["joined", "used"]
    assert len(members(session)) == 1


def test_asking_again_replaces_the_first_link(session: Session, cast: Cast) -> None:
    event = make_event()
    first, second = invite(event, "guido@example.org"), invite(event, "guido@example.org", role="owner")
    browser = cast.app.test_client()
    assert [browser.get(path).status_code for path in (first, second)] == [404, 200]
    messages = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    with cast.app.test_request_context():
        written = [invitation_letter(session, message.arguments) for message in messages]
    assert [letter is None for letter in written] == [True, False]


def test_a_member_is_not_invited_again(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    with pytest.raises(AlreadyMember):
        invite(event, "ADA@example.org")


def test_the_last_owner_stays(session: Session, cast: Cast) -> None:
    event = make_event(slug="ours", owner=cast.ada, editor=cast.al)
    ada = cast.browser_of(cast.ada)
    token = form_fields(ada.get("/manage/events/ours/team").data)["csrf_token"]
    for role in ("", "editor", "door"):
        answer = ada.post(f"/manage/events/ours/team/{cast.ada.id}", data={"csrf_token": token, "role": role})
        assert answer.status_code == 409
    answer = ada.post(f"/manage/events/ours/team/{cast.al.id}", data={"csrf_token": token, "role": "owner"})
    assert answer.status_code == 303
    answer = ada.post(f"/manage/events/ours/team/{cast.ada.id}", data={"csrf_token": token, "role": ""})
    assert (answer.status_code, answer.location) == (303, "/manage/")
    assert members(session) == [("al@example.org", "owner")]
    with transaction() as writing:
        al = actions.find_membership(writing, event.id, cast.al.id)
        assert al is not None
        with pytest.raises(LastOwner):
            actions.remove_member(writing, writing.get_one(Event, event.id), al, now=clock.now())


def test_an_accepted_invitation_never_lessens_a_role(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    path = invite(event, "ada.private@example.org", role="door")
    post_form(cast.browser_of(cast.ada), path, action="")
    assert members(session) == [("ada@example.org", "owner")]
