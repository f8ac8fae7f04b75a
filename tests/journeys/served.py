"""`eventsys serve` with one door more: through it a test waits until the server rests, and empties its shelf of pages.

Between tests all tables are emptied, which never happens to a server in life: what it keeps by id and version would be
another test's page, and a request under way would hold rows that are to go.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from eventsys import factory
from eventsys.commandline import main
from eventsys.kernel.caching import shelf

FORGET = "/tests/forget"
PATIENCE = 20
bp = Blueprint("tests", __name__)


class Counted:
    """A WSGI application and how many of its requests are under way."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.under_way = 0
        self.changed = threading.Condition()

    def __call__(self, *asked: Any) -> Iterable[bytes]:
        with self.changed:
            self.under_way += 1
        try:
            return self.application(*asked)
        finally:
            with self.changed:
                self.under_way -= 1
                self.changed.notify_all()

    def is_resting(self) -> bool:
        """Whether the one who asks is the only one, now or before patience ends."""
        with self.changed:
            return self.changed.wait_for(lambda: self.under_way == 1, PATIENCE)


@bp.record_once
def count(state: BlueprintSetupState) -> None:
    counted = Counted(state.app.wsgi_app)
    state.app.wsgi_app = counted  # type: ignore[method-assign]
    state.app.extensions["tests"] = counted


@bp.get(FORGET)
def forget() -> tuple[str, int]:
    if not current_app.extensions["tests"].is_resting():
        return "somebody is still being served", 503
    shelf.clear()
    return "forgotten", 200


if __name__ == "__main__":
    factory.DOORS += (bp,)
    sys.argv = ["eventsys", "serve", *sys.argv[1:]]
    sys.exit(main())
