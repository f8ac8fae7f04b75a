"""`eventsys serve` with one door more: through it a test empties the shelf of pages that the one before it filled.

Between tests all tables are emptied and ids begin anew, which never happens to a server in life: what it keeps by id
and version would be another test's page.
"""

from __future__ import annotations

import sys

from flask import Blueprint

from eventsys import factory
from eventsys.commandline import main
from eventsys.kernel.caching import shelf

FORGET = "/tests/forget"
bp = Blueprint("tests", __name__)


@bp.get(FORGET)
def forget() -> str:
    shelf.clear()
    return "forgotten"


if __name__ == "__main__":
    factory.DOORS += (bp,)
    sys.argv = ["eventsys", "serve", *sys.argv[1:]]
    sys.exit(main())
