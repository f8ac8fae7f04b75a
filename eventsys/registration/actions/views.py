"""Views of the table kept under a name, for oneself or for all who organise the event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.registration.errors import NameMissing, ViewTooLong, ViewUnknown
from eventsys.registration.models import SavedView

_MOST = 2000


def save_view(
    session: Session, event_id: int, user_id: int, name: str, query: str, *, is_shared: bool, now: datetime
) -> SavedView:
    """Keep a search under a name; one's own view of that name becomes this one. Raises NameMissing, ViewTooLong."""
    if not name:
        raise NameMissing(field="name")
    if len(query) > _MOST:
        raise ViewTooLong
    known = session.scalar(
        select(SavedView).where(SavedView.event_id == event_id, SavedView.user_id == user_id, SavedView.name == name)
    )
    view = known or SavedView(event_id=event_id, user_id=user_id, name=name, created_at=now)
    view.query, view.is_shared = query, is_shared
    session.add(view)
    session.flush()
    return view


def remove_view(session: Session, event_id: int, user_id: int, view_id: int) -> SavedView:
    """Take one's own view away. Raises ViewUnknown, also for those of others."""
    view = session.get(SavedView, view_id)
    if view is None or (view.event_id, view.user_id) != (event_id, user_id):
        raise ViewUnknown
    session.delete(view)
    session.flush()
    return view
