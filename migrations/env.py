"""How migrations reach the database: on an engine of their own, without the listeners of the app.

The app switches SQLite's foreign keys on. A batch migration rebuilds a table by dropping the old one, and with
foreign keys on that deletes the rows of its children: this engine keeps SQLite's default, which is off.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON, create_engine, pool

from eventsys.kernel.database import Base, UTCDateTime


def render_item(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Own types are written as what the database knows, so that an old migration never imports today's code."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run_migrations() -> None:
    url = current_app.config["SETTINGS"].database_url
    engine = create_engine(url, poolclass=pool.NullPool)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            if not is_sqlite:
                # Two machines that start together migrate one after the other.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4829301)")
            context.run_migrations()
    engine.dispose()


run_migrations()
