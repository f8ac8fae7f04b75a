"""Rows for tests, made with what a test does not care about already filled in. Each opens its own transaction."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from eventsys.accounts.models import User
from eventsys.agenda.models import AgendaSession, Person, Room
from eventsys.community.models import Theme
from eventsys.events.models import Event, EventStatus, MemberRole, Membership
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import RegistrationSettings, SeatPool

# A Thursday and Friday in Brussels' winter time, as the contract's example.
STARTS_AT = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
ENDS_AT = datetime(2026, 12, 4, 16, 30, tzinfo=UTC)


def make_event(
    *,
    owner: User | None = None,
    editor: User | None = None,
    door: User | None = None,
    themes: tuple[str, ...] = (),
    onsite: int | None = None,
    online: int | None = 0,
    waiting_list: str = "automatic",
    has_approval: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    **values: Any,
) -> Event:
    """A published workshop in Brussels with seat pools (`onsite` unlimited, `online` not offered unless given)."""
    now = clock.now()
    values.setdefault("slug", f"workshop-{uuid.uuid4().hex[:8]}")
    defaults: dict[str, Any] = {
        "uid": uuid.uuid4().hex,
        "kind": "workshop",
        "status": EventStatus.PUBLISHED,
        "title": "Protecting public spaces",
        "timezone": "Europe/Brussels",
        "starts_at": STARTS_AT,
        "ends_at": ENDS_AT,
        "venue_name": "BAO Congress Centre",
        "venue_city": "Brussels",
        "venue_country": "BE",
        "created_at": now,
        "updated_at": now,
        "published_at": now,
    }
    with transaction() as session:
        event = Event(**(defaults | values))
        event.themes = [Theme(key=key.lower(), name=key) for key in themes]
        session.add(event)
        session.flush()
        for user, role in ((owner, MemberRole.OWNER), (editor, MemberRole.EDITOR), (door, MemberRole.DOOR)):
            if user is not None:
                session.add(Membership(event_id=event.id, user_id=user.id, role=role, created_at=now))
        session.add(
            RegistrationSettings(
                event_id=event.id,
                waiting_list=waiting_list,
                has_approval=has_approval,
                opens_at=opens_at,
                closes_at=closes_at,
            )
        )
        for mode, seats in (("onsite", onsite), ("online", online)):
            session.add(SeatPool(event_id=event.id, key=mode, mode=mode, seats=seats))
    return event


def make_room(event: Event, name: str = "Plenary hall", **values: Any) -> Room:
    """A room of an event; its key comes from its name."""
    values.setdefault("key", name.lower().replace(" ", "-"))
    with transaction() as session:
        room = Room(event_id=event.id, name=name, **values)
        session.add(room)
    return room


def make_session(event: Event, title: str = "Project results", **values: Any) -> AgendaSession:
    """A confirmed session of one hour, one hour after the event starts."""
    now = clock.now()
    key = uuid.uuid4().hex[:10]
    start = values.setdefault("starts_at", event.starts_at + timedelta(hours=1))
    defaults = {"key": key, "uid": uuid.uuid4().hex, "kind": "talks", "ends_at": start + timedelta(hours=1),
                "created_at": now, "updated_at": now}  # fmt: skip
    with transaction() as session:
        entry = AgendaSession(event_id=event.id, title=title, **(defaults | values))
        session.add(entry)
    return entry


def make_person(event: Event, name: str = "Ioanna Papadaki", **values: Any) -> Person:
    """Someone in the programme."""
    values.setdefault("key", uuid.uuid4().hex[:8])
    with transaction() as session:
        person = Person(event_id=event.id, name=name, **values)
        session.add(person)
    return person
