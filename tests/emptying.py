"""Empties all tables between tests: who is still at work then is named, and the next test begins clean all the same."""

from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from eventsys.kernel.database import WRITING, Base

PATIENCE = "10s"

AT_WORK = text(
    "SELECT pid, left(query, 200) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY xact_start"
)


def empty_all_tables(engine: Engine, *, patience: str = PATIENCE) -> None:
    """Fails the test that left somebody at work longer than `patience` (PostgreSQL; SQLite has a patience of its own).

    Only tables that hold something are touched, which is few after most tests. DELETE and not TRUNCATE: it stands in
    nobody's way who only reads.
    """
    try:
        _empty(engine, patience)
    except OperationalError as trouble:
        if engine.dialect.name == "sqlite":
            raise
        found = _end_others(engine)
        _empty(engine, patience)
        told = "; ".join(found) or "somebody who is gone by now"
        pytest.fail(f"the tables could not be emptied ({trouble.orig}). Still at work: {told}", pytrace=False)


@cache
def _filled() -> str:
    """Asks for the tables that hold a row, those first that refer to others."""
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)


def _empty(engine: Engine, patience: str) -> None:
    # Who reads first and then writes is refused by SQLite if somebody wrote in between: so it begins as a writer.
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'")
        # Deleting from one table may empty the next, but never fill it.
        for (name,) in connection.exec_driver_sql(_filled()).all():
            connection.exec_driver_sql(f"DELETE FROM {name}")


def _end_others(engine: Engine) -> list[str]:
    """What the others in this database are doing, who are then sent away."""
    with engine.begin() as connection:
        found = connection.execute(AT_WORK).all()
        for pid, _query in found:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    return [query for _pid, query in found]
