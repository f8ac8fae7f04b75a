"""Who works on an event: invited by mail, joined by the link, once; an event keeps an owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events import rules
from eventsys.events.errors import AlreadyMember, InvitationUsed, LastOwner
from eventsys.events.models import Event, MemberInvitation, MemberRole, Membership
from eventsys.kernel import tokens
from eventsys.kernel.facts import record
from eventsys.mailing.actions import enqueue

PURPOSE = "event-invitation"
LASTS = timedelta(days=14)


def invite_member(
    session: Session,
    event: Event,
    *,
    email: str,
    role: str,
    invited_by: User | None,
    now: datetime,
    language: str = "en",
) -> MemberInvitation:
    """Ask somebody by mail to work on the event; an open invitation of the same address is replaced.

    Raises ValueUnknown, AlreadyMember.
    """
    rules.refuse_unless_known(role, MemberRole, field="role")
    email = email.strip().lower()
    is_member = select(Membership.id).join(User, User.id == Membership.user_id)
    if session.scalar(is_member.where(Membership.event_id == event.id, User.email == email)) is not None:
        raise AlreadyMember(email=email, field="email")
    _drop_open_invitations(session, event, email)
    nonce = tokens.new_nonce()
    invitation = MemberInvitation(
        event_id=event.id, email=email, role=role, nonce=nonce, token_hash=tokens.hashed(token_of(nonce)),
        invited_by_id=invited_by.id if invited_by else None, created_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    # By its hash: SQLite gives the number of a dropped row away again.
    arguments = {"invitation": invitation.token_hash, "language": language}
    key = f"events.invitation:{invitation.token_hash}"
    enqueue(session, key=key, maker="events.invitation", arguments=arguments, due_at=now, event_id=event.id)
    _tell(session, event, "event.member_invited", now, role=role)
    return invitation


def token_of(nonce: str) -> str:
    """The secret in an invitation's link, derived so that it can be sent again and is not stored."""
    return tokens.derived(PURPOSE, nonce)


def withdraw_invitation(session: Session, invitation: MemberInvitation) -> None:
    """The link stops working, and a mail that still waits is not sent."""
    session.delete(invitation)
    session.flush()


def accept_invitation(session: Session, invitation: MemberInvitation, *, user: User, now: datetime) -> Membership:
    """The holder of the link joins the team, once; a member keeps the greater of two roles. Raises InvitationUsed."""
    # One conditional statement decides between two browsers that press at the same moment.
    accepted = session.execute(
        update(MemberInvitation)
        .where(
            MemberInvitation.id == invitation.id,
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.expires_at > now,
        )
        .values(accepted_at=now)
        .returning(MemberInvitation.id),
        execution_options={"synchronize_session": False},
    )
    if accepted.scalar() is None:
        raise InvitationUsed
    member = find_membership(session, invitation.event_id, user.id)
    if member is None:
        member = Membership(event_id=invitation.event_id, user_id=user.id, role=invitation.role, created_at=now)
        session.add(member)
    elif rules.RANKS[MemberRole(invitation.role)] > rules.RANKS[MemberRole(member.role)]:
        member.role = invitation.role
    session.flush()
    _tell(session, invitation.event, "event.member_joined", now, user_id=user.id, role=member.role)
    return member


def find_membership(session: Session, event_id: int, user_id: int) -> Membership | None:
    return session.scalar(select(Membership).where(Membership.event_id == event_id, Membership.user_id == user_id))


def change_role(session: Session, event: Event, member: Membership, role: str, *, now: datetime) -> None:
    """Give a member another role. Raises ValueUnknown, LastOwner."""
    rules.refuse_unless_known(role, MemberRole, field="role")
    if member.role == role:
        return
    _refuse_if_last_owner(session, event, member)
    member.role = role
    _tell(session, event, "event.member_changed", now, user_id=member.user_id, role=role)
    session.flush()


def remove_member(session: Session, event: Event, member: Membership, *, now: datetime) -> None:
    """Someone works on this event no longer. Raises LastOwner."""
    _refuse_if_last_owner(session, event, member)
    _tell(session, event, "event.member_removed", now, user_id=member.user_id, role=member.role)
    session.execute(delete(Membership).where(Membership.id == member.id))
    session.flush()


def _refuse_if_last_owner(session: Session, event: Event, member: Membership) -> None:
    # The event's row is held, so that two owners who remove each other at once come one after the other.
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    owners = session.scalars(
        select(Membership.user_id).where(Membership.event_id == event.id, Membership.role == MemberRole.OWNER)
    ).all()
    if list(owners) == [member.user_id]:
        raise LastOwner


def _drop_open_invitations(session: Session, event: Event, email: str) -> None:
    session.execute(
        delete(MemberInvitation).where(
            MemberInvitation.event_id == event.id,
            MemberInvitation.email == email,
            MemberInvitation.accepted_at.is_(None),
        )
    )


def _tell(session: Session, event: Event, kind: str, now: datetime, **data: Any) -> None:
    record(session, kind, at=now, subject="event", subject_id=event.id, event_id=event.id, **data)
