"""`eventsys work` with one maker more: what a test puts into the outbox is written by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from eventsys import factory
from eventsys.mailing.letters import Letter
from tests import beside


def greeting(session: Session, arguments: dict[str, Any]) -> Letter:
    return Letter(to=arguments["to"], subject=arguments.get("subject", "Good morning"), text="Hello.\n")


def work(*words: str) -> None:
    factory.MAKERS["greeting"] = greeting
    beside.command("work", *words)
