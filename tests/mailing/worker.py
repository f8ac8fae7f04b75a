"""`eventsys work` with one maker more: what a test puts into the outbox is written by it."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy.orm import Session

from eventsys import factory
from eventsys.commandline import main
from eventsys.mailing.letters import Letter


def greeting(session: Session, arguments: dict[str, Any]) -> Letter:
    return Letter(to=arguments["to"], subject=arguments.get("subject", "Good morning"), text="Hello.\n")


if __name__ == "__main__":
    factory.MAKERS["greeting"] = greeting
    sys.argv = ["eventsys", "work", *sys.argv[1:]]
    sys.exit(main())
