"""The accounts of the demo: who runs its events, who stands at the door, and the three sign-ins that are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.actions import create_user
from eventsys.accounts.models import Role, User
from eventsys.events.actions import accept_invitation, invite_member
from eventsys.events.models import Event, MemberInvitation, MemberRole


@dataclass(frozen=True)
class SignIn:
    """An account whose password is told to everyone who loads the demo."""

    role: Role
    name: str
    email: str
    password: str


ADMINISTRATOR = SignIn(Role.ADMINISTRATOR, "Nadia Brandt", "admin@example.org", "demo administers all")
ORGANISER = SignIn(Role.ORGANISER, "Inès Vandermeulen-Sørensen", "organiser@example.org", "demo organises events")
DOOR = SignIn(Role.DOOR, "Tijl Okonkwo", "door@example.org", "demo opens the door")
SIGN_INS = (ADMINISTRATOR, ORGANISER, DOOR)

# Two more, so that teams are teams; nobody is told how they sign in.
COLLEAGUES = (
    SignIn(Role.ORGANISER, "Émile Castellani", "cities@example.org", ""),
    SignIn(Role.ORGANISER, "Δήμητρα Αντωνίου", "network@example.org", ""),
)


def join(session: Session, *, now: datetime) -> dict[str, User]:
    """Make the accounts; they are found by their addresses."""
    return {
        one.email: create_user(
            session, email=one.email, name=one.name, role=one.role, password=one.password or None, now=now
        )
        for one in (*SIGN_INS, *COLLEAGUES)
    }


def put_on_team(session: Session, event: Event, user: User, role: MemberRole, *, by: User, now: datetime) -> None:
    """Invite somebody to work on an event and let them accept, as people do."""
    invitation = invite_member(session, event, email=user.email, role=role, invited_by=by, now=now)
    accept_invitation(session, invitation, user=user, now=now)


def are_here(session: Session) -> bool:
    """Whether an account has one of the demo's addresses."""
    addresses = [one.email for one in (*SIGN_INS, *COLLEAGUES)]
    return session.scalar(select(User.id).where(User.email.in_(addresses)).limit(1)) is not None


def sign_in_lines() -> list[str]:
    """What the command prints, one line an account."""
    width = max(len(one.email) for one in SIGN_INS)
    return [f"  {one.role.value:<14} {one.email:<{width}}   password: {one.password}" for one in SIGN_INS]


__all__ = ["ADMINISTRATOR", "DOOR", "ORGANISER", "SIGN_INS", "MemberInvitation", "are_here", "join", "put_on_team"]
