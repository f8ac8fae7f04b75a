"""Organisations for tests, made through the action that everybody uses."""

from __future__ import annotations

from typing import Any

from eventsys.community import actions
from eventsys.community.actions import OrganisationValues
from eventsys.community.models import Organisation
from eventsys.kernel import clock
from eventsys.kernel.database import transaction


def make_organisation(name: str = "Weserland University", **values: Any) -> Organisation:
    """A listed entry of the directory."""
    with transaction() as session:
        return actions.add_organisation(session, OrganisationValues(name=name, **values), now=clock.now())
