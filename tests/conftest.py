"""A real database for every test: SQLite, or PostgreSQL with `--db=postgresql`; the schema is made by migrations."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from eventsys.factory import create_app
from eventsys.kernel.caching import shelf
from eventsys.kernel.database import db
from eventsys.settings import read_settings
from tests.cast import Cast, join_cast
from tests.emptying import empty_all_tables
from tests.postgresql import server_url
from tests.second_database import asked_again


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgresql"), default="sqlite", help="the database of the tests")
    parser.addoption("--database-only", action="store_true", help="leave out what does not depend on a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        kept = asked_again(items)
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def pytest_configure(config: pytest.Config) -> None:
    """Find or start the server before pytest-xdist starts its processes: they inherit it through the environment."""
    if config.getoption("--db") == "postgresql" and not hasattr(config, "workerinput"):
        server_url()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[str]:
    """The URL of an empty database of this test process alone."""
    if request.config.getoption("--db") == "sqlite":
        yield f"sqlite:///{data_dir / 'tests.sqlite3'}"
        return
    server = server_url()
    if server is None:
        message = "no PostgreSQL server is here: install postgresql, or name one in EVENTSYS_TEST_POSTGRESQL"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    name = f"eventsys_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        # A test may lose its data with the machine, so no commit need wait for the disk.
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET jit = off'))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def environment(data_dir: Path, database_url: str) -> dict[str, str]:
    """The settings of the app under test, also for commands and servers run beside it."""
    return {
        "EVENTSYS_DATABASE_URL": database_url,
        "EVENTSYS_DATA_DIR": str(data_dir),
        "EVENTSYS_SECRET_KEY": "a key for tests that is long enough to be taken",
        "EVENTSYS_BASE_URL": "http://127.0.0.1:8000",
        "EVENTSYS_RATE_LIMITS": "off",
        "EVENTSYS_TESTING": "1",
    }


class Browser(FlaskClient):
    """Asks as from outside: an app context of the test would lend the request its `g`, and with it who is signed in."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = Context().run(super().open, *args, **kwargs)
        if has_app_context():
            # What the request wrote is seen by the test's next look.
            db.session.rollback()
            db.session.expire_all()
        return answer


@pytest.fixture(scope="session")
def _migrated_app(environment: dict[str, str]) -> Iterator[Flask]:
    app = create_app(read_settings(environment))
    app.test_client_class = Browser
    app.config.update(TESTING=True, PROPAGATE_ERRORS=True)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_migrated_app: Flask) -> Iterator[Flask]:
    """The app over an empty, migrated database."""
    yield _migrated_app
    with _migrated_app.app_context():
        db.session.remove()
        empty_all_tables(db.engine)
    shelf.clear()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside an app context, for arranging and for looking."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without script."""
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Ada organises, Bo attends, Cyd is a stranger, Dee stands at the door, Eve administers."""
    with app.app_context():
        return join_cast(app)
