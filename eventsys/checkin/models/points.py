"""Points: where people are let in or handed something, and who may pass there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.checkin.models.terms import PointKind, Repeats
from eventsys.kernel.database import Base, Key, Line, type_id
from eventsys.registration.models import Mode, State


class Point(Base):
    """A place where people are let in, and the conditions on which.

    Without instants a door or item is open from 3 hours before the event until its end, a `day` from midnight to
    midnight of its `day`, a `session` from 30 minutes before its start until its end. `states`, `modes` and `types`
    list who may pass; no types means all. `session_key` names the session for which one must have a seat. `asks_day`
    refuses who chose other days. `seats` is how many may be inside at once; None means any number.
    """

    __tablename__ = "checkin_point"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    name: Mapped[Line]
    kind: Mapped[str] = mapped_column(String(8), default=PointKind.DOOR)
    day: Mapped[date | None]
    session_key: Mapped[str | None] = mapped_column(String(100))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    states: Mapped[list[str]] = mapped_column(default=lambda: [State.CONFIRMED.value])
    modes: Mapped[list[str]] = mapped_column(default=lambda: [Mode.ONSITE.value])
    types: Mapped[list[str]] = mapped_column(default=list)
    asks_day: Mapped[bool] = mapped_column(default=True)
    repeats: Mapped[str] = mapped_column(String(6), default=Repeats.DAILY)
    is_two_way: Mapped[bool] = mapped_column(default=True)
    seats: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("kind IN ('door', 'day', 'session', 'item')", name="kind_known"),
        CheckConstraint("repeats IN ('daily', 'once', 'always')", name="repeats_known"),
        CheckConstraint("kind <> 'session' OR session_key IS NOT NULL", name="session_named"),
        CheckConstraint("kind <> 'day' OR day IS NOT NULL", name="day_named"),
        CheckConstraint("seats >= 0", name="seats_counted"),
    )
