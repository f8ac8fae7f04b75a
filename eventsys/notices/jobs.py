"""The clock's part in notices: looks for what happened, and tells it batch by batch."""

from __future__ import annotations

from datetime import datetime

from eventsys.kernel.database import reading, transaction
from eventsys.notices import actions


def tell(now: datetime) -> int:
    """Tell everyone registered about cancelled and moved events; safe to repeat, to run twice, to be killed."""
    with transaction() as session:
        done = actions.begin(session, now=now)
    for fact_id in actions.unfinished(reading()):
        while True:
            with transaction() as session:
                told = actions.go_on(session, fact_id, now=now)
            done += told
            if not told:
                break
    return done
