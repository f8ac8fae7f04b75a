"""Empties all tables between tests: who is still at work then is named, and the next test begins clean all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from eventsys.kernel.database import Base

PATIENCE = "10s"

AT_WORK = text(
    "SELECT pid, left(query, 200) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY xact_start"
)


def empty_all_tables(engine: Engine, *, patience: str = PATIENCE) -> None:
    """Fails the test that left somebody at work longer than `patience` (PostgreSQL; SQLite has a patience of its own).

    DELETE and not TRUNCATE: it stands in nobody's way who only reads, and of empty tables it takes a fiftieth of the
    time.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            for name in _names():
                connection.execute(text(f"DELETE FROM {name}"))
        return
    try:
        with engine.begin() as connection:
            _empty(connection, patience)
    except OperationalError as trouble:
        found = _end_others(engine)
        with engine.begin() as connection:
            _empty(connection, patience)
        told = "; ".join(found) or "somebody who is gone by now"
        pytest.fail(f"the tables could not be emptied ({trouble.orig}). Still at work: {told}", pytrace=False)


def _names() -> list[str]:
    return [table.name for table in reversed(Base.metadata.sorted_tables)]


def _empty(connection: Connection, patience: str) -> None:
    # One journey to the server for all of them: without parameters the driver takes several statements at once.
    deleting = "; ".join(f"DELETE FROM {name}" for name in _names())
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'; {deleting}")


def _end_others(engine: Engine) -> list[str]:
    """What the others in this database are doing, who are then sent away."""
    with engine.begin() as connection:
        found = connection.execute(AT_WORK).all()
        for pid, _query in found:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    return [query for _pid, query in found]
