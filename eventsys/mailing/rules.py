"""When a message is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

# How long a worker holds what it took; the messages of a crashed one wait this long.
LEASE = timedelta(seconds=60)
# No message is begun with less of the lease left: a slow mail server must not outlast it.
TIME_FOR_ONE = timedelta(seconds=50)
BATCH = 20

_MINUTES = (1, 5, 30, 120)
_THEN = 360
# The pauses above and eleven times six hours: nearly three days.
MOST_TRIES = 16


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after this many tries (counted from 1); None when it is time to give up."""
    if tries >= MOST_TRIES:
        return None
    return timedelta(minutes=_MINUTES[tries - 1] if 1 <= tries <= len(_MINUTES) else _THEN)
