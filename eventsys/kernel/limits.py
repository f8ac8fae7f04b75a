"""How often somebody may try: counted in a table, so that all processes count together."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant


class RateWindow(Base):
    """Tries of one kind by one caller in one window of time. `key` is hashed: no address of a person is kept."""

    __tablename__ = "rate_window"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[Instant]

    __table_args__ = (Index(None, "ends_at"),)
