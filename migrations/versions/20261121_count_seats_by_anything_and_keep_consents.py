"""count seats by anything and keep consents"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op
from anyascii import anyascii
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


QUESTION_TYPES = (
    "type IN ('section', 'text', 'longtext', 'choice', 'choices', 'number', 'date', 'country', 'organisation', "
    "'file', 'statement')"
)
BASES = "basis IN ('consent', 'contract', 'legal_obligation', 'public_task', 'legitimate_interest')"
POOL_KINDS = "kind IN ('mode', 'type', 'sector', 'organisation', 'day', 'session', 'answer')"

A_ROUND = 5000


def upgrade() -> None:
    op.create_table(
        "accepted_text",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_accepted_text")),
    )
    op.create_table(
        "breakout",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("sessions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("wishes_most", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fills", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealt_by", sa.String(length=60), nullable=False),
        sa.Column("report", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_breakout_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_breakout_event_id_key")),
    )
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_bulk_act_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_act")),
    )
    with op.batch_alter_table("bulk_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_act_event_id"), ["event_id"], unique=False)

    op.create_table(
        "decision_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_decision_round_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_round")),
    )
    with op.batch_alter_table("decision_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_round_event_id"), ["event_id"], unique=False)

    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("head_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_delegation_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["head_id"], ["registration.id"], name="fk_delegation_head_id_registration", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_head_id"), ["head_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("label", sa.String(length=500), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("passes_approval", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "type IN ('participant', 'speaker', 'staff', 'press', 'guest')", name=op.f("ck_invitation_type_known")
        ),
        sa.CheckConstraint("(code IS NULL) <> (domain IS NULL)", name=op.f("ck_invitation_code_or_domain")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_invitation_used_counted")),
        sa.CheckConstraint("uses IS NULL OR used <= uses", name=op.f("ck_invitation_never_used_up_twice")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_invitation_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_invitation_event_id_code")),
        sa.UniqueConstraint("event_id", "domain", name=op.f("uq_invitation_event_id_domain")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_retention_run_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    with op.batch_alter_table("retention_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retention_run_event_id_begun_at"), ["event_id", "begun_at"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_saved_view_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("event_id", "user_id", "name", name=op.f("uq_saved_view_event_id_user_id_name")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_user_id"), ["user_id"], unique=False)

    op.create_table(
        "application_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('accept', 'wait', 'decline')", name=op.f("ck_application_review_verdict_known")
        ),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_application_review_score_known")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_application_review_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_application_review_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_review")),
        sa.UniqueConstraint("registration_id", "user_id", name=op.f("uq_application_review_registration_id_user_id")),
    )
    with op.batch_alter_table("application_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_review_user_id"), ["user_id"], unique=False)

    op.create_table(
        "breakout_wish",
        sa.Column("breakout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ranking", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("given", sa.String(length=100), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["breakout_id"], ["breakout.id"], name=op.f("fk_breakout_wish_breakout_id_breakout"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_breakout_wish_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("breakout_id", "registration_id", name=op.f("pk_breakout_wish")),
    )
    with op.batch_alter_table("breakout_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_breakout_wish_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_consent_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_consent_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_question_id"), ["question_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "registration_tag",
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_tag_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_tag_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "tag", name=op.f("pk_registration_tag")),
    )
    with op.batch_alter_table("registration_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_tag_event_id_tag"), ["event_id", "tag"], unique=False)

    op.create_table(
        "seat",
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("is_beyond", sa.Boolean(), nullable=False),
        sa.Column("queue_number", sa.Integer(), nullable=True),
        sa.CheckConstraint("queue_number IS NULL OR state = 'wanted'", name=op.f("ck_seat_queued_while_wanted")),
        sa.CheckConstraint("state IN ('asked', 'wanted', 'taken')", name=op.f("ck_seat_state_known")),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["seat_pool.id"], name=op.f("fk_seat_pool_id_seat_pool"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_seat_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "pool_id", name=op.f("pk_seat")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_pool_id_state"), ["pool_id", "state"], unique=False)

    op.create_table(
        "sensitive_look",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_sensitive_look_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_sensitive_look_registration_id_registration"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_look")),
    )
    with op.batch_alter_table("sensitive_look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sensitive_look_event_id_id"), ["event_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sensitive_look_registration_id"), ["registration_id"], unique=False)

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_private", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("private_nonce", sa.String(length=22), nullable=False, server_default=""))

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("least", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("most", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("is_internal", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("is_sensitive", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("depends_on", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "depends_values",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default="[]",
            )
        )
        batch_op.add_column(sa.Column("purpose", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("basis", sa.String(length=20), nullable=False, server_default="legitimate_interest")
        )
        batch_op.drop_constraint("type_known", type_="check")
        batch_op.create_check_constraint("type_known", QUESTION_TYPES)
        batch_op.create_check_constraint("basis_known", BASES)
        batch_op.add_column(
            sa.Column(
                "translations",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default="{}",
            )
        )

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_key", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("address_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_online_meanwhile", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("delegation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("stands_in_for_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("verdict", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("score", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("coming", sa.String(length=8), nullable=False, server_default="unasked"))
        batch_op.add_column(sa.Column("coming_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint("verdict_known", "verdict IN ('accept', 'wait', 'decline')")
        batch_op.create_check_constraint("coming_known", "coming IN ('unasked', 'asked', 'yes', 'no')")
        batch_op.drop_index(batch_op.f("ix_registration_offers"), sqlite_where=sa.text("state = 'offered'"))
        batch_op.create_index(batch_op.f("ix_registration_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_registration_event_id_country_id"), ["event_id", "country", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_registration_event_id_organisation_id"), ["event_id", "organisation", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_registration_event_id_registered_at_id"), ["event_id", "registered_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_registration_event_id_sector_id"), ["event_id", "sector", "id"], unique=False
        )
        batch_op.create_index(
            "ix_registration_held",
            ["offer_until"],
            unique=False,
            postgresql_where=sa.text("state IN ('offered', 'invited', 'unverified')"),
            sqlite_where=sa.text("state IN ('offered', 'invited', 'unverified')"),
        )
        batch_op.create_index(batch_op.f("ix_registration_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_stands_in_for_id"), ["stands_in_for_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_invitation_id_invitation"),
            "invitation",
            ["invitation_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_delegation_id_delegation"),
            "delegation",
            ["delegation_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_stands_in_for_id_registration"),
            "registration",
            ["stands_in_for_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("registration_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("admission", sa.String(length=10), nullable=False, server_default="open"))
        batch_op.add_column(sa.Column("confirms_address", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("refuses_disposable", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("waits_online", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("organisation_seats", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("group_most", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("may_substitute", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("opinions_needed", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("asks_again_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("asks_again_hours", sa.Integer(), nullable=False, server_default="72"))
        batch_op.add_column(sa.Column("frees_silent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("keep_days", sa.Integer(), nullable=True, server_default="365"))
        batch_op.create_check_constraint("admission_known", "admission IN ('open', 'invited')")
        batch_op.create_check_constraint("asks_again_hours_counted", "asks_again_hours > 0")
        batch_op.create_check_constraint("keep_days_counted", "keep_days >= 0")
        batch_op.create_check_constraint("group_most_counted", "group_most >= 0")
        batch_op.create_check_constraint("opinions_counted", "opinions_needed >= 1")

    with op.batch_alter_table("seat_pool", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="mode"))
        batch_op.add_column(sa.Column("key", sa.String(length=320), nullable=False, server_default=""))
        batch_op.drop_constraint("mode_known", type_="check")
        batch_op.create_check_constraint("mode_known", "mode IN ('', 'onsite', 'online')")
        batch_op.create_check_constraint("kind_known", POOL_KINDS)
        batch_op.drop_constraint(batch_op.f("uq_seat_pool_event_id_mode"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_seat_pool_event_id_kind_key_mode"), ["event_id", "kind", "key", "mode"]
        )
    op.execute("UPDATE seat_pool SET key = mode")
    with op.batch_alter_table("seat_pool", schema=None) as batch_op:
        batch_op.create_check_constraint("mode_keyed", "kind <> 'mode' OR key = mode")
    _seat_everybody()
    _fold_organisations()


def _seat_everybody() -> None:
    """Who is confirmed, offered or waits gets the row that says so; the notice that was accepted becomes a consent."""
    op.execute(
        "INSERT INTO seat (registration_id, pool_id, state, is_beyond) "
        "SELECT r.id, p.id, CASE WHEN r.state IN ('confirmed', 'offered') THEN 'taken' "
        "WHEN r.state = 'waiting' THEN 'wanted' ELSE 'asked' END, false "
        "FROM registration r JOIN seat_pool p ON p.event_id = r.event_id AND p.mode = r.mode"
    )
    op.execute(
        "UPDATE seat_pool SET last_queued = (SELECT max(o.last_queued) FROM seat_pool o "
        "WHERE o.event_id = seat_pool.event_id)"
    )
    op.execute(
        "INSERT INTO seat_pool (event_id, kind, key, mode, seats, taken, overbooked, waiting, last_queued) "
        "SELECT event_id, 'session', key, 'onsite', seats, 0, 0, 0, 0 FROM agenda_session WHERE seats IS NOT NULL"
    )
    op.execute(
        "INSERT INTO consent (registration_id, text_hash, given_at) SELECT id, privacy_text_hash, privacy_accepted_at "
        "FROM registration WHERE privacy_accepted_at IS NOT NULL"
    )


def _fold_organisations() -> None:
    """The organisation as it is counted by: letters and digits without accents, in small letters."""
    connection = op.get_bind()
    table = sa.table("registration", sa.column("id"), sa.column("organisation"), sa.column("organisation_key"))
    change = table.update().where(table.c.id == sa.bindparam("of_id")).values(organisation_key=sa.bindparam("folded"))
    last = 0
    while rows := connection.execute(
        sa.select(table.c.id, table.c.organisation).where(table.c.id > last).order_by(table.c.id).limit(A_ROUND)
    ).all():
        connection.execute(change, [{"of_id": row.id, "folded": _folded(row.organisation)} for row in rows])
        last = rows[-1].id


def _folded(name: str) -> str:
    text = unicodedata.normalize("NFKD", name)
    plain = anyascii("".join(c for c in text if not unicodedata.combining(c))).lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()[:300]


def downgrade() -> None:
    op.execute("DELETE FROM seat_pool WHERE kind <> 'mode'")
    op.execute("DELETE FROM question WHERE type IN ('section', 'country', 'organisation', 'file')")
    with op.batch_alter_table("seat_pool", schema=None) as batch_op:
        batch_op.drop_constraint("mode_keyed", type_="check")
        batch_op.drop_constraint("kind_known", type_="check")
        batch_op.drop_constraint("mode_known", type_="check")
        batch_op.create_check_constraint("mode_known", "mode IN ('onsite', 'online')")
        batch_op.drop_constraint(batch_op.f("uq_seat_pool_event_id_kind_key_mode"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_seat_pool_event_id_mode"), ["event_id", "mode"])
        batch_op.drop_column("key")
        batch_op.drop_column("kind")

    with op.batch_alter_table("registration_settings", schema=None) as batch_op:
        for name in (
            "admission_known",
            "asks_again_hours_counted",
            "keep_days_counted",
            "group_most_counted",
            "opinions_counted",
        ):
            batch_op.drop_constraint(name, type_="check")
        batch_op.drop_column("keep_days")
        batch_op.drop_column("frees_silent")
        batch_op.drop_column("asks_again_hours")
        batch_op.drop_column("asks_again_days")
        batch_op.drop_column("opinions_needed")
        batch_op.drop_column("may_substitute")
        batch_op.drop_column("group_most")
        batch_op.drop_column("organisation_seats")
        batch_op.drop_column("waits_online")
        batch_op.drop_column("refuses_disposable")
        batch_op.drop_column("confirms_address")
        batch_op.drop_column("admission")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_constraint("verdict_known", type_="check")
        batch_op.drop_constraint("coming_known", type_="check")
        batch_op.drop_constraint(batch_op.f("fk_registration_stands_in_for_id_registration"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_registration_delegation_id_delegation"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_registration_invitation_id_invitation"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_registration_stands_in_for_id"))
        batch_op.drop_index(batch_op.f("ix_registration_invitation_id"))
        batch_op.drop_index(
            "ix_registration_held",
            postgresql_where=sa.text("state IN ('offered', 'invited', 'unverified')"),
            sqlite_where=sa.text("state IN ('offered', 'invited', 'unverified')"),
        )
        batch_op.drop_index(batch_op.f("ix_registration_event_id_sector_id"))
        batch_op.drop_index(batch_op.f("ix_registration_event_id_registered_at_id"))
        batch_op.drop_index(batch_op.f("ix_registration_event_id_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_registration_event_id_country_id"))
        batch_op.drop_index(batch_op.f("ix_registration_delegation_id"))
        batch_op.create_index(
            batch_op.f("ix_registration_offers"),
            ["offer_until"],
            unique=False,
            postgresql_where=sa.text("state = 'offered'"),
            sqlite_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_column("erased_at")
        batch_op.drop_column("coming_until")
        batch_op.drop_column("coming")
        batch_op.drop_column("score")
        batch_op.drop_column("verdict")
        batch_op.drop_column("stands_in_for_id")
        batch_op.drop_column("delegation_id")
        batch_op.drop_column("invitation_id")
        batch_op.drop_column("is_online_meanwhile")
        batch_op.drop_column("address_confirmed_at")
        batch_op.drop_column("organisation_key")

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_constraint("basis_known", type_="check")
        batch_op.drop_constraint("type_known", type_="check")
        batch_op.create_check_constraint(
            "type_known", "type IN ('text', 'longtext', 'choice', 'choices', 'number', 'date', 'statement')"
        )
        batch_op.drop_column("translations")
        batch_op.drop_column("basis")
        batch_op.drop_column("purpose")
        batch_op.drop_column("depends_values")
        batch_op.drop_column("depends_on")
        batch_op.drop_column("is_sensitive")
        batch_op.drop_column("is_internal")
        batch_op.drop_column("most")
        batch_op.drop_column("least")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("private_nonce")
        batch_op.drop_column("is_private")

    with op.batch_alter_table("sensitive_look", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sensitive_look_registration_id"))
        batch_op.drop_index(batch_op.f("ix_sensitive_look_event_id_id"))

    op.drop_table("sensitive_look")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_pool_id_state"))

    op.drop_table("seat")
    with op.batch_alter_table("registration_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_tag_event_id_tag"))

    op.drop_table("registration_tag")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_registration_id"))
        batch_op.drop_index(batch_op.f("ix_consent_question_id"))

    op.drop_table("consent")
    with op.batch_alter_table("breakout_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_breakout_wish_registration_id"))

    op.drop_table("breakout_wish")
    with op.batch_alter_table("application_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_review_user_id"))

    op.drop_table("application_review")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_user_id"))

    op.drop_table("saved_view")
    with op.batch_alter_table("retention_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_run_event_id_begun_at"))

    op.drop_table("retention_run")
    op.drop_table("invitation")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegation_head_id"))
        batch_op.drop_index(batch_op.f("ix_delegation_event_id"))

    op.drop_table("delegation")
    with op.batch_alter_table("decision_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_round_event_id"))

    op.drop_table("decision_round")
    with op.batch_alter_table("bulk_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_act_event_id"))

    op.drop_table("bulk_act")
    op.drop_table("breakout")
    op.drop_table("accepted_text")
