"""Migrations run on a filled database, forward and back, and end where the models are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Connection, create_engine, inspect, text

from eventsys.checkin.models import Admission, Device, Point, Scan
from eventsys.checkin.rules import EVER
from eventsys.factory import create_app
from eventsys.kernel.database import Base, db, transaction
from eventsys.settings import read_settings
from tests.factories import make_event, make_room, make_session
from tests.factories.checkin import make_ticket


@pytest.fixture
def fresh_app(environment: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """An app over a database of its own, without any table."""
    url = environment["EVENTSYS_DATABASE_URL"]
    name = f"eventsys_migrated_{uuid.uuid4().hex[:10]}"
    if url.startswith("sqlite"):
        fresh = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    else:
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        fresh = admin.url.set(database=name).render_as_string(hide_password=False)
    app = create_app(read_settings({**environment, "EVENTSYS_DATABASE_URL": fresh}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if not url.startswith("sqlite"):
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


def test_the_migrations_make_what_the_models_say(fresh_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def checks(connection: Connection) -> dict[str, set[str | None]]:
    looked = inspect(connection)
    names = [name for name in looked.get_table_names() if name != "alembic_version"]
    return {name: {check["name"] for check in looked.get_check_constraints(name)} for name in names}


def test_no_constraint_is_lost_on_the_way(fresh_app: Flask) -> None:
    """Autogenerate compares no CHECK constraints, and SQLite rebuilds tables when they change."""
    upgrade()
    with db.engine.connect() as connection:
        migrated = checks(connection)
    declared = {
        table.name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for table in Base.metadata.sorted_tables
    }
    assert migrated == declared


def test_each_migration_goes_back_and_forth_on_a_filled_database_and_loses_no_row(fresh_app: Flask) -> None:
    upgrade()
    event = make_event(themes=("FCT",), onsite=5)
    room = make_room(event)
    make_session(event, room_id=room.id)
    before = rows()
    versions = sorted(Path(fresh_app.root_path, "..", "migrations", "versions").glob("*.py"))
    for _version in versions[1:]:
        downgrade()
    for _version in versions[1:]:
        upgrade()
    assert rows() == before


def test_who_was_given_something_once_was_there_on_a_day_before_points_knew_once(fresh_app: Flask) -> None:
    upgrade()
    event = make_event(timezone="Pacific/Auckland")
    ticket = make_ticket(event)
    at = datetime(2026, 12, 3, 20, 0, tzinfo=UTC)
    with transaction() as session:
        device = Device(event_id=event.id, name="Desk", token_hash="x", created_at=at, expires_at=at)
        session.add_all([device, Point(event_id=event.id, key="lunch", name="Lunch", kind="item", repeats="once")])
        session.flush()
        values = {"event_id": event.id, "registration_id": ticket.registration_id, "point_key": "lunch"}
        scan = Scan(
            **values, scan_id="1", device_id=device.id, direction="in", at=at, received_at=at, outcome="admitted",
            answer={"first": None},
        )  # fmt: skip
        session.add(scan)
        session.flush()
        session.add(Admission(**values, day=EVER, first_at=at, last_at=at, first_scan_id=scan.id))
    db.session.remove()
    downgrade()
    with db.engine.connect() as connection:
        assert str(connection.execute(text("SELECT day FROM admission")).scalar_one()) == "2026-12-04"
    upgrade()


def test_everything_goes_back_to_nothing_and_comes_again(fresh_app: Flask) -> None:
    upgrade()
    make_event(themes=("FCT",), onsite=5)
    db.session.remove()
    downgrade(revision="base")
    assert rows() == {}
    upgrade()
    assert set(rows().values()) == {0}


def test_an_address_that_stands_twice_is_refused_by_the_database(fresh_app: Flask) -> None:
    upgrade()
    make_event(slug="once")
    with pytest.raises(Exception, match=r"(?i)unique"):
        make_event(slug="once")
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM event")).scalar_one() == 1
