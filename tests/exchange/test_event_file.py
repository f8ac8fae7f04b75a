# ruff: noqa: E501  Sentences are told whole.
"""The event file: what it says arrives, what it lacks is withdrawn, and nothing else moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Person, Room, SessionStatus, Talk, Track
from eventsys.events.actions import rename_slug
from eventsys.events.models import Event
from eventsys.events.queries import find_event
from eventsys.kernel.database import Base, transaction
from eventsys.kernel.facts import Fact
from eventsys.kernel.tables import FileRefused
from eventsys.registration.models import Question, RegistrationSettings, SeatPool
from eventsys.streams.models import Stream
from tests.factories import make_event
from tests.factories.exchange import as_json, bring, example, taken_out

pytestmark = pytest.mark.usefixtures("session")


def the_event(session: Session, slug: str = "ceris-fct-2026") -> Event:
    session.rollback()
    session.expire_all()
    event = find_event(session, slug)
    assert event is not None
    return event


def the_session(session: Session, key: str) -> AgendaSession:
    session.rollback()
    session.expire_all()
    return session.scalars(select(AgendaSession).where(AgendaSession.key == key)).one()


def rows(session: Session, *models: type[Base]) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def test_all_that_the_example_says_arrives(session: Session) -> None:
    summary = bring(example())
    event = the_event(session)
    assert (event.title, event.kind, event.venue_country) == ("FCT projects meet practice", "workshop", "BE")
    assert (event.starts_at, event.ends_at) == (
        datetime(2026, 12, 3, 8, tzinfo=UTC), datetime(2026, 12, 4, 16, 30, tzinfo=UTC)
    )  # fmt: skip
    assert [theme.name for theme in event.themes] == ["FCT"]
    assert (event.privacy_controller, event.organisers, event.contact) == ("DG HOME", ["DG HOME"], "desk@example.org")
    one = the_session(session, "s1")
    assert (one.room and one.room.name, one.track and one.track.colour, one.kind) == ("Room A", "#0b5394", "panel")
    assert [(role.person.name, role.role) for role in one.roles] == [("Ioanna Papadaki", "chair")]
    talk = one.talks[0]
    assert (talk.key, talk.minutes, talk.project, [r.person.key for r in talk.roles]) == ("t1", 12, "STARLIGHT", ["p2"])
    assert rows(session, Room, Track, Person, AgendaSession, Talk, Stream, Question) == [2, 1, 2, 2, 1, 2, 1]
    pools = {pool.mode: pool.seats for pool in session.scalars(select(SeatPool))}
    assert pools == {"onsite": 50, "online": None}
    form = session.scalars(select(RegistrationSettings)).one()
    assert (form.waiting_list, form.has_approval, form.closes_at) == (
        "automatic", False, datetime(2026, 12, 1, 17, tzinfo=UTC)
    )  # fmt: skip
    assert str(summary.sessions) == "2 added, 0 updated, 0 withdrawn, 0 unchanged"


def test_the_status_changes_only_when_asked_to(session: Session) -> None:
    summary = bring(example())
    assert the_event(session).status == "draft"
    assert summary.notes == ["the file says “published”; the status stays “draft”"]
    bring(example(status="draft"), publish=True)
    assert the_event(session).status == "published"
    bring(example(status="draft"))
    assert the_event(session).status == "published"
    bring(example(status="cancelled", status_note="Snow"), publish=True)
    event = the_event(session)
    assert (event.status, event.status_note) == ("cancelled", "Snow")


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    bring(example(), publish=True)
    before = (the_event(session).version, the_event(session).sequence, the_event(session).updated_at)
    stamps = [(entry.sequence, entry.updated_at) for entry in session.scalars(select(AgendaSession))]
    facts = rows(session, Fact)
    summary = bring(example(), publish=True)
    event = the_event(session)
    assert not summary.has_changed
    assert str(summary.sessions) == "0 added, 0 updated, 0 withdrawn, 2 unchanged"
    assert (event.version, event.sequence, event.updated_at) == before
    assert [(entry.sequence, entry.updated_at) for entry in session.scalars(select(AgendaSession))] == stamps
    assert rows(session, Fact) == facts


def test_a_newer_file_adds_updates_and_withdraws(session: Session) -> None:
    bring(example(), publish=True)
    newer = example()
    newer["sessions"][0] |= {"starts_at": "2026-12-03T10:30", "people": [{"person": "p2", "role": "moderator"}]}
    newer["sessions"][1] = {"key": "s3", "title": "Closing", "starts_at": "2026-12-04T17:00",
                            "ends_at": "2026-12-04T17:30"}  # fmt: skip
    summary = bring(newer)
    assert str(summary.sessions) == "1 added, 1 updated, 1 withdrawn, 0 unchanged"
    moved, gone = the_session(session, "s1"), the_session(session, "s2")
    assert (moved.sequence, moved.starts_at) == (1, datetime(2026, 12, 3, 9, 30, tzinfo=UTC))
    assert [(role.person.key, role.role) for role in moved.roles] == [("p2", "moderator")]
    assert (gone.status, gone.sequence) == (SessionStatus.CANCELLED, 1)
    again = bring(newer)
    assert str(again.sessions) == "0 added, 0 updated, 0 withdrawn, 2 unchanged"
    assert the_session(session, "s2").sequence == 1
    bring(example())
    assert (the_session(session, "s2").status, the_session(session, "s3").status) == ("confirmed", "cancelled")


def test_a_talk_keeps_its_row_when_it_changes(session: Session) -> None:
    bring(example())
    before = the_session(session, "s1").talks[0].id
    newer = example()
    newer["sessions"][0]["talks"][0]["title"] = "Final results"
    summary = bring(newer)
    talk = the_session(session, "s1").talks[0]
    assert (talk.id, talk.title) == (before, "Final results")
    assert summary.changes[0].columns == ("talks",)


def test_rooms_and_people_go_when_nothing_needs_them(session: Session) -> None:
    bring(example())
    newer = example(streams=[], rooms=[], tracks=[], people=[], sessions=[])
    summary = bring(newer)
    # Both sessions are withdrawn and stay, with their room, their track and their people.
    assert rows(session, Room, Track, Person) == [1, 1, 2]
    assert (summary.rooms.withdrawn, summary.tracks.withdrawn, summary.people.withdrawn) == (1, 0, 0)
    assert session.scalars(select(Room.key)).all() == ["a"]


def test_what_a_newer_file_does_not_speak_of_stays(session: Session) -> None:
    bring(example())
    short = {name: example()[name] for name in ("format", "slug", "kind", "title", "timezone", "starts_at", "ends_at")}
    summary = bring(short | {"title": "Another title"})
    event = the_event(session)
    assert (event.title, event.summary, summary.is_event_changed) == ("Another title", "Two days in Brussels", True)
    assert rows(session, AgendaSession, Room, Stream, Question) == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("changes", "seats"),
    [
        ({}, {"onsite": 80, "online": None}),
        ({"streams": [], "sessions": []}, {"onsite": 80, "online": 0}),
        ({"streams": [], "sessions": [], "rooms": []}, {"onsite": None, "online": 0}),
        ({"seats": {"onsite": 0}}, {"onsite": 0, "online": None}),
        ({"seats": {"online": 7}}, {"onsite": 80, "online": 7}),
    ],
)
def test_seats_not_given_follow_the_rooms_and_streams(
    session: Session, changes: dict[str, Any], seats: dict[str, int | None]
) -> None:
    content = example()
    del content["seats"]
    bring(content | changes)
    assert {pool.mode: pool.seats for pool in session.scalars(select(SeatPool))} == seats


@pytest.mark.parametrize(("said", "kept"), [(True, "automatic"), (False, "none"), ("offers", "offers")])
def test_the_waiting_list_is_as_the_file_says(session: Session, said: object, kept: str) -> None:
    bring(example(waiting_list=said))
    assert session.scalars(select(RegistrationSettings.waiting_list)).one() == kept


def changed(place: str, value: object) -> dict[str, Any]:
    """The example with one value changed, named as `sessions.0.room`."""
    content: Any = example()
    inner = content
    *path, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    for step in path:
        inner = inner[step]
    inner[last] = value
    return dict(content)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("colour", 1, "colour: “colour” is not known here"),
        ("sessions.0.roomm", "a", "sessions[0].roomm: “roomm” is not known here"),
        ("format", "eventsys-event/9", "format: this version knows “eventsys-event/1” only"),
        ("slug", "No Slug", "slug: “No Slug” cannot be an address: use lower-case letters, digits and single hyphens, at most 100."),
        ("slug", "../../etc", "slug: “../../etc” cannot be an address: use lower-case letters, digits and single hyphens, at most 100."),
        ("timezone", "Mars/Olympus", "timezone: There is no time zone “Mars/Olympus”. Zones are named as in “Europe/Brussels”."),
        ("timezone", "../UTC", "timezone: There is no time zone “../UTC”. Zones are named as in “Europe/Brussels”."),
        ("kind", "party", "kind: “party” is not known; known are: conference, workshop, seminar, webinar, meeting"),
        ("starts_at", "2026-12-03", "starts_at: “2026-12-03” is no time such as 2026-12-03T09:00"),
        ("starts_at", 20261203, "starts_at: this must be a time such as 2026-12-03T09:00"),
        ("starts_at", "2027-01-01T09:00", "ends_at: The end must come after the start."),
        ("starts_at", "2026-03-29T02:30", "starts_at: 2026-03-29 02:30 does not exist in Europe/Brussels: the clocks go forward then. Choose another time."),
        ("title", "", "title: this must not be empty"),
        ("title", 7, "title: this must be a text"),
        ("title", "x" * 501, "title: this is longer than 500 characters"),
        ("seats", {"onsite": -1}, "seats.onsite: this must lie between 0 and 1000000"),
        ("seats", {"onsite": True}, "seats.onsite: this must be a whole number"),
        ("seats", {"onsite": 10**30}, "seats.onsite: this must lie between 0 and 1000000"),
        ("waiting_list", "maybe", "waiting_list: this must be true, false or “offers”"),
        ("venue", {"country": "ZZ"}, "venue.country: “ZZ” is no country of ISO 3166"),
        ("rooms", {}, "rooms: this must be a list, written in [ ]"),
        ("rooms.1.key", "a", "rooms[1].key: the key “a” is there twice"),
        ("rooms.1.key", "a/b", "rooms[1].key: “a/b” cannot be a key: use letters, digits, “.”, “_” and “-”, at most 100."),
        ("people.0.links", ["javascript:alert(1)"], "people[0].links: “javascript:alert(1)” is no web address. It begins with https:// or http://."),
        ("sessions.1.key", "s1", "sessions[1].key: the key “s1” is there twice"),
        ("sessions.0.room", "zz", "sessions[0].room: there is no “zz” in this file"),
        ("sessions.0.track", "zz", "sessions[0].track: there is no “zz” in this file"),
        ("sessions.0.people.0.person", "zz", "sessions[0].people[0].person: there is no “zz” in this file"),
        ("sessions.0.people.0.role", "king", "sessions[0].people[0].role: “king” is not known; known are: chair, moderator, keynote, panellist, presenter, rapporteur, facilitator, interpreter, host"),
        ("sessions.0.ends_at", "2026-12-03T10:15", "sessions[0].ends_at: The end must come after the start."),
        ("sessions.0.talks.0.minutes", 0, "sessions[0].talks[0].minutes: this must lie between 1 and 1000000"),
        ("sessions.0.stream.url", "javascript:alert(1)", "sessions[0].stream.url: The address of a stream begins with https:// or http:// and names a site."),
        ("sessions.0.stream.audience", "friends", "sessions[0].stream.audience: “friends” is not known; known are: public, registered, online, onsite, staff"),
        ("streams.0.room", "zz", "streams[0].room: there is no “zz” in this file"),
        ("registration.questions.0.choices", [], "registration.questions[0]: a question of the type “choice” needs choices"),
        ("registration.closes_at", "2026-09-01T09:00", "registration.closes_at: registration closes before it opens"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_its_place_and_nothing_is_written(
    session: Session, place: str, value: object, reason: str
) -> None:
    with pytest.raises(FileRefused) as caught:
        bring(changed(place, value), "my event.json")
    assert str(caught.value) == f"my event.json, line 1, {reason}"
    assert rows(session, Event, Room, AgendaSession) == [0, 0, 0]


@pytest.mark.parametrize("name", ["format", "slug", "kind", "title", "timezone", "starts_at", "ends_at"])
def test_what_is_required_is_named_when_it_is_missing(name: str) -> None:
    content = example()
    del content[name]
    with pytest.raises(FileRefused, match=name):
        bring(content)


def test_the_line_of_the_place_is_told() -> None:
    text = json.dumps(changed("sessions.1.title", ""), indent=1, ensure_ascii=False)
    line = next(number for number, one in enumerate(text.splitlines(), start=1) if one == '   "title": "",')
    with pytest.raises(FileRefused) as caught:
        bring(text.encode())
    assert str(caught.value) == f"file.json, line {line}, sessions[1].title: this must not be empty"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "file.json, line 1: the file is empty"),
        ('{"format": ', "file.json, line 1: this is no JSON (Expecting value)"),
        ('{\n"format": 1,\n"format": 2}', "file.json, line 2, format: “format” is there twice"),
        ('{"format": NaN}', "file.json, line 1: it holds a number that is none"),
        ('{"format": ' + "9" * 5000 + "}", "file.json, line 1: it holds a number that is none"),
        ("[" * 100_000, "file.json, line 1: this is nested too deeply"),
        ("[]", "file.json, line 1: this must be an object, written in { }"),
        ('{"hello": 1}', "file.json, line 1: this JSON is neither an event file (“format” is missing) nor a frab schedule"),
    ],
)  # fmt: skip
def test_what_is_no_event_file_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as caught:
        bring(text.encode())
    assert str(caught.value) == sentence


def test_another_coding_than_utf8_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        bring('{"title":\n"Zoë"}'.encode("latin-1"))
    assert str(caught.value) == "file.json, line 2: this is not UTF-8"


def test_more_sessions_than_any_event_has_are_refused(session: Session) -> None:
    one = {"title": "x", "starts_at": "2026-12-03T10:00", "ends_at": "2026-12-03T11:00"}
    with pytest.raises(FileRefused) as caught:
        bring(example(sessions=[{"key": f"s{number}", **one} for number in range(5_001)]))
    assert str(caught.value) == "file.json: there are more than 5000 sessions"
    with pytest.raises(FileRefused) as caught:
        bring(b"day,start,title,end\n" + b"2026-12-03,9:00,x,10:00\n" * 5_001)
    assert str(caught.value) == "file.json, line 5002: there are more than 5000 rows"


def test_an_address_that_another_event_once_had_is_refused(session: Session) -> None:
    event = make_event(slug="old-name")
    bring(example(slug="new-name", title="x"))
    with transaction() as writing:
        rename_slug(writing, writing.get_one(Event, event.id), "present-name")
    with pytest.raises(FileRefused) as caught:
        bring(example(slug="old-name"))
    assert str(caught.value) == "file.json: Another event already has the address “old-name”."


def test_a_mark_at_the_beginning_is_no_matter(session: Session) -> None:
    bring(b"\xef\xbb\xbf" + as_json(example()))
    assert the_event(session).slug == "ceris-fct-2026"


def test_offsets_win_over_the_zone(session: Session) -> None:
    bring(changed("sessions.0.starts_at", "2026-12-03T08:00Z"))
    assert the_session(session, "s1").starts_at == datetime(2026, 12, 3, 8, tzinfo=UTC)


def test_the_second_of_two_equal_hours_goes_out_and_comes_back(session: Session) -> None:
    content = changed("starts_at", "2026-10-25T00:30+00:00")
    content["sessions"][0] |= {"starts_at": "2026-10-25T02:30+01:00", "ends_at": "2026-10-25T03:30"}
    bring(content)
    out = json.loads(taken_out("ceris-fct-2026"))
    assert out["starts_at"] == "2026-10-25T02:30"
    assert out["sessions"][0]["starts_at"] == "2026-10-25T02:30:00+01:00"[:16] + "+01:00"
    assert not bring(out).has_changed


def test_clashes_are_told_and_allowed(session: Session) -> None:
    content = example()
    content["sessions"][1] |= {"room": "a", "starts_at": "2026-12-03T11:00"}
    summary = bring(content)
    assert summary.clashes == ["Room A, Thu 3 December 11:00: “From pilots to practice” and “Coffee” overlap"]
    assert rows(session, AgendaSession) == [2]


def test_an_export_imports_to_the_same(session: Session) -> None:
    bring(example(), publish=True)
    out = json.loads(taken_out("ceris-fct-2026"))
    assert out["status"] == "published"
    assert not bring(out, publish=True).has_changed
    other = bring(out | {"slug": "the-copy"}, publish=True)
    assert other.is_new
    again = json.loads(taken_out("the-copy"))
    assert again | {"slug": "ceris-fct-2026"} == out
