"""A real mail server, and the app of the tests sending to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from eventsys.mailing.letters import use_makers
from eventsys.mailing.sending import set_up_mail
from tests.mailing.mailmen import Mailbox, start_server, use_server
from tests.mailing.worker import greeting


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A server that takes everything until a test says otherwise."""
    found = Mailbox()
    server = start_server(found)
    found.url = f"smtp://127.0.0.1:{server.port}"  # type: ignore[attr-defined]
    yield found
    server.stop()


@pytest.fixture
def posting(app: Flask, session: Session, mailbox: Mailbox) -> Iterator[Flask]:
    """The app of the tests, sending to that server."""
    kept, makers = app.config["SETTINGS"], app.extensions["eventsys.makers"]
    use_server(app, mailbox.url)  # type: ignore[attr-defined]
    use_makers(app, {"greeting": greeting})
    yield app
    app.config["SETTINGS"] = kept
    set_up_mail(app, kept)
    use_makers(app, makers)
