"""What supervisors ask: is the process up, and can it serve?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from eventsys.kernel.database import transaction
from eventsys.site.views import health
from tests.counting import statements


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last", None)


@pytest.fixture
def other_migration(session: Session) -> Iterator[None]:
    before = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    with transaction() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    yield
    with transaction() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})


def test_up_asks_no_database(client: FlaskClient, session: Session) -> None:
    with statements() as found:
        assert client.get("/healthz").status_code == 200
    assert found == []


def test_ready_asks_the_database_once_a_second(client: FlaskClient, session: Session) -> None:
    with statements() as found:
        assert [client.get("/readyz").status_code for _ in range(5)] == [200] * 5
    assert len(found) == 1


@pytest.mark.usefixtures("other_migration")
def test_a_database_that_is_not_migrated_is_not_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, "eventsys db upgrade" in answer.text) == (503, True)
    assert client.get("/healthz").status_code == 200
