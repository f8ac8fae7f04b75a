"""The team of an event, and the page where an invitation is accepted."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.accounts.models import User
from eventsys.events import actions, queries, rules
from eventsys.events.errors import InvitationUnknown, MemberUnknown
from eventsys.events.forms import InviteForm, blame
from eventsys.events.manage.door import bp
from eventsys.events.models import Event, MemberInvitation, MemberRole, Membership
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal

Answer = Response | str | tuple[str, int]


@bp.route("/manage/events/<slug>/team", methods=["GET", "POST"])
def team(slug: str) -> Answer:
    """Who works on the event; a post invites somebody."""
    event = _own_event(reading(), slug)
    form = InviteForm()
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                inviter = session.get(User, access.user_id())
                actions.invite_member(
                    session, _own_event(session, slug), email=form.email.data or "", role=form.role.data,
                    invited_by=inviter, now=clock.now(), language=str(get_locale() or "en"),
                )  # fmt: skip
            flash(_("%(email)s is invited by mail.", email=form.email.data), "good")
            return redirect(url_for("events_manage.team", slug=slug), 303)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            blame(form, refusal)
            event = _own_event(reading(), slug)
    return _team_page(reading(), event, form)


def _team_page(session: Session, event: Event, form: InviteForm) -> Answer:
    now = clock.now()
    page = render_template(
        "events/manage/team.html",
        event=event,
        form=form,
        members=[
            {"user": user, "role": member.role, "is_you": user.id == access.user_id()}
            for member, user in queries.team(session, event.id)
        ],
        invitations=[
            {"row": row, "role": rules.member_label(row.role), "is_expired": row.expires_at <= now}
            for row in queries.open_invitations(session, event.id)
        ],
        roles=[(role, rules.member_label(role)) for role in MemberRole],
    )
    return (page, 422) if form.errors else page


@bp.post("/manage/events/<slug>/team/<int:user_id>")
def change_member(slug: str, user_id: int) -> Response:
    """Another role, or none any more."""
    role = request.form.get("role", "")
    with transaction(actor=access.actor()) as session:
        event = _own_event(session, slug)
        member = _member(session, event, user_id)
        if role == "":
            actions.remove_member(session, event, member, now=clock.now())
        else:
            actions.change_role(session, event, member, role, now=clock.now())
    flash(_("Changed.") if role else _("Removed from the team."), "good")
    if user_id == access.user_id() and role != MemberRole.OWNER and not access.is_administrator():
        return redirect(url_for("events_manage.home"), 303)
    return redirect(url_for("events_manage.team", slug=slug), 303)


@bp.post("/manage/events/<slug>/team/invitations/<int:number>")
def withdraw_invitation(slug: str, number: int) -> Response:
    """The link in the mail stops working."""
    with transaction(actor=access.actor()) as session:
        event = _own_event(session, slug)
        invitation = session.get(MemberInvitation, number)
        if invitation is None or invitation.event_id != event.id or invitation.accepted_at is not None:
            raise InvitationUnknown
        actions.withdraw_invitation(session, invitation)
    flash(_("The invitation is withdrawn."), "good")
    return redirect(url_for("events_manage.team", slug=slug), 303)


def _own_event(session: Session, slug: str) -> Event:
    return event_to_manage(session, slug, needs=MemberRole.OWNER)


def _member(session: Session, event: Event, user_id: int) -> Membership:
    member = actions.find_membership(session, event.id, user_id)
    if member is None:
        raise MemberUnknown
    return member
