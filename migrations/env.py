"""How migrations reach the database: on an engine of their own, with SQLite's foreign keys off.

The app switches them on for every connection. A batch migration rebuilds a table by dropping the old one, and with
foreign keys on that deletes the rows of its children.
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
            # On the driver's connection: ours would begin a transaction first, in which the pragma does nothing.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
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
            if is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"rows refer to what is not there: {lost[:5]}")
    engine.dispose()


run_migrations()
