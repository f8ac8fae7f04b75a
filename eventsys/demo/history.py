"""How each event of the demo came about: announced, filled, moved, cancelled, held, through the doors that people use.

The clock of this process stands where the story is, so that facts, feeds and lists show a history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.demo import cast, placing
from eventsys.demo.crowd import Crowd
from eventsys.events.models import Event, MemberRole
from eventsys.events.queries import find_event
from eventsys.exchange.actions import import_file
from eventsys.exchange.opening import open_file
from eventsys.exchange.overrides import Overrides
from eventsys.kernel import clock
from eventsys.registration import actions as registration
from eventsys.registration.actions import listing
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Mode, Registration, State
from eventsys.registration.queries import questions_of, settings_of
from eventsys.registration.tables import ListedPerson


@dataclass
class Loading:
    """What a load knows while it goes on."""

    session: Session
    now: datetime
    users: dict[str, User]
    crowds: dict[str, Crowd] = field(default_factory=dict)

    @property
    def organiser(self) -> User:
        return self.users[cast.ORGANISER.email]

    def crowd(self, event: Event) -> Crowd:
        """Those who come to one event: each address once."""
        return self.crowds.setdefault(event.slug, Crowd(event.slug))


@dataclass(frozen=True, kw_only=True)
class Story:
    """One event: its file, who runs it, how many days before it was announced, and how many people ask for a place."""

    file: str
    announced: int
    onsite: int = 0
    online: int = 0
    leaving: int = 0
    owner: str = cast.ORGANISER.email
    has_door: bool = False
    then: Sequence[Callable[[Loading, Event], None]] = ()


def tell(loading: Loading, story: Story, document: dict[str, Any] | None = None) -> Event:
    """Announce the event and let people register; then what else happened to it."""
    document = document or placing.event_file(story.file)
    # What lies far ahead was announced in the last weeks, each on a day of its own.
    recent = loading.now - timedelta(days=18 + story.announced % 10, minutes=story.announced)
    announced_at = min(_start_of(document) - timedelta(days=story.announced), recent)
    event = announce(loading, document, at=announced_at, owner=loading.users[story.owner])
    _make_team(loading, event, story, at=announced_at + timedelta(minutes=20))
    until = min(loading.now, event.ends_at - timedelta(days=3))
    enter = bring_in if event.ends_at <= loading.now else fill
    enter(loading, event, onsite=story.onsite, online=story.online, since=announced_at, until=until)
    for leaver in of_state(loading, event, State.CONFIRMED)[2 : 2 + story.leaving]:
        registration.cancel(loading.session, leaver, now=until)
    for act in story.then:
        act(loading, event)
    return event


def announce(loading: Loading, document: dict[str, Any], *, at: datetime, owner: User | None = None) -> Event:
    """Bring an event file in, as `event import --publish` does; a draft stays one."""
    file = open_file(json.dumps(document).encode(), f"{document['slug']}.json")
    with clock.set_to(at):
        is_published = document["status"] == "published"
        import_file(loading.session, file, Overrides(), now=at, owner=owner, publish=is_published)
    event = find_event(loading.session, document["slug"])
    assert event is not None
    return event


def fill(
    loading: Loading, event: Event, *, onsite: int, online: int, since: datetime, until: datetime
) -> list[Registration]:
    """Let this many people register one after the other, in any order of the two modes."""
    # Held here, so that the session keeps them and each registration need not ask again.
    _held = settings_of(loading.session, event.id)
    entries = _entries(loading, event, onsite=onsite, online=online, since=since, until=until)
    return [registration.register(loading.session, event, entry, now=at) for at, entry in entries]


def bring_in(loading: Loading, event: Event, *, onsite: int, online: int, since: datetime, until: datetime) -> None:
    """The same as one list, which is much faster: what happened to each is told in less detail."""
    entries = _entries(loading, event, onsite=onsite, online=online, since=since, until=until)
    people = [
        ListedPerson(line=line, entry=replace(entry, registered_at=at), state=State.CONFIRMED)
        for line, (at, entry) in enumerate(entries, start=2)
    ]
    listing.bring_in(loading.session, event, people, now=until)


def _entries(
    loading: Loading, event: Event, *, onsite: int, online: int, since: datetime, until: datetime
) -> list[tuple[datetime, NewEntry]]:
    random, crowd = Random(f"{event.slug} {onsite} {online}"), loading.crowd(event)
    modes = [Mode.ONSITE] * onsite + [Mode.ONLINE] * online
    random.shuffle(modes)
    questions = questions_of(loading.session, event.id)
    entries = [crowd.entry(mode, questions, privacy_text=event.privacy_notice) for mode in modes]
    return list(zip(_instants(random, len(modes), since, until), entries, strict=True))


def _instants(random: Random, number: int, since: datetime, until: datetime) -> list[datetime]:
    """Most people register in the first days."""
    return sorted(since + (until - since) * random.random() ** 1.6 for _ in range(number))


def _start_of(document: dict[str, Any]) -> datetime:
    start = datetime.fromisoformat(placing.moved(document, timedelta(0))["starts_at"])
    return start


def _make_team(loading: Loading, event: Event, story: Story, *, at: datetime) -> None:
    owner = loading.users[story.owner]
    with clock.set_to(at):
        if story.owner != cast.ORGANISER.email:
            cast.put_on_team(loading.session, event, loading.organiser, MemberRole.EDITOR, by=owner, now=at)
        if story.has_door:
            door = loading.users[cast.DOOR.email]
            cast.put_on_team(loading.session, event, door, MemberRole.DOOR, by=owner, now=at)


def of_state(loading: Loading, event: Event, state: State) -> list[Registration]:
    """The registrations of an event that stand there, in the order in which they came."""
    found = select(Registration).where(Registration.event_id == event.id, Registration.state == state)
    return list(loading.session.scalars(found.order_by(Registration.registered_at, Registration.id)))
