"""Links to live streams: on a session, or on a room for all that happens in it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.agenda.models import AgendaSession, Room
from eventsys.kernel.database import Base, Instant, type_id


class Stream(Base):
    """One stream for one audience, from some minutes before what it shows begins. Its address is a secret."""

    shows_on = "event_id"

    __tablename__ = "stream"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_session.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text())
    audience: Mapped[str] = mapped_column(String(12))
    opens_minutes_before: Mapped[int] = mapped_column(default=15)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    room: Mapped[Room | None] = relationship()
    session: Mapped[AgendaSession | None] = relationship()

    __table_args__ = (
        CheckConstraint("(room_id IS NULL) <> (session_id IS NULL)", name="one_place"),
        CheckConstraint("audience IN ('public', 'registered', 'online', 'onsite', 'staff')", name="audience_known"),
        CheckConstraint("opens_minutes_before >= 0", name="minutes_counted"),
        Index("uq_stream_room", "room_id", unique=True),
        Index("uq_stream_session", "session_id", unique=True),
    )
