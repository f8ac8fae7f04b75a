"""Printing: the printers of this installation, jobs for them, and which badge lies on the table already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.badges.models import BadgeDesign
from eventsys.checkin.models.terms import JobState
from eventsys.kernel.database import Base, Instant, Line, type_id
from eventsys.registration.models import Registration


class Printer(Base):
    """A printer that every event of this installation may use. `address` is an IPP address, or host:port for ZPL.

    `dpi` is what a label printer draws at. A retired one takes no new jobs.
    """

    __tablename__ = "printer"

    id: Mapped[type_id]
    name: Mapped[Line]
    kind: Mapped[str] = mapped_column(String(3))
    address: Mapped[Line]
    dpi: Mapped[int] = mapped_column(default=203)
    created_at: Mapped[Instant]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('ipp', 'zpl')", name="kind_known"),
        CheckConstraint("dpi BETWEEN 100 AND 1200", name="dpi_known"),
    )


class PrintJob(Base):
    """One badge on its way to one printer. `request_id` is made by who asks: asking again prints nothing more.

    `leased_until` holds a job that is being sent; after it another worker may try, up to a number of `tries`.
    `remote_id` is the number the print queue gave it, and `handed_at` when that had all of the badge whose face is
    `face_hash`; a number that stays on a job that failed or was cancelled is to be taken out of the
    queue. `repeats_id` is the job
    that this one prints again.
    """

    __tablename__ = "print_job"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    request_id: Mapped[str] = mapped_column(String(36))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id", ondelete="CASCADE"), index=True)
    design_id: Mapped[int | None] = mapped_column(ForeignKey("badge_design.id", ondelete="SET NULL"), index=True)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("print_job.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(9), default=JobState.QUEUED)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Instant]
    leased_until: Mapped[datetime | None]
    remote_id: Mapped[int | None]
    handed_at: Mapped[datetime | None]
    face_hash: Mapped[str] = mapped_column(String(32), default="")
    error: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(String(60), default="")
    finished_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    printer: Mapped[Printer] = relationship()
    design: Mapped[BadgeDesign | None] = relationship()

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sending', 'printed', 'failed', 'cancelled')", name="state_known"),
        CheckConstraint("tries >= 0", name="tries_counted"),
        Index("uq_print_job_request", "event_id", "request_id", unique=True),
        Index(None, "state", "due_at"),
        Index(None, "event_id", "created_at"),
    )


class BadgeBatch(Base):
    """Badges that were printed together: how many, in which order, and whether only what was new or changed."""

    __tablename__ = "badge_batch"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    design_id: Mapped[int | None] = mapped_column(ForeignKey("badge_design.id", ondelete="SET NULL"), index=True)
    layout: Mapped[str] = mapped_column(String(100))
    sorted_by: Mapped[str] = mapped_column(String(20))
    is_only_new: Mapped[bool] = mapped_column(default=False)
    badges: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[Instant]
    made_by: Mapped[str] = mapped_column(String(60), default="")


class BadgePrint(Base):
    """One badge that was printed, in a batch, by a job or in a browser. `face_hash` tells whether it is still true."""

    __tablename__ = "badge_print"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("badge_batch.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("print_job.id", ondelete="SET NULL"), index=True)
    face_hash: Mapped[str] = mapped_column(String(32))
    printed_at: Mapped[Instant]

    __table_args__ = (Index(None, "registration_id", "printed_at"),)
