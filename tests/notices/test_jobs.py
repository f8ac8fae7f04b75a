"""Who is registered learns of a cancelled or moved event: once, and what holds in the end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event, EventStatus
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.letters import Letter, find_maker
from eventsys.mailing.models import OutboxMessage
from eventsys.notices import actions, jobs
from eventsys.registration import actions as registration
from tests.factories import make_event
from tests.factories.registration import make_registration


def change(event: Event, **values: object) -> None:
    with transaction() as session:
        known = session.get_one(Event, event.id)
        for name, value in values.items():
            setattr(known, name, value)


def told(session: Session) -> list[tuple[str, int]]:
    session.rollback()
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.maker.startswith("notices.")).order_by(OutboxMessage.id)
    )
    return [(row.maker, row.arguments["registration_id"]) for row in rows]


def letters(session: Session) -> list[Letter | None]:
    session.rollback()
    session.expire_all()
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.maker.startswith("notices.")).order_by(OutboxMessage.id)
    ).all()
    found = []
    for row in rows:
        maker = find_maker(row.maker)
        assert maker is not None
        found.append(maker(session, row.arguments))
    return found


def run_until_done() -> None:
    while jobs.tell(clock.now()):
        pass


def test_a_cancelled_event_tells_everyone_living_once(session: Session) -> None:
    event = make_event(onsite=2)
    people = [make_registration(event) for _ in range(4)]
    make_registration(event, email=None, by_organiser=True)
    with transaction() as writing:
        registration.cancel(writing, people[3], now=clock.now())
    change(event, status=EventStatus.CANCELLED, status_note="The hall is flooded.")
    run_until_done()
    run_until_done()
    assert told(session) == [("notices.cancelled", one.id) for one in people[:3]]
    letter = letters(session)[0]
    assert letter is not None
    assert "The hall is flooded." in letter.text
    assert [part.media_type for part in letter.attachments] == ["text/calendar; method=CANCEL; charset=utf-8"]


def test_several_moves_are_told_once_with_what_holds_now(session: Session) -> None:
    event = make_event()
    bo = make_registration(event)
    change(event, venue_name="Old Town Hall")
    change(event, starts_at=event.starts_at + timedelta(hours=1))
    change(event, venue_name="Charlemagne Building")
    run_until_done()
    assert told(session) == [("notices.moved", bo.id)]
    letter = letters(session)[0]
    assert letter is not None
    assert ("Charlemagne Building" in letter.text, "Old Town Hall" in letter.text) == (True, False)
    assert b"SEQUENCE:3" in letter.attachments[0].body
    change(event, venue_name="BAO")
    run_until_done()
    assert len(told(session)) == 2


def test_who_registered_afterwards_knows_already(session: Session) -> None:
    event = make_event()
    change(event, venue_name="Old Town Hall")
    make_registration(event, now=clock.now() + timedelta(seconds=1))
    run_until_done()
    assert told(session) == []


def test_what_does_not_move_an_event_is_not_told(session: Session) -> None:
    event = make_event()
    make_registration(event)
    change(event, title="Another title", summary="New")
    run_until_done()
    assert told(session) == []


def test_a_move_of_an_event_cancelled_meanwhile_is_not_sent(session: Session) -> None:
    event = make_event()
    make_registration(event)
    change(event, venue_name="Old Town Hall")
    run_until_done()
    change(event, status=EventStatus.CANCELLED)
    run_until_done()
    assert [letter.subject if letter else None for letter in letters(session)] == [
        None, "Cancelled: Protecting public spaces",
    ]  # fmt: skip


def _go_on_and_die(fact_id: int, now: datetime) -> None:
    with transaction() as writing:
        actions.go_on(writing, fact_id, now=now, most=2)
        raise ZeroDivisionError


def test_a_killed_worker_is_continued_and_nobody_told_twice(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_event()
    people = [make_registration(event) for _ in range(5)]
    change(event, venue_name="Old Town Hall")
    now = clock.now()
    with transaction() as writing:
        actions.begin(writing, now=now)
    fact_id = actions.unfinished(session)[0]
    with transaction() as writing:
        assert actions.go_on(writing, fact_id, now=now, most=2) == 2
    with pytest.raises(ZeroDivisionError):
        _go_on_and_die(fact_id, now)
    run_until_done()
    assert told(session) == [("notices.moved", one.id) for one in people]
