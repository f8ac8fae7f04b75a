"""equip the door"""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
POINT_COLUMNS = (
    "seats", "is_two_way", "repeats", "asks_day", "types", "modes", "states", "session_key", "day", "kind",
)  # fmt: skip
DEVICE_COLUMNS = (
    "version", "unsent", "is_charging", "battery", "paired_at", "pairing_until", "pin_tries", "pin_hash",
    "pairing_hash", "printer_id", "is_limited", "role",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "printer",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('ipp', 'zpl')", name=op.f("ck_printer_kind_known")),
        sa.CheckConstraint("dpi BETWEEN 100 AND 1200", name=op.f("ck_printer_dpi_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
    )
    op.create_table(
        "badge_design",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("design", JSON, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_design_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_design")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_badge_design_event_id_key")),
    )
    with op.batch_alter_table("badge_design", schema=None) as batch_op:
        batch_op.create_index(
            "uq_badge_design_default",
            ["event_id"],
            unique=True,
            postgresql_where=sa.text("is_default"),
            sqlite_where=sa.text("is_default"),
        )

    op.create_table(
        "badge_batch",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("design_id", BIG_ID, nullable=True),
        sa.Column("layout", sa.String(length=100), nullable=False),
        sa.Column("sorted_by", sa.String(length=20), nullable=False),
        sa.Column("is_only_new", sa.Boolean(), nullable=False),
        sa.Column("badges", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["design_id"], ["badge_design.id"], name=op.f("fk_badge_batch_design_id_badge_design"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_batch_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_batch")),
    )
    with op.batch_alter_table("badge_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_batch_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_badge_batch_event_id"), ["event_id"], unique=False)

    op.create_table(
        "checkin_device_point",
        sa.Column("device_id", BIG_ID, nullable=False),
        sa.Column("point_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["checkin_device.id"],
            name=op.f("fk_checkin_device_point_device_id_checkin_device"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["checkin_point.id"],
            name=op.f("fk_checkin_device_point_point_id_checkin_point"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("device_id", "point_id", name=op.f("pk_checkin_device_point")),
    )
    with op.batch_alter_table("checkin_device_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_device_point_point_id"), ["point_id"], unique=False)

    op.create_table(
        "arrival_watch",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("registration_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_arrival_watch_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_arrival_watch_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_arrival_watch_user_id_user_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_watch")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_arrival_watch_registration_id")),
    )
    with op.batch_alter_table("arrival_watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_watch_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_arrival_watch_user_id"), ["user_id"], unique=False)

    op.create_table(
        "contact_card",
        sa.Column("registration_id", BIG_ID, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=500), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_contact_card_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_contact_card")),
    )
    op.create_table(
        "contact_exchange",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("asker_id", BIG_ID, nullable=False),
        sa.Column("asked_id", BIG_ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("asker_id <> asked_id", name=op.f("ck_contact_exchange_two_people")),
        sa.ForeignKeyConstraint(
            ["asked_id"],
            ["registration.id"],
            name=op.f("fk_contact_exchange_asked_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["registration.id"],
            name=op.f("fk_contact_exchange_asker_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_contact_exchange_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_exchange")),
        sa.UniqueConstraint("asker_id", "asked_id", name=op.f("uq_contact_exchange_asker_id_asked_id")),
    )
    with op.batch_alter_table("contact_exchange", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_exchange_asked_id_asked_at"), ["asked_id", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_contact_exchange_event_id"), ["event_id"], unique=False)

    op.create_table(
        "print_job",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("registration_id", BIG_ID, nullable=False),
        sa.Column("printer_id", BIG_ID, nullable=False),
        sa.Column("design_id", BIG_ID, nullable=True),
        sa.Column("repeats_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.Integer(), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("face_hash", sa.String(length=32), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'printed', 'failed', 'cancelled')", name=op.f("ck_print_job_state_known")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_print_job_tries_counted")),
        sa.ForeignKeyConstraint(
            ["design_id"], ["badge_design.id"], name=op.f("fk_print_job_design_id_badge_design"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_print_job_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["printer_id"], ["printer.id"], name=op.f("fk_print_job_printer_id_printer"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_print_job_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["print_job.id"], name=op.f("fk_print_job_repeats_id_print_job"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_design_id"), ["design_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_event_id_created_at"), ["event_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_printer_id"), ["printer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_repeats_id"), ["repeats_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.create_index("uq_print_job_request", ["event_id", "request_id"], unique=True)

    op.create_table(
        "badge_print",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("registration_id", BIG_ID, nullable=False),
        sa.Column("batch_id", BIG_ID, nullable=True),
        sa.Column("job_id", BIG_ID, nullable=True),
        sa.Column("face_hash", sa.String(length=32), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["badge_batch.id"], name=op.f("fk_badge_print_batch_id_badge_batch"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_print_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["print_job.id"], name=op.f("fk_badge_print_job_id_print_job"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_badge_print_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_print")),
    )
    with op.batch_alter_table("badge_print", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_print_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_badge_print_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_badge_print_job_id"), ["job_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_badge_print_registration_id_printed_at"), ["registration_id", "printed_at"], unique=False
        )

    with op.batch_alter_table("checkin_device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=8), nullable=False, server_default="scanner"))
        batch_op.add_column(sa.Column("is_limited", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("printer_id", BIG_ID, nullable=True))
        batch_op.add_column(sa.Column("pairing_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("pin_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("pin_tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("pairing_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("battery", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_charging", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("unsent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.String(length=40), nullable=False, server_default=""))
        batch_op.create_unique_constraint(batch_op.f("uq_checkin_device_pairing_hash"), ["pairing_hash"])
        batch_op.create_foreign_key(
            batch_op.f("fk_checkin_device_printer_id_printer"), "printer", ["printer_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_check_constraint("role_known", "role IN ('scanner', 'desk', 'kiosk', 'wall')")
        batch_op.create_check_constraint("battery_in_percent", "battery BETWEEN 0 AND 100")
        batch_op.create_check_constraint("unsent_counted", "unsent >= 0")
        batch_op.create_check_constraint("paired_by_both", "(pairing_hash IS NULL) = (pin_hash IS NULL)")
    op.execute(
        "INSERT INTO checkin_device_point (device_id, point_id) "
        "SELECT id, point_id FROM checkin_device WHERE point_id IS NOT NULL"
    )
    op.execute(sa.text("UPDATE checkin_device SET is_limited = true WHERE point_id IS NOT NULL"))
    with op.batch_alter_table("checkin_device", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_checkin_device_point_id_checkin_point"), type_="foreignkey")
        batch_op.drop_column("point_id")

    with op.batch_alter_table("checkin_point", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=8), nullable=False, server_default="door"))
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("session_key", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("states", JSON, nullable=False, server_default='["confirmed"]'))
        batch_op.add_column(sa.Column("modes", JSON, nullable=False, server_default='["onsite"]'))
        batch_op.add_column(sa.Column("types", JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("asks_day", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("repeats", sa.String(length=6), nullable=False, server_default="daily"))
        batch_op.add_column(sa.Column("is_two_way", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("seats", sa.Integer(), nullable=True))
        batch_op.create_check_constraint("kind_known", "kind IN ('door', 'day', 'session', 'item')")
        batch_op.create_check_constraint("repeats_known", "repeats IN ('daily', 'once', 'always')")
        batch_op.create_check_constraint("session_named", "kind <> 'session' OR session_key IS NOT NULL")
        batch_op.create_check_constraint("day_named", "kind <> 'day' OR day IS NOT NULL")
        batch_op.create_check_constraint("seats_counted", "seats >= 0")
    op.execute(sa.text("UPDATE checkin_point SET repeats = 'always' WHERE may_repeat"))
    with op.batch_alter_table("checkin_point", schema=None) as batch_op:
        batch_op.drop_column("may_repeat")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accompanies_id", BIG_ID, nullable=True))
        batch_op.create_index(batch_op.f("ix_registration_accompanies_id"), ["accompanies_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_accompanies_id_registration"),
            "registration",
            ["accompanies_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.String(length=20), nullable=True))


def _give_books_days() -> None:
    """The books of a point that one passed once in all were of no day; those of a daily point are."""
    admission = sa.table("admission", sa.column("id"), sa.column("event_id"), sa.column("day", sa.Date()),
                         sa.column("first_at", sa.DateTime(timezone=True)))  # fmt: skip
    event = sa.table("event", sa.column("id"), sa.column("timezone"))
    rows = op.get_bind().execute(
        sa.select(admission.c.id, admission.c.first_at, event.c.timezone)
        .join_from(admission, event, event.c.id == admission.c.event_id)
        .where(admission.c.day == date(1, 1, 1))
    )
    for row in rows.all():
        first_at = row.first_at if row.first_at.tzinfo else row.first_at.replace(tzinfo=UTC)
        day = first_at.astimezone(ZoneInfo(row.timezone)).date()
        op.execute(admission.update().where(admission.c.id == row.id).values(day=day))


def downgrade() -> None:
    """A device keeps one of its points; one that was limited to none is revoked rather than let in everywhere. What a
    point asked beside its window is forgotten."""
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_column("told")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_registration_accompanies_id_registration"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_registration_accompanies_id"))
        batch_op.drop_column("accompanies_id")

    with op.batch_alter_table("checkin_point", schema=None) as batch_op:
        batch_op.add_column(sa.Column("may_repeat", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE checkin_point SET may_repeat = true WHERE repeats = 'always'"))
    _give_books_days()
    with op.batch_alter_table("checkin_point", schema=None) as batch_op:
        for name in ("seats_counted", "day_named", "session_named", "repeats_known", "kind_known"):
            batch_op.drop_constraint(batch_op.f(f"ck_checkin_point_{name}"), type_="check")
        for column in POINT_COLUMNS:
            batch_op.drop_column(column)

    with op.batch_alter_table("checkin_device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("point_id", BIG_ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_checkin_device_point_id_checkin_point"),
            "checkin_point",
            ["point_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.execute(
        "UPDATE checkin_device SET point_id = "
        "(SELECT min(point_id) FROM checkin_device_point WHERE device_id = checkin_device.id)"
    )
    op.execute(
        sa.text(
            "UPDATE checkin_device SET revoked_at = CURRENT_TIMESTAMP "
            "WHERE is_limited AND point_id IS NULL AND revoked_at IS NULL"
        )
    )
    with op.batch_alter_table("checkin_device", schema=None) as batch_op:
        for name in ("paired_by_both", "unsent_counted", "battery_in_percent", "role_known"):
            batch_op.drop_constraint(batch_op.f(f"ck_checkin_device_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_checkin_device_printer_id_printer"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_checkin_device_pairing_hash"), type_="unique")
        for column in DEVICE_COLUMNS:
            batch_op.drop_column(column)

    with op.batch_alter_table("badge_print", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_print_registration_id_printed_at"))
        batch_op.drop_index(batch_op.f("ix_badge_print_job_id"))
        batch_op.drop_index(batch_op.f("ix_badge_print_event_id"))
        batch_op.drop_index(batch_op.f("ix_badge_print_batch_id"))

    op.drop_table("badge_print")
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.drop_index("uq_print_job_request")
        batch_op.drop_index(batch_op.f("ix_print_job_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_print_job_repeats_id"))
        batch_op.drop_index(batch_op.f("ix_print_job_registration_id"))
        batch_op.drop_index(batch_op.f("ix_print_job_printer_id"))
        batch_op.drop_index(batch_op.f("ix_print_job_event_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_print_job_design_id"))

    op.drop_table("print_job")
    with op.batch_alter_table("contact_exchange", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_exchange_event_id"))
        batch_op.drop_index(batch_op.f("ix_contact_exchange_asked_id_asked_at"))

    op.drop_table("contact_exchange")
    op.drop_table("contact_card")
    with op.batch_alter_table("arrival_watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrival_watch_user_id"))
        batch_op.drop_index(batch_op.f("ix_arrival_watch_event_id"))

    op.drop_table("arrival_watch")
    with op.batch_alter_table("checkin_device_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkin_device_point_point_id"))

    op.drop_table("checkin_device_point")
    with op.batch_alter_table("badge_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_batch_event_id"))
        batch_op.drop_index(batch_op.f("ix_badge_batch_design_id"))

    op.drop_table("badge_batch")
    with op.batch_alter_table("badge_design", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_badge_design_default", postgresql_where=sa.text("is_default"), sqlite_where=sa.text("is_default")
        )

    op.drop_table("badge_design")
    op.drop_table("printer")
