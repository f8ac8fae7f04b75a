"""The clock's part in privacy: what is kept long enough is erased, event by event, batch by batch."""

from __future__ import annotations

from datetime import datetime

from eventsys.kernel.database import reading, transaction
from eventsys.kernel.work import is_stopping
from eventsys.privacy import actions, queries

# Other jobs of the worker wait meanwhile: after so many batches it looks at them, and comes back at once.
_BATCHES_A_LOOK = 20


def retention(now: datetime) -> int:
    """Erase what is due; returns how many rows. Safe to repeat, to run twice at once, to be killed."""
    done = batches = 0
    for event_id in queries.events_due(reading(), now):
        with transaction() as session:
            run_id = actions.begin(session, event_id, now=now)
        while batches < _BATCHES_A_LOOK and not is_stopping():
            with transaction() as session:
                erased = actions.go_on(session, run_id, now=now)
            batches += 1
            done += erased
            if not erased:
                break
        else:
            break
    return done
