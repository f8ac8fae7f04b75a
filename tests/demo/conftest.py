"""The demo community, loaded once for all tests that look at it, at a Thursday morning in Brussels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from eventsys.demo import actions
from eventsys.kernel import clock
from eventsys.kernel.caching import shelf
from eventsys.kernel.database import db, transaction
from tests.emptying import empty_all_tables

NOW = datetime(2026, 12, 3, 9, 40, tzinfo=UTC)


@pytest.fixture(scope="package")
def demo(_migrated_app: Flask) -> Iterator[Flask]:
    """The app over the demo community; its clock begins at NOW. Tests leave the rows as they are."""
    with clock.set_to(NOW):
        with _migrated_app.app_context():
            with transaction() as session:
                actions.load(session, now=NOW)
            db.session.remove()
        yield _migrated_app
        with _migrated_app.app_context():
            db.session.remove()
            empty_all_tables(db.engine)
        shelf.clear()
