"""Accounts made, changed and closed, and the links by which people choose their passwords."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from eventsys.accounts import passwords, rules
from eventsys.accounts.errors import (
    AddressTaken,
    AddressWrong,
    LastAdministrator,
    LinkUsedUp,
    NotYourself,
)
from eventsys.accounts.models import PasswordLink, Role, User
from eventsys.accounts.queries import find_user, number_of_administrators
from eventsys.kernel import tokens
from eventsys.kernel.facts import record
from eventsys.kernel.text import clean_line
from eventsys.mailing.actions import enqueue

PURPOSE = "password"


def create_user(
    session: Session, *, email: str, name: str, role: str, password: str | None = None, now: datetime
) -> User:
    """A new account; without a password its owner chooses one by a link (see `send_password_link`).

    Raises AddressWrong, AddressTaken, PasswordTooWeak.
    """
    email = _address(email)
    if find_user(session, email) is not None:
        raise AddressTaken(email=email, field="email")
    user = User(
        email=email,
        name=clean_line(name)[:200],
        role=Role(role).value,
        password_hash=passwords.prepared(password, name, email) if password is not None else None,
        stamp=_new_stamp(),
        is_active=True,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        # Somebody else took the address at this very moment.
        raise AddressTaken(email=email, field="email") from error
    _tell(session, "account.created", user, now, role=user.role)
    return user


def send_password_link(
    session: Session, user: User, *, now: datetime, language: str = "en", is_invitation: bool = False
) -> str:
    """Mail a link by which its holder chooses a password, once. Returns its secret."""
    nonce = tokens.new_nonce()
    token = tokens.derived(PURPOSE, nonce)
    lasts = rules.INVITED_LASTS if is_invitation else rules.FORGOTTEN_LASTS
    link = PasswordLink(user_id=user.id, nonce=nonce, token_hash=tokens.hashed(token), expires_at=now + lasts)
    session.add(link)
    session.flush()
    enqueue(
        session,
        key=f"accounts.password_link:{link.token_hash}",
        maker="accounts.password_link",
        arguments={"link": link.token_hash, "language": language, "is_invitation": is_invitation},
        due_at=now,
    )
    return token


def choose_password(session: Session, link: PasswordLink, password_hash: str, *, now: datetime) -> User:
    """Use the link up: the password is set, every browser is signed out, other links of the account end.

    `password_hash` was made before the transaction, which must not wait for it. Raises LinkUsedUp.
    """
    user = session.get(User, link.user_id)
    if user is None or not user.is_active:
        raise LinkUsedUp
    used = session.execute(
        update(PasswordLink)
        .where(PasswordLink.id == link.id, PasswordLink.used_at.is_(None), PasswordLink.expires_at > now)
        .values(used_at=now),
        execution_options={"synchronize_session": False},
    )
    if not getattr(used, "rowcount", 0):
        raise LinkUsedUp
    change_password(session, user, password_hash, now=now)
    session.execute(
        update(PasswordLink).where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None)).values(used_at=now),
        execution_options={"synchronize_session": False},
    )
    return user


def change_password(session: Session, user: User, password_hash: str, *, now: datetime) -> None:
    """Set a password (see `passwords.prepared`); every browser that is signed in is signed out."""
    user.password_hash = password_hash
    sign_out_everywhere(session, user)
    _tell(session, "account.password_changed", user, now)


def sign_out_everywhere(session: Session, user: User) -> None:
    """End every session of the account: browsers hold its old stamp."""
    user.stamp = _new_stamp()
    session.flush()


def note_sign_in(session: Session, user: User, *, now: datetime, password_hash: str | None = None) -> None:
    """Remember when; `password_hash` replaces one that was made with older parameters."""
    user.last_sign_in_at = now
    user.password_hash = password_hash or user.password_hash
    session.flush()


def rename(session: Session, user: User, name: str) -> None:
    """Change how the person is called."""
    user.name = clean_line(name)[:200]
    session.flush()


def change_role(session: Session, user: User, role: str, *, by: int, now: datetime) -> None:
    """Give the account another role. Raises NotYourself, LastAdministrator."""
    if user.role == role:
        return
    _refuse_if_needed(session, user, by)
    was, user.role = user.role, Role(role).value
    _tell(session, "account.role_changed", user, now, before=was, after=role)


def deactivate(session: Session, user: User, *, by: int, now: datetime) -> None:
    """Close the account: nobody signs in with it and its sessions end. Raises NotYourself, LastAdministrator."""
    _refuse_if_needed(session, user, by)
    user.is_active = False
    sign_out_everywhere(session, user)
    _tell(session, "account.deactivated", user, now)


def activate(session: Session, user: User, *, now: datetime) -> None:
    """Open a closed account again."""
    user.is_active = True
    _tell(session, "account.activated", user, now)


def _refuse_if_needed(session: Session, user: User, by: int) -> None:
    if user.id == by:
        raise NotYourself
    if user.is_administrator and user.is_active and number_of_administrators(session) < 2:
        raise LastAdministrator


def _address(email: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            email.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise AddressWrong(email=clean_line(email)[:100], field="email") from error
    return found.normalized.lower()


def _new_stamp() -> str:
    return secrets.token_urlsafe(16)


def _tell(session: Session, kind: str, user: User, now: datetime, **data: Any) -> None:
    session.flush()
    record(session, kind, at=now, subject="user", subject_id=user.id, **data)
