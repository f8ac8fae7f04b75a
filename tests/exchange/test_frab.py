# ruff: noqa: E501  Sentences are told whole.
"""Real programmes in frab's formats: all of them arrives, newer releases update, ours pass the published schemas."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft6Validator
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Person, Room, SessionRole, Track
from eventsys.events.models import Event
from eventsys.kernel.database import Base
from eventsys.kernel.tables import FileRefused
from tests.factories.exchange import as_json, bring, example, given_data, taken_out

pytestmark = pytest.mark.usefixtures("session")
BRUSSELS = ZoneInfo("Europe/Brussels")


def rows(session: Session, *models: type[Base]) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


@pytest.mark.parametrize(
    ("name", "sessions", "rooms", "in_use", "tracks", "people"),
    [("fosdem-2019.xml", 775, 34, 33, 62, 729), ("fosdem-2023.xml", 780, 35, 35, 61, 787)],
)
def test_a_real_conference_arrives_whole(
    session: Session, name: str, sessions: int, rooms: int, in_use: int, tracks: int, people: int
) -> None:
    data = given_data(name)
    summary = bring(data, name)
    assert str(summary.sessions) == f"{sessions} added, 0 updated, 0 withdrawn, 0 unchanged"
    found = session.scalars(select(AgendaSession)).all()
    assert len({entry.room_id for entry in found}) == in_use
    assert [len(session.scalars(select(model)).all()) for model in (Room, Track, Person)] == [rooms, tracks, people]
    assert len({entry.starts_at.astimezone(BRUSSELS).date() for entry in found}) == 2
    source = [(day.get("date"), slot) for day in etree.fromstring(data).iter("day") for slot in day.iter("event")]
    by_key = {entry.key: entry for entry in found}
    assert session.scalar(select(func.count()).select_from(SessionRole)) == len(
        {(slot.get("id"), person.get("id")) for _day, slot in source for person in slot.iter("person")}
    )
    for day, slot in random.Random(7).sample(source, 60):
        entry = by_key[slot.findtext("slug")]
        hours, minutes = slot.findtext("duration").split(":")
        assert f"{entry.starts_at.astimezone(BRUSSELS):%Y-%m-%d %H:%M}" == f"{day} {slot.findtext('start')}"
        assert entry.ends_at - entry.starts_at == timedelta(hours=int(hours), minutes=int(minutes))
        assert entry.room is not None
        assert entry.track is not None
        assert (entry.title, entry.room.name, entry.track.name) == (
            slot.findtext("title").strip(), slot.findtext("room"), slot.findtext("track")
        )  # fmt: skip
        assert [role.person.name for role in entry.roles] == [person.text for person in slot.iter("person")]
    assert not bring(data, name).has_changed
    clashes = 1 if name == "fosdem-2023.xml" else 0
    assert len([clash for clash in summary.clashes if clash.startswith("AW1.120")]) == clashes


def test_a_newer_release_updates_by_stable_id(session: Session) -> None:
    data = given_data("fosdem-2019.xml")
    bring(data, "a.xml", publish=True)
    tree = etree.fromstring(data)
    slots = list(tree.iter("event"))
    slots[0].find("start").text = "09:25"
    slots[1].find("title").text = "Another title"
    slots[2].getparent().remove(slots[2])
    slots[3].set("id", "999999")
    slots[3].find("slug").text = "a_new_one"
    summary = bring(etree.tostring(tree), "b.xml")
    assert str(summary.sessions) == "1 added, 2 updated, 2 withdrawn, 771 unchanged"
    assert {change.title: change.columns for change in summary.changes if change.deed == "updated"} == {
        "Welcome to FOSDEM 2019": ("starts_at", "ends_at"), "Another title": ("title",)
    }  # fmt: skip
    gone = session.scalars(select(AgendaSession).where(AgendaSession.key == slots[2].findtext("slug"))).one()
    assert (gone.status, gone.sequence) == ("cancelled", 1)
    assert rows(session, AgendaSession) == [776]


def schedule(slot: str = "", *, head: str = "", day: str = 'date="2026-12-03" index="1"') -> bytes:
    return (
        f"<schedule><conference><title>Küche 4</title>{head}</conference><day {day}><room name='Aula'>"
        f"<event id='7'><title>Talk</title><start>10:00</start><duration>00:30</duration>{slot}</event>"
        "</room></day></schedule>"
    ).encode()


def only(session: Session) -> AgendaSession:
    session.rollback()
    session.expire_all()
    return session.scalars(select(AgendaSession)).one()


def test_the_zone_is_the_file_s_or_the_event_s_or_the_site_s(session: Session) -> None:
    bring(schedule(), "a.xml")
    assert only(session).starts_at == datetime(2026, 12, 3, 9, tzinfo=UTC)
    bring(schedule(), "a.xml", timezone="Europe/Athens")
    assert only(session).starts_at == datetime(2026, 12, 3, 8, tzinfo=UTC)
    # The event keeps the zone it was given once.
    bring(schedule(), "a.xml")
    assert only(session).starts_at == datetime(2026, 12, 3, 8, tzinfo=UTC)
    bring(schedule(head="<time_zone_name>Europe/Lisbon</time_zone_name>"), "a.xml")
    assert only(session).starts_at == datetime(2026, 12, 3, 10, tzinfo=UTC)
    assert session.scalars(select(Event.slug)).all() == ["kuche-4"]


@pytest.mark.parametrize(
    ("slot", "head", "starts", "minutes"),
    [
        ("<date>2026-12-03T10:00:00-05:00</date>", "", "2026-12-03T15:00", 30),
        ("<start>00:30</start>", "<day_change>04:00:00</day_change>", "2026-12-03T23:30", 30),
        ("<start>04:00</start>", "<day_change>04:00:00</day_change>", "2026-12-03T03:00", 30),
        ("<start>00:30</start>", "", "2026-12-02T23:30", 30),
        ("<duration>25:15</duration>", "", "2026-12-03T09:00", 1515),
        ("<duration>01:00:00</duration>", "", "2026-12-03T09:00", 60),
    ],
)
def test_times_are_understood(session: Session, slot: str, head: str, starts: str, minutes: int) -> None:
    data = schedule(slot, head=head)
    for name in ("start", "duration"):
        # What the case gives stands instead of what every slot has.
        if f"<{name}>" in slot:
            data = data.replace(
                {"start": b"<start>10:00</start>", "duration": b"<duration>00:30</duration>"}[name], b""
            )
    bring(data, "a.xml")
    entry = only(session)
    assert entry.starts_at == datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert entry.ends_at - entry.starts_at == timedelta(minutes=minutes)


def test_html_becomes_markdown_and_links_stay(session: Session) -> None:
    html = "&lt;p&gt;One &lt;strong&gt;two&lt;/strong&gt;&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;"
    links = (
        "<links><link href='https://v.example/a.webm'>Video [webm]</link><link href='javascript:x'>no</link></links>"
    )
    bring(schedule(f"<abstract>{html}</abstract><type>keynote</type>{links}"), "a.xml")
    entry = only(session)
    assert (entry.kind, entry.abstract) == (
        "keynote", "One **two**\n\nx\n\n- [Video (webm)](https://v.example/a.webm)"
    )  # fmt: skip


def test_a_guid_is_the_key_and_people_without_id_go_by_their_name(session: Session) -> None:
    guid = "5E5F8F6C-6A4F-4C5D-9D5B-0A1B2C3D4E5F"
    data = schedule("<slug>x</slug><persons><person>Zoë Ünal</person><person>李明</person></persons>")
    bring(data.replace(b"<event id='7'>", f"<event id='7' guid='{guid}'>".encode()), "a.xml")
    assert only(session).key == guid.lower()
    assert [role.person.key for role in only(session).roles] == ["zoe-unal", "liming"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<schedule>", "s.xml, line 1: this is no XML (Premature end of data in tag schedule line 1)"),
        (b"<html/>", "s.xml, line 1: this XML is no frab schedule: it needs <schedule> with a <conference>"),
        (b"<schedule>\n<conference/></schedule>", "s.xml, line 2: the conference has no title"),
        (schedule("<start>9.30</start>").replace(b"<start>10:00</start>", b""), "s.xml, line 1: “9.30” is no time such as 09:30"),
        (schedule("<duration>x</duration>").replace(b"<duration>00:30</duration>", b""), "s.xml, line 1: “x” is no duration such as 01:30"),
        (schedule("<duration>00:00</duration>").replace(b"<duration>00:30</duration>", b""), "s.xml, line 1: this session lasts no time"),
        (schedule(day="date='3/12/2026'"), "s.xml, line 1: “3/12/2026” is no date such as 2026-12-03"),
        (schedule(day="date='9999-12-31'"), "s.xml, line 1: the date “9999-12-31” is out of reach"),
        (schedule(head="<time_zone_name>Nowhere/X</time_zone_name>"), "s.xml, line 1: There is no time zone “Nowhere/X”. Zones are named as in “Europe/Brussels”."),
        (schedule("</event><event id='7'><title>B</title><start>10:00</start><duration>00:10</duration>"), "s.xml, line 1: the id “7” is there twice"),
        (schedule().replace(b"<title>Talk</title>", b""), "s.xml, line 1: this session has no title"),
        (schedule("<persons><person id='1'/></persons>"), "s.xml, line 1: a person of this session has no name"),
        (b"<schedule><conference><title>A</title></conference></schedule>", "s.xml, line 1: the schedule has no session"),
        (b'<!DOCTYPE s [<!ENTITY a "b">]>' + schedule(), "s.xml, line 1: a schedule may not define entities (DOCTYPE)"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_by_its_line(session: Session, data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as caught:
        bring(data, "s.xml")
    assert str(caught.value) == sentence
    assert rows(session, Event, AgendaSession, Person) == [0, 0, 0]


def test_no_entity_reads_a_file_or_fills_the_memory(session: Session) -> None:
    bomb = "<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    for entities in (bomb, "<!ENTITY a11 SYSTEM 'file:///etc/passwd'>", "<!ENTITY a11 SYSTEM 'http://127.0.0.1:9/x'>"):
        with pytest.raises(FileRefused):
            bring(f"<!DOCTYPE s [{entities}]>".encode() + schedule("<abstract>&a11;</abstract>"), "s.xml")
    assert rows(session, Event) == [0]


def test_every_truncation_of_a_schedule_is_refused_or_whole(session: Session) -> None:
    data = schedule("<persons><person id='1'>Ada</person></persons>")
    for length in range(1, len(data), 17):
        with pytest.raises(FileRefused):
            bring(data[:length], "s.xml")
    assert rows(session, Event) == [0]


def test_our_xml_passes_the_schema_of_the_format() -> None:
    xsd = etree.XMLSchema(etree.fromstring(given_data("frab/schedule.xml.xsd")))
    bring(example(), publish=True)
    xsd.assertValid(etree.fromstring(taken_out("ceris-fct-2026", "frab-xml")))
    bring(given_data("fosdem-2019.xml"), "a.xml", slug="real")
    xsd.assertValid(etree.fromstring(taken_out("real", "frab-xml")))


def test_our_json_passes_the_schema_of_the_format() -> None:
    validator = Draft6Validator(json.loads(given_data("frab/schedule.schema.json")))
    bring(example(), publish=True)
    assert list(validator.iter_errors(json.loads(taken_out("ceris-fct-2026", "frab-json")))) == []
    bring(given_data("fosdem-2023.xml"), "a.xml", slug="real")
    assert list(validator.iter_errors(json.loads(taken_out("real", "frab-json")))) == []


@pytest.mark.parametrize("format", ["frab-xml", "frab-json"])
def test_an_exported_schedule_comes_back_as_the_same(session: Session, format: str) -> None:
    content = example()
    # The format has no places for an event's hours, the talks inside a session and the addresses of streams.
    content["sessions"][1] |= {"room": "b", "people": [{"person": "p2", "role": "presenter"}]}
    bring(content)
    before = json.loads(taken_out("ceris-fct-2026"))
    out = taken_out("ceris-fct-2026", format)
    summary = bring(out, "schedule")
    assert (summary.sessions.added, summary.sessions.withdrawn, summary.people.added) == (0, 0, 0)
    after = json.loads(taken_out("ceris-fct-2026"))
    names = ("key", "title", "abstract", "starts_at", "ends_at", "room", "track", "talks", "status", "kind")
    for name in names:
        assert [entry[name] for entry in after["sessions"]] == [entry[name] for entry in before["sessions"]]
    assert (after["rooms"], after["people"], after["streams"]) == (before["rooms"], before["people"], before["streams"])
    copy = bring(out, "schedule", slug="a-copy")
    assert str(copy.sessions) == "2 added, 0 updated, 0 withdrawn, 0 unchanged"
    assert not bring(out, "schedule", slug="a-copy").has_changed


@pytest.mark.parametrize("format", ["frab-xml", "frab-json", "ics", "csv", "xlsx"])
def test_no_public_format_tells_where_a_stream_is_or_what_a_person_s_address_is(format: str) -> None:
    content = example()
    content["people"][0]["email"] = "ioanna@private.example"
    bring(content, publish=True)
    kept = taken_out("ceris-fct-2026", "event")
    assert kept.count(b"https://video.example/") == 2
    assert kept.count(b"ioanna@private.example") == 1
    out = taken_out("ceris-fct-2026", format)
    assert b"video.example" not in out
    assert b"private.example" not in out


def test_frab_json_is_read_and_wrong_types_are_refused() -> None:
    slot: dict[str, Any] = {
        "id": 3, "guid": "5e5f8f6c-6a4f-4c5d-9d5b-0a1b2c3d4e5f", "title": "T", "date": "2026-12-03T10:00:00+01:00",
        "duration": "00:45", "room": "A", "persons": [{"name": "Ada", "code": "ABC"}], "unknown": {"x": 1},
    }  # fmt: skip
    days = [{"date": "2026-12-03", "rooms": {"A": [slot]}}]
    content = {"schedule": {"version": "1", "conference": {"title": "J", "acronym": "jconf", "days": days}}}
    assert str(bring(content, "s.json").sessions) == "1 added, 0 updated, 0 withdrawn, 0 unchanged"
    place = "schedule.conference.days[0].rooms.A[0]"
    for change, reason in (
        ({"title": 5}, f"{place}.title: this must be a text"),
        ({"persons": {}}, f"{place}.persons: this must be a list, written in [ ]"),
        ({"persons": [{}]}, f"{place}.persons[0]: this person has no name"),
        ({"date": "soon"}, f"{place}: “” is no time such as 09:30"),
    ):
        days[0]["rooms"] = {"A": [slot | change]}
        with pytest.raises(FileRefused) as caught:
            bring(as_json(content), "s.json")
        assert str(caught.value) == f"s.json, line 1, {reason}"
