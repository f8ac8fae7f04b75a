"""Where the demo community is not loaded."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from eventsys.demo import actions
from eventsys.demo.errors import InstallationInUse
from eventsys.events.models import Event
from eventsys.kernel.database import reading, transaction
from tests.demo.conftest import NOW
from tests.factories import make_event


def test_the_demo_never_joins_the_events_of_others(app: Flask) -> None:
    with app.app_context():
        make_event(slug="ours")
        with pytest.raises(InstallationInUse), transaction() as session:
            actions.load(session, now=NOW)
        assert reading().scalars(select(Event.slug)).all() == ["ours"]
