"""An import tried: done in a transaction that ends as if it had never been, for dry runs and previews."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from eventsys.kernel.database import transaction

T = TypeVar("T")


class _EnoughSeen(Exception):
    """Ends the transaction."""


def tried(work: Callable[[Session], T], *, actor: str) -> T:
    """What `work` gives, with nothing written: facts, mails and rows go back with it. Raises what `work` raises."""
    found: list[T] = []
    try:
        with transaction(actor=actor) as session:
            found.append(work(session))
            session.flush()
            raise _EnoughSeen
    except _EnoughSeen:
        return found[0]
