"""Rooms, tracks, sessions, talks, and the people who have a role in them."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Key, Line, Prose, type_id


class SessionKind(StrEnum):
    """What happens in a session; breaks and meals are drawn as calm bands."""

    OPENING = "opening"
    KEYNOTE = "keynote"
    PANEL = "panel"
    TALKS = "talks"
    BREAKOUT = "breakout"
    WORKSHOP = "workshop"
    DEMONSTRATION = "demonstration"
    POSTER = "poster"
    VISIT = "visit"
    BREAK = "break"
    MEAL = "meal"
    SOCIAL = "social"
    CLOSING = "closing"


PAUSES = frozenset({SessionKind.BREAK, SessionKind.MEAL, SessionKind.SOCIAL})


class SessionStatus(StrEnum):
    """How sure a session is. A cancelled one stays, and says so."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class ProgrammeRole(StrEnum):
    """What a person does in a session or talk."""

    CHAIR = "chair"
    MODERATOR = "moderator"
    KEYNOTE = "keynote"
    PANELLIST = "panellist"
    PRESENTER = "presenter"
    RAPPORTEUR = "rapporteur"
    FACILITATOR = "facilitator"
    INTERPRETER = "interpreter"
    HOST = "host"


_ROLES = ", ".join(f"'{role}'" for role in ProgrammeRole)


class Room(Base):
    """A place in an event; sessions without one are for everybody (breaks, meals)."""

    shows_on = "event_id"

    __tablename__ = "room"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    name: Mapped[Line]
    seats: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("event_id", "key"), CheckConstraint("seats >= 0", name="seats_counted"))


class Track(Base):
    """A thread through the programme; its colour is taken in and made to meet the contrast of the page."""

    shows_on = "event_id"

    __tablename__ = "track"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    name: Mapped[Line]
    colour: Mapped[str] = mapped_column(String(7), default="")
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("event_id", "key"),)


class Person(Base):
    """Someone in the programme of one event. `email` is for the organisers only."""

    shows_on = "event_id"

    __tablename__ = "person"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    name: Mapped[Line]
    affiliation: Mapped[Line] = mapped_column(default="")
    biography: Mapped[Prose] = mapped_column(default="")
    links: Mapped[list[str]] = mapped_column(default=list)
    email: Mapped[str] = mapped_column(String(254), default="")
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("event_id", "key"), Index(None, "event_id", "name"))


class AgendaSession(Base):
    """One entry of the programme. `sequence` and `uid` as in `Event`; `position` breaks ties of start and room."""

    shows_on = "event_id"

    __tablename__ = "agenda_session"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default=SessionKind.TALKS)
    status: Mapped[str] = mapped_column(String(10), default=SessionStatus.CONFIRMED)
    title: Mapped[Line]
    subtitle: Mapped[Line] = mapped_column(default="")
    abstract: Mapped[Prose] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"), index=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id", ondelete="SET NULL"), index=True)
    seats: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    event: Mapped[Event] = relationship()
    room: Mapped[Room | None] = relationship()
    track: Mapped[Track | None] = relationship()
    roles: Mapped[list[SessionRole]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="SessionRole.position"
    )
    talks: Mapped[list[Talk]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="Talk.position"
    )

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("status IN ('tentative', 'confirmed', 'cancelled')", name="status_known"),
        CheckConstraint("seats >= 0", name="seats_counted"),
        Index(None, "event_id", "starts_at"),
    )


class SessionRole(Base):
    """What one person does in one session."""

    shows_on = "session.event_id"

    __tablename__ = "session_role"

    id: Mapped[type_id]
    session_id: Mapped[int] = mapped_column(ForeignKey("agenda_session.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[AgendaSession] = relationship(back_populates="roles")
    person: Mapped[Person] = relationship()

    __table_args__ = (
        UniqueConstraint("session_id", "person_id", "role"),
        CheckConstraint(f"role IN ({_ROLES})", name="role_known"),
    )


class Talk(Base):
    """One contribution inside a session, in order."""

    shows_on = "session.event_id"

    __tablename__ = "talk"

    id: Mapped[type_id]
    session_id: Mapped[int] = mapped_column(ForeignKey("agenda_session.id", ondelete="CASCADE"))
    key: Mapped[Key]
    title: Mapped[Line]
    abstract: Mapped[Prose] = mapped_column(default="")
    minutes: Mapped[int | None]
    project: Mapped[Line] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[AgendaSession] = relationship(back_populates="talks")
    roles: Mapped[list[TalkRole]] = relationship(
        back_populates="talk", cascade="all, delete-orphan", order_by="TalkRole.position"
    )

    __table_args__ = (UniqueConstraint("session_id", "key"), CheckConstraint("minutes > 0", name="minutes_counted"))


class TalkRole(Base):
    """What one person does in one talk."""

    shows_on = "talk.session.event_id"

    __tablename__ = "talk_role"

    id: Mapped[type_id]
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)

    talk: Mapped[Talk] = relationship(back_populates="roles")
    person: Mapped[Person] = relationship()

    __table_args__ = (
        UniqueConstraint("talk_id", "person_id", "role"),
        CheckConstraint(f"role IN ({_ROLES})", name="role_known"),
    )
