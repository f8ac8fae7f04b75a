"""The database: typed models, instants in UTC, and the one place that commits."""

from __future__ import annotations

import fcntl
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, Connection, DateTime, Engine, Integer, MetaData, String, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from eventsys.settings import ROOT, Settings

WRITING = "eventsys_writing"

T = TypeVar("T")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is no instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")

type_id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Instant = Annotated[datetime, mapped_column(UTCDateTime())]
Key = Annotated[str, mapped_column(String(100))]
Line = Annotated[str, mapped_column(String(500))]
Prose = Annotated[str, mapped_column(Text())]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """The parent of all tables. The type map sits on the registry: Flask-SQLAlchemy refuses it on the class."""

    registry = registry(
        metadata=metadata,
        type_annotation_map={datetime: UTCDateTime(), dict[str, Any]: Json, list[Any]: Json, list[str]: Json},
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)


class _Migrations:
    """Stands where Flask-Migrate stands among the extensions, and makes room for it when somebody migrates.

    It brings all of Alembic, which no process that serves or works has use for.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=str(ROOT / "migrations"), compare_type=True, render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)


def open_database(app: Flask, settings: Settings) -> None:
    """Bind the app to its database; pools are sized for one process of a few threads."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    # The values of a statement are people's data: an error must not carry them into the log.
    options: dict[str, Any] = {"pool_pre_ping": False, "hide_parameters": not settings.is_testing}
    if not settings.database_url.startswith("sqlite"):
        options |= {"pool_size": 8, "max_overflow": 8, "pool_recycle": 1800}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    app.extensions["migrate"] = _Migrations(app)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # We begin transactions ourselves: the driver's habit of beginning late oversells the last seat.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        is_writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


class NestedTransaction(RuntimeError):
    """A door opened a transaction inside another one: the outermost caller commits, nobody else."""


@contextmanager
def transaction(*, actor: str = "system") -> Iterator[Session]:
    """The one way to write: commits when the block ends, rolls back when it raises, refuses to nest.

    What was read before is forgotten, so that decisions inside rest on rows read inside. `actor` is who the facts
    written inside will name (see `kernel.facts`).
    """
    session: Session = db.session()
    if session.info.get(WRITING):
        raise NestedTransaction
    _end_reading(session)
    session.info[WRITING] = True
    session.info["actor"] = actor
    with _turn():
        yield from _write(session)


@contextmanager
def _turn() -> Iterator[None]:
    """On SQLite, wait for the other writers in line. Its own way of waiting sleeps and looks again, ever longer, while
    whoever comes just then goes first: with 64 people at the door that takes most of the time."""
    path = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if not path or path == ":memory:":
        yield
        return
    # Opened anew each time: a lock belongs to what was opened, and the system frees it when we die.
    with Path(f"{path}-turn").open("ab") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield


def _write(session: Session) -> Iterator[Session]:
    try:
        if not session.in_transaction():
            session.connection(execution_options={WRITING: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.clear()


class _EnoughSeen(Exception):
    """Ends a transaction that is only tried."""


def tried(work: Callable[[Session], T], *, actor: str) -> T:
    """What `work` gives, with nothing written: facts, mails and rows go back with it. Raises what `work` raises."""
    found: list[T] = []
    try:
        with transaction(actor=actor) as session:
            found.append(work(session))
            session.flush()
            raise _EnoughSeen
    except _EnoughSeen:
        return found[0]


def _end_reading(session: Session) -> None:
    """Forget what was read. SQLite must begin anew, to begin as a writer; PostgreSQL, where each statement sees what is
    committed (READ COMMITTED), goes on in the transaction that has only read, which spares two journeys."""
    is_clean = session.is_active and not (session.new or session.dirty or session.deleted)
    if not is_clean or db.engine.dialect.name == "sqlite":
        session.rollback()
    session.expire_all()


def reading() -> Session:
    """The session of this request or command, for reads."""
    return db.session()


def is_migrated(session: Session) -> bool:
    """Whether the database answers and stands at the newest migration that this code brings."""
    try:
        found = set(session.execute(text("SELECT version_num FROM alembic_version")).scalars())
    except SQLAlchemyError:
        session.rollback()
        return False
    return found == _newest_migrations()


@lru_cache(maxsize=1)
def _newest_migrations() -> set[str]:
    """Read from the files themselves: Alembic's own reader would load all of Alembic into every process."""
    texts = [file.read_text() for file in (ROOT / "migrations" / "versions").glob("*.py")]
    names = {found[1] for text in texts if (found := re.search(r"^revision\b.*?=\s*[\"'](\w+)", text, re.M))}
    older = {found[1] for text in texts if (found := re.search(r"^down_revision\b.*?=\s*[\"'](\w+)", text, re.M))}
    return names - older
