"""Sessions, rooms and people as organisers change them: keys, orders, ids that stay, and what is counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda import actions
from eventsys.agenda.actions import TalkEntry
from eventsys.agenda.errors import ColourUnknown, KeyTaken, LinkMalformed, RoleTwice, SamePerson, SessionNotRemovable
from eventsys.agenda.models import AgendaSession, Person, Room, SessionRole, Talk, TalkRole
from eventsys.events.errors import EndsBeforeStart, ValueUnknown
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.kernel.facts import Fact
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session

HOUR = timedelta(hours=1)


def fresh(entry: AgendaSession) -> AgendaSession:
    session = db.session()
    session.expire_all()
    return session.get_one(AgendaSession, entry.id)


def version_of(event: Event) -> int:
    session = db.session()
    session.rollback()
    return session.scalars(select(Event.version).where(Event.id == event.id)).one()


def add(event: Event, title: str, start: datetime = STARTS_AT, **values: Any) -> AgendaSession:
    with transaction() as session:
        found = session.get_one(Event, event.id)
        times = {"starts_at": start, "ends_at": start + HOUR}
        return actions.add_session(session, found, title=title, now=clock.now(), **(times | values))


def test_keys_come_from_titles_and_never_twice(session: Session) -> None:
    event, other = make_event(), make_event()
    keys = [add(event, title).key for title in ("Coffee break", "Coffee break", "Café!", "Καφές", "!!!", "!!!")]
    assert keys == ["coffee-break", "coffee-break-2", "cafe", "kafes", "session", "session-2"]
    assert add(other, "Coffee break").key == "coffee-break"


def test_a_key_that_a_file_gives_is_kept_or_refused(session: Session) -> None:
    event = make_event()
    assert add(event, "Opening", key="S1.a_b-2").key == "S1.a_b-2"
    with pytest.raises(KeyTaken):
        add(event, "Closing", key="S1.a_b-2")


@pytest.mark.parametrize(
    ("values", "refusal"),
    [({"ends_at": STARTS_AT}, EndsBeforeStart), ({"kind": "party"}, ValueUnknown), ({"status": "gone"}, ValueUnknown)],
)
def test_an_impossible_session_is_refused(session: Session, values: dict[str, Any], refusal: type) -> None:
    event = make_event()
    with pytest.raises(refusal):
        add(event, "Opening", **values)
    assert session.scalar(select(AgendaSession)) is None


def test_moving_and_cancelling_count_and_retelling_does_not(session: Session) -> None:
    event = make_event()
    room = make_room(event)
    entry = add(event, "Panel")

    def changed(**values: Any) -> tuple[int, int]:
        before = version_of(event)
        with transaction() as writing:
            if "room" in values:
                values["room"] = writing.get_one(Room, room.id)
            actions.update_session(writing, writing.get_one(AgendaSession, entry.id), **values)
        return fresh(entry).sequence, version_of(event) - before

    assert changed(abstract="What we found.") == (0, 1)
    assert changed(starts_at=STARTS_AT + HOUR / 2) == (1, 1)
    assert changed(room=room) == (2, 1)
    assert changed(room=room) == (2, 0)
    assert changed(status="cancelled") == (3, 1)
    told = session.scalars(select(Fact.kind).where(Fact.subject == "session").order_by(Fact.id)).all()
    assert told == ["agenda.session_moved", "agenda.session_moved", "agenda.session_cancelled"]


def test_people_and_talks_that_stay_keep_their_rows(session: Session) -> None:
    event = make_event()
    ada, bo, cyd = (make_person(event, name) for name in ("Ada", "Bo", "Cyd"))
    entry = add(event, "Results", kind="talks")

    def arrange(people: list[tuple[Person, str]], talks: list[TalkEntry]) -> int:
        before = version_of(event)
        with transaction() as writing:
            found = writing.get_one(AgendaSession, entry.id)
            merged = [(writing.get_one(Person, person.id), role) for person, role in people]
            actions.set_session_people(writing, found, merged)
            actions.set_talks(writing, found, talks)
        return version_of(event) - before

    one = TalkEntry("STARLIGHT", minutes=12, project="STARLIGHT")
    two = TalkEntry("Anti-FinTer", minutes=10)
    assert arrange([(ada, "chair"), (bo, "panellist")], [one, two]) == 1
    rows = {role.person_id: role.id for role in session.scalars(select(SessionRole))}
    talks = {talk.key: talk.id for talk in session.scalars(select(Talk))}
    assert arrange([(ada, "chair"), (bo, "panellist")], [one, two]) == 0
    assert arrange([(bo, "panellist"), (cyd, "host"), (ada, "chair")], [two, one]) == 1
    found = fresh(entry)
    assert [(role.person.name, role.role) for role in found.roles] == [
        ("Bo", "panellist"), ("Cyd", "host"), ("Ada", "chair"),
    ]  # fmt: skip
    assert [talk.key for talk in found.talks] == ["anti-finter", "starlight"]
    assert {role.person_id: role.id for role in found.roles if role.person_id in rows} == rows
    assert {talk.key: talk.id for talk in found.talks} == talks
    assert arrange([], []) == 1
    assert (fresh(entry).roles, fresh(entry).talks) == ([], [])


def test_nobody_has_one_role_twice(session: Session) -> None:
    event = make_event()
    ada = make_person(event, "Ada")
    entry = add(event, "Panel")
    with transaction() as writing:
        found, person = writing.get_one(AgendaSession, entry.id), writing.get_one(Person, ada.id)
        with pytest.raises(RoleTwice) as refusal:
            actions.set_session_people(writing, found, [(person, "chair"), (person, "chair")])
    assert str(refusal.value) == "Ada has the same role here twice."


def test_a_session_the_public_saw_is_cancelled_and_not_removed(session: Session) -> None:
    event = make_event()
    entry = add(event, "Panel")
    with transaction() as writing, pytest.raises(SessionNotRemovable):
        actions.remove_session(writing, writing.get_one(Event, event.id), writing.get_one(AgendaSession, entry.id))
    draft = make_event(status="draft", published_at=None)
    entry = add(draft, "Panel")
    with transaction() as writing:
        actions.remove_session(writing, writing.get_one(Event, draft.id), writing.get_one(AgendaSession, entry.id))
    assert session.scalars(select(AgendaSession.event_id)).all() == [event.id]


def test_a_copy_has_the_people_and_talks_and_its_own_name_for_calendars(session: Session) -> None:
    event = make_event()
    ada = make_person(event, "Ada")
    entry = add(event, "Results")
    with transaction() as writing:
        found, person = writing.get_one(AgendaSession, entry.id), writing.get_one(Person, ada.id)
        actions.set_session_people(writing, found, [(person, "chair")])
        actions.set_talks(writing, found, [TalkEntry("STARLIGHT", people=[(person, "presenter")])])
        copy = actions.duplicate_session(writing, found, title="Results, again", now=clock.now())
    copy = fresh(copy)
    assert (copy.key, copy.status, copy.starts_at) == ("results-again", "tentative", STARTS_AT)
    assert copy.uid != entry.uid
    assert [(role.person.name, role.role) for role in copy.roles] == [("Ada", "chair")]
    assert [(talk.key, talk.roles[0].person.name) for talk in copy.talks] == [("starlight", "Ada")]


def test_a_room_that_goes_leaves_its_sessions_and_calendars_learn_it(session: Session) -> None:
    event = make_event()
    room = make_room(event)
    entry = make_session(event, room_id=room.id)
    with transaction() as writing:
        actions.remove_room(writing, writing.get_one(Room, room.id))
    found = fresh(entry)
    assert (found.room_id, found.sequence) == (None, 1)
    assert session.scalar(select(Room)) is None


def test_two_entries_of_one_person_become_one(session: Session) -> None:
    event = make_event()
    kept = make_person(event, "Ioanna Papadaki", affiliation="KEMEA", links=["https://a.example"])
    merged = make_person(event, "I. Papadaki", email="ioanna@example.org", links=["https://b.example"])
    one, two = add(event, "One"), add(event, "Two")
    with transaction() as writing:
        person, other = writing.get_one(Person, kept.id), writing.get_one(Person, merged.id)
        first, second = writing.get_one(AgendaSession, one.id), writing.get_one(AgendaSession, two.id)
        actions.set_session_people(writing, first, [(person, "chair"), (other, "chair"), (other, "host")])
        actions.set_talks(writing, second, [TalkEntry("Talk", people=[(other, "presenter")])])
        actions.merge_people(writing, kept=person, merged=other, now=clock.now())
    found = session.scalars(select(Person)).all()
    assert [(row.name, row.affiliation, row.email, row.links) for row in found] == [
        ("Ioanna Papadaki", "KEMEA", "ioanna@example.org", ["https://a.example", "https://b.example"])
    ]
    assert sorted(session.scalars(select(SessionRole.role))) == ["chair", "host"]
    assert session.scalars(select(TalkRole.person_id)).all() == [kept.id]
    with transaction() as writing:
        person = writing.get_one(Person, kept.id)
        with pytest.raises(SamePerson):
            actions.merge_people(writing, kept=person, merged=person, now=clock.now())


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://x", "https://", "https://a b", "//x"]
)
def test_only_web_addresses_become_links(session: Session, link: str) -> None:
    event = make_event()
    with transaction() as writing, pytest.raises(LinkMalformed):
        actions.add_person(writing, writing.get_one(Event, event.id), name="Ada", links=[link])


def test_a_colour_is_a_colour(session: Session) -> None:
    event = make_event()
    with transaction() as writing:
        track = actions.add_track(writing, writing.get_one(Event, event.id), name="FCT", colour="#0B5394")
    assert (track.key, track.colour) == ("fct", "#0b5394")
    with transaction() as writing, pytest.raises(ColourUnknown):
        actions.add_track(writing, writing.get_one(Event, event.id), name="BM", colour="red;}")
