"""People who sign in: organisers, door staff and administrators. Participants need no account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant, type_id


class Role(StrEnum):
    """What an account may do in the whole installation; what it may do in one event is a membership."""

    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    DOOR = "door"


class User(Base):
    """Someone who signs in. `email` is in lower case; `stamp` changes with the password and ends old sessions."""

    __tablename__ = "user_account"

    id: Mapped[type_id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(32))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]
    last_sign_in_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("role IN ('administrator', 'organiser', 'door')", name="role_known"),)

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.id}:{self.stamp}"

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR


class PasswordLink(Base):
    """A link by mail that lets its holder choose a password once: for a new account or a forgotten password."""

    __tablename__ = "password_link"

    id: Mapped[type_id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(22))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None]
