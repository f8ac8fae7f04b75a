"""An invitation by mail is opened and accepted: with the account that is signed in, or with a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user, login_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.accounts.actions import create_user
from eventsys.accounts.models import Role, User
from eventsys.accounts.queries import find_user
from eventsys.events import actions, queries, rules
from eventsys.events.errors import AccountExists, InvitationUnknown, InvitationUsed
from eventsys.events.forms import AcceptForm, JoinForm, blame
from eventsys.events.manage.door import bp
from eventsys.events.models import MemberInvitation, MemberRole
from eventsys.kernel import access, clock, limits, tokens
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal

Answer = Response | str | tuple[str, int]


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@limits.limited("invitations", most=20, seconds=60, methods=("POST",))
def invitation(token: str) -> Answer:
    """What the link in the mail opens. Only pressing the button joins: mail scanners open links, they do not press."""
    found = _open_invitation(reading(), token)
    form = AcceptForm() if access.is_signed_in() else JoinForm()
    if form.validate_on_submit():
        try:
            return _joined(token, form)
        except Refusal as refusal:
            if refusal.status in (404, 410):
                raise
            blame(form, refusal)
            found = _open_invitation(reading(), token)
    page = render_template(
        "events/manage/invitation.html",
        invitation=found,
        inviter=reading().get(User, found.invited_by_id) if found.invited_by_id else None,
        role=rules.member_label(found.role),
        form=form,
        is_signed_in=access.is_signed_in(),
        has_account=find_user(reading(), found.email) is not None,
        sign_in_url=url_for("accounts.sign_in", next=url_for("events_manage.invitation", token=token)),
    )
    return (page, 422) if form.errors else page


def _open_invitation(session: Session, token: str) -> MemberInvitation:
    """Raises InvitationUnknown, InvitationUsed."""
    found = queries.find_invitation(session, tokens.hashed(token))
    if found is None:
        limits.take("links", most=30, seconds=60)
        raise InvitationUnknown
    if found.accepted_at is not None or found.expires_at <= clock.now():
        raise InvitationUsed
    return found


def _joined(token: str, form: AcceptForm | JoinForm) -> Response:
    with transaction(actor=access.actor()) as session:
        found = _open_invitation(session, token)
        user = session.get_one(User, current_user.id) if access.is_signed_in() else _new_account(session, found, form)
        member = actions.accept_invitation(session, found, user=user, now=clock.now())
        slug, is_door = found.event.slug, member.role == MemberRole.DOOR
    if not access.is_signed_in():
        _begin_anew(user)
    flash(_("You work on this event now."), "good")
    return redirect(f"/checkin/{slug}/" if is_door else f"/manage/events/{slug}/", 303)


def _begin_anew(user: User) -> None:
    """A new session for a new account: nothing that was planted in the cookie before survives, but the language."""
    language = cookie.get("lang")
    cookie.clear()
    if language:
        cookie["lang"] = language
    login_user(user)


def _new_account(session: Session, found: MemberInvitation, form: AcceptForm | JoinForm) -> User:
    if find_user(session, found.email) is not None:
        raise AccountExists(email=found.email)
    role = Role.DOOR if found.role == MemberRole.DOOR else Role.ORGANISER
    return create_user(
        session, email=found.email, name=form["name"].data, role=role, password=form["password"].data, now=clock.now()
    )
