"""What happened, as one append-only row written in the same transaction: timeline, audit log and digests read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from eventsys.kernel.database import Base, Instant, type_id


class Fact(Base):
    """One thing that happened. `kind` is `domain.past_participle`; `data` holds ids and values, never secrets."""

    __tablename__ = "fact"

    id: Mapped[type_id]
    at: Mapped[Instant]
    kind: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]

    __table_args__ = (
        Index(None, "event_id", "id"),
        Index(None, "subject", "subject_id", "id"),
        Index(None, "kind", "id"),
    )


def record(
    session: Session,
    kind: str,
    *,
    at: datetime,
    subject: str,
    subject_id: int | None = None,
    event_id: int | None = None,
    actor: str | None = None,
    **data: Any,
) -> None:
    """Add a fact to the caller's transaction. `actor` (`user:<id>`, `registrant`, `device:<id>`, `system`) is that of
    the transaction unless given."""
    who = actor or session.info.get("actor") or "system"
    values = {"at": at, "kind": kind, "event_id": event_id, "subject": subject, "subject_id": subject_id}
    session.connection().execute(_ADD, {**values, "actor": who, "data": data})


# Written at once and never changed: the unit of work has nothing to look after.
_ADD = insert(Fact.__table__)  # type: ignore[arg-type]
