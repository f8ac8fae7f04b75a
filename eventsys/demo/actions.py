"""The demo community comes into an empty installation, once; later only its event of today is moved."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eventsys.demo import cast, directory, placing, today
from eventsys.demo.errors import InstallationInUse
from eventsys.demo.history import Loading, Story, tell
from eventsys.demo.moving import bring_to_now
from eventsys.demo.stories import COMING, PAST, RECENT
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.facts import Fact, record
from eventsys.mailing.models import OutboxMessage

LOADED = "demo.loaded"


def find_loading(session: Session) -> Fact | None:
    """That the demo was loaded into this installation; the fact names its event of today, however it is called now."""
    return session.scalar(select(Fact).where(Fact.kind == LOADED).limit(1))


def event_of_today(session: Session) -> Event | None:
    """The workshop that is moved to today, unless somebody removed it."""
    loading = find_loading(session)
    return session.get(Event, loading.event_id) if loading is not None else None


def load(session: Session, *, now: datetime) -> bool:
    """Load the demo community into an empty installation; where it is already, move its event of today to `now`.

    Returns whether anything was written. Raises InstallationInUse.
    """
    if find_loading(session) is not None:
        event = event_of_today(session)
        return event is not None and bring_to_now(session, event, now=now)
    if session.scalar(select(Event.id).limit(1)) is not None or cast.are_here(session):
        raise InstallationInUse
    last_mail = session.scalar(select(func.max(OutboxMessage.id))) or 0
    with clock.set_to(_begin()):
        loading = Loading(session, now, cast.join(session, now=clock.now()))
    for story in PAST:
        tell(loading, story)
    for story in RECENT:
        _tell_moved(loading, story)
    event = today.hold(loading)
    for story in COMING:
        _tell_moved(loading, story)
    directory.fill(session, now=now)
    # All of it is history that these people know: nobody is written to.
    session.execute(delete(OutboxMessage).where(OutboxMessage.id > last_mail))
    record(session, LOADED, at=now, subject="event", subject_id=event.id, event_id=event.id, actor="system")
    return True


def _tell_moved(loading: Loading, story: Story) -> None:
    document = placing.event_file(story.file)
    weeks = placing.whole_weeks_since_written(loading.now.date())
    tell(loading, story, placing.moved(document, weeks))


def _begin() -> datetime:
    """When the first account was made: before the first event was announced."""
    document = placing.event_file(PAST[0].file)
    return datetime.fromisoformat(placing.moved(document, timedelta(days=-60))["starts_at"])
