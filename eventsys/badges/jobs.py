"""What the worker looks after: pictures that no design shows any more."""

from __future__ import annotations

from datetime import datetime

from eventsys.badges import pictures, queries
from eventsys.kernel.database import reading


def remove_orphans(now: datetime) -> int:
    """Remove pictures that were never saved with a design, or whose design or event is gone."""
    return pictures.remove_orphans(queries.pictures_named(reading()), now=now)
