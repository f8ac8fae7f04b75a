"""What the clock tidies up: links to choose a password that ended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from eventsys.accounts.models import PasswordLink
from eventsys.kernel.database import transaction

# Long enough to see that a link was used or came too late.
_KEPT = timedelta(days=30)


def forget_ended_links(now: datetime) -> int:
    """Drop links that ended a month ago; returns 0, since this makes no other work."""
    with transaction() as session:
        session.execute(delete(PasswordLink).where(PasswordLink.expires_at < now - _KEPT))
    return 0
