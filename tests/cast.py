"""The people of the tests: Ada organises, Bo attends, Cyd is a stranger, Dee stands at the door, Eve administers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from eventsys.accounts.models import Role, User
from eventsys.kernel import clock
from eventsys.kernel.database import transaction

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Cast:
    """Accounts by first name. Bo and Cyd have none: Bo is known by a registration, Cyd by nothing."""

    app: Flask
    ada: User
    """An organiser. Tests make her the owner of the event by `make_event(owner=cast.ada)`."""
    al: User
    """Another organiser, who has nothing to do with Ada's events."""
    dee: User
    """Door staff; of an event where `make_event(door=cast.dee)`."""
    eve: User
    """An administrator."""

    def browser_of(self, user: User) -> FlaskClient:
        """A browser in which this user is signed in."""
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = user.get_id()
            cookie["_fresh"] = True
        return client


def join_cast(app: Flask) -> Cast:
    users = {
        name: User(
            email=f"{name.lower()}@example.org",
            name=name,
            role=role,
            password_hash=None,
            stamp=name.lower(),
            created_at=clock.now(),
        )
        for name, role in (
            ("Ada", Role.ORGANISER), ("Al", Role.ORGANISER), ("Dee", Role.DOOR), ("Eve", Role.ADMINISTRATOR)
        )
    }  # fmt: skip
    with transaction() as session:
        session.add_all(users.values())
    return Cast(app, ada=users["Ada"], al=users["Al"], dee=users["Dee"], eve=users["Eve"])
