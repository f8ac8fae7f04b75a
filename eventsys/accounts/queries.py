"""Accounts and their links, found."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import PasswordLink, Role, User
from eventsys.kernel import tokens


def find_user(session: Session, email: str) -> User | None:
    """The account of an address, in whatever case it was typed."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def user_of_session(session: Session, name: str) -> User | None:
    """The active account that a browser's cookie names as `id:stamp`; one query."""
    number, _, stamp = name.partition(":")
    if not number.isdecimal() or not stamp or len(number) > 18:
        return None
    return session.scalar(select(User).where(User.id == int(number), User.stamp == stamp, User.is_active))


def accounts(words: str = "", role: str = "") -> Select[User]:
    """Accounts whose name or address holds the words, by name."""
    query = select(User).order_by(func.lower(User.name), User.id)
    if words:
        query = query.where(
            or_(User.name.icontains(words, autoescape=True), User.email.icontains(words, autoescape=True))
        )
    return query.where(User.role == role) if role else query


def number_of_administrators(session: Session) -> int:
    """How many active accounts administer."""
    query = select(func.count()).select_from(User).where(User.role == Role.ADMINISTRATOR, User.is_active)
    return session.scalar(query) or 0


def find_password_link(session: Session, token: str) -> PasswordLink | None:
    """The link that this secret belongs to, used or not."""
    return session.scalar(select(PasswordLink).where(PasswordLink.token_hash == tokens.hashed(token)))


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """What the accounts among these actors of facts (`user:<id>`) are called, in one query; the others are left out."""
    ids = {int(actor[5:]) for actor in actors if actor.startswith("user:") and actor[5:].isdecimal()}
    if not ids:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(sorted(ids))))
    return {f"user:{number}": name for number, name in rows}
