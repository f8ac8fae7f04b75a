"""The programme is written through the pages its organisers see, with and without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda import actions
from eventsys.agenda.actions import TalkEntry
from eventsys.agenda.models import AgendaSession, Person, Room, Track
from eventsys.events.models import Event
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from tests.cast import Cast
from tests.events.test_manage import queries_of
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.forms import form_fields, post_form

BASE = "/manage/events/ours"
NEW = f"{BASE}/programme/sessions/new"
HOUR = timedelta(hours=1)


@pytest.fixture
def ours(session: Session, cast: Cast) -> Event:
    return make_event(slug="ours", owner=cast.ada)


@pytest.fixture
def ada(cast: Cast, ours: Event) -> FlaskClient:
    return cast.browser_of(cast.ada)


def the_session(session: Session, title: str) -> AgendaSession:
    session.rollback()
    session.expire_all()
    return session.scalars(select(AgendaSession).where(AgendaSession.title == title)).one()


def outline(entry: AgendaSession) -> dict[str, Any]:
    return {
        "roles": [(role.person.name, role.role) for role in entry.roles],
        "talks": [
            (talk.key, talk.title, talk.minutes, talk.project, [(role.person.name, role.role) for role in talk.roles])
            for talk in entry.talks
        ],
    }


def test_a_session_with_people_and_talks_is_one_form(session: Session, ada: FlaskClient, ours: Event) -> None:
    make_room(ours, "Plenary hall")
    make_person(ours, "Ioanna Papadaki", affiliation="KEMEA")
    values = {
        "title": "Project results", "kind": "talks", "status": "tentative", "day": "2026-12-03", "starts": "10:15",
        "ends": "11:30", "room": "plenary-hall", "abstract": "# What we found", "seats": "40", "language": "fr",
        "people-0-name": "ioanna  papadaki", "people-0-role": "chair",
        "people-1-name": "Mário Almeida", "people-1-role": "rapporteur",
        "people-7-name": "", "people-7-role": "host",
        "talks-0-title": "STARLIGHT", "talks-0-minutes": "12", "talks-0-project": "STARLIGHT",
        "talks-0-presenters": "Mário Almeida; Søren Kjær", "talks-1-title": "",
    }  # fmt: skip
    answer = post_form(ada, NEW, having="title", **values)
    assert answer.status_code == 303
    entry = the_session(session, "Project results")
    assert (entry.key, entry.starts_at, entry.ends_at) == (
        "project-results", datetime(2026, 12, 3, 9, 15, tzinfo=UTC), datetime(2026, 12, 3, 10, 30, tzinfo=UTC),
    )  # fmt: skip
    assert (entry.status, entry.room and entry.room.name, entry.seats, entry.language) == (
        "tentative", "Plenary hall", 40, "fr",
    )  # fmt: skip
    assert outline(entry) == {
        "roles": [("Ioanna Papadaki", "chair"), ("Mário Almeida", "rapporteur")],
        "talks": [
            ("starlight", "STARLIGHT", 12, "STARLIGHT", [("Mário Almeida", "presenter"), ("Søren Kjær", "presenter")])
        ],
    }
    page = ada.get(f"{BASE}/programme").text
    assert "New in the programme: Mário Almeida, Søren Kjær." in page
    assert sorted(session.scalars(select(Person.name))) == ["Ioanna Papadaki", "Mário Almeida", "Søren Kjær"]


def test_saving_an_untouched_session_changes_nothing(session: Session, ada: FlaskClient, ours: Event) -> None:
    people = [
        make_person(ours, name, affiliation=place) for name, place in (("Ada", "KEMEA"), ("Ada", "DG HOME"), ("Bo", ""))
    ]
    entry = make_session(ours, "Panel", key="panel", ends_at=STARTS_AT + 30 * HOUR, abstract="Text", seats=0)
    with transaction() as writing:
        found = writing.get_one(AgendaSession, entry.id)
        one, two, three = (writing.get_one(Person, person.id) for person in people)
        actions.set_session_people(writing, found, [(two, "chair"), (one, "panellist"), (two, "moderator")])
        talk = TalkEntry(
            "Talk", "t1", 10, "X", "What only a file can say.", [(three, "presenter"), (one, "rapporteur")]
        )
        actions.set_talks(writing, found, [talk])
    before = the_session(session, "Panel")
    known = (outline(before), before.starts_at, before.ends_at, before.sequence, before.talks[0].abstract)
    version = session.scalars(select(Event.version)).one()
    answer = post_form(ada, f"{BASE}/programme/sessions/panel", having="title")
    assert answer.status_code == 303
    after = the_session(session, "Panel")
    assert (outline(after), after.starts_at, after.ends_at, after.sequence, after.talks[0].abstract) == known
    assert session.scalars(select(Event.version)).one() == version


def test_rows_are_added_and_dropped_without_script_and_nothing_is_lost(
    session: Session, ada: FlaskClient, ours: Event
) -> None:
    typed = {"title": "Half written", "day": "2026-12-03", "people-0-name": "Bo", "people-0-role": "chair"}
    page = post_form(ada, NEW, having="title", **typed, add_people="1")
    assert page.status_code == 200
    fields = form_fields(page.data, having="title")
    assert {name: fields[name] for name in ("title", "people-0-name", "people-0-role", "people-1-name")} == {
        "title": "Half written", "people-0-name": "Bo", "people-0-role": "chair", "people-1-name": "",
    }  # fmt: skip
    page = ada.post(NEW, data={**fields, "people-1-name": "Cyd", "drop_people": "0"})
    fields = form_fields(page.data, having="title")
    assert ("people-0-name" in fields, fields["people-1-name"], fields["title"]) == (False, "Cyd", "Half written")
    page = ada.post(NEW, data={**fields, "add_talks": "1"})
    assert form_fields(page.data, having="title")["talks-0-title"] == ""
    assert session.scalar(select(AgendaSession)) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day": "2026-03-29", "starts": "02:30"}, "2026-03-29 02:30 does not exist in Europe/Brussels"),
        ({"ends": "09:00"}, "The end must come after the start."),
        ({"ends": ""}, "Say when it ends, or how many minutes it lasts."),
        ({"minutes": "15"}, "they disagree"),
        ({"ends": "", "minutes": "0"}, "Enter a number of minutes."),
        ({"title": " "}, "Give it a title."),
        ({"room": "of-another-event"}, "Not a valid choice."),
        ({"people-0-name": "Bo", "people-0-role": "king"}, "Not a valid choice."),
        ({"people-0-name": "Bo", "people-0-role": "chair", "people-1-name": "bo", "people-1-role": "chair"},
         "Bo has the same role here twice."),
        ({"talks-0-title": "T", "talks-0-minutes": "many"}, "Not a valid integer value."),
        ({"seats": "-1"}, "Enter a number, or leave it empty."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_it_and_nothing_is_done(
    session: Session, ada: FlaskClient, ours: Event, change: dict[str, str], sentence: str
) -> None:
    other = make_event()
    make_room(other, "Of another event")
    values = {"title": "Panel", "day": "2026-12-03", "starts": "10:15", "ends": "11:30", "abstract": "Kept"} | change
    answer = post_form(ada, NEW, having="title", **values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ">Kept</textarea>" in answer.text.replace("\r\n", "")
    assert session.scalar(select(AgendaSession)) is None
    assert session.scalar(select(Person)) is None


def test_a_session_past_midnight_is_given_by_its_minutes(session: Session, ada: FlaskClient, ours: Event) -> None:
    values = {"title": "Dinner", "kind": "social", "day": "2026-12-03", "starts": "22:00", "ends": "", "minutes": "180"}
    assert post_form(ada, NEW, having="title", **values).status_code == 303
    entry = the_session(session, "Dinner")
    assert entry.ends_at == datetime(2026, 12, 4, 0, 0, tzinfo=UTC)
    page = ada.get(f"{BASE}/programme/sessions/dinner")
    assert {name: form_fields(page.data, having="title")[name] for name in ("ends", "minutes")} == {
        "ends": "",
        "minutes": "180",
    }


def test_clashes_and_odd_times_are_told_and_allowed(session: Session, ada: FlaskClient, ours: Event) -> None:
    make_room(ours, "Plenary hall")
    common = {"day": "2026-12-03", "room": "plenary-hall"}
    for title, starts, ends in (
        ("Opening", "09:00", "10:00"),
        ("Keynote", "09:30", "10:30"),
        ("Early", "07:00", "08:00"),
    ):
        values = {"title": title, "starts": starts, "ends": ends, **common}
        assert post_form(ada, NEW, having="title", **values).status_code == 303
    page = ada.get(f"{BASE}/programme").text
    told = re.findall(r'class="clash">.*?<span>(.*?)</span>', page, re.S)
    assert told == ["Plenary hall is taken by “Keynote” at 09:30.", "Plenary hall is taken by “Opening” at 09:00."]
    assert "This session lies outside the days of the event." in page
    assert page.count("outside the event's days") == 1
    assert "“Opening” at 09:00." in ada.get(f"{BASE}/programme/sessions/keynote").text


def test_a_cancelled_session_stays_and_one_press_brings_it_back(
    session: Session, ada: FlaskClient, ours: Event
) -> None:
    make_session(ours, "Panel", key="panel")
    status = f"{BASE}/programme/sessions/panel/status"
    answer = post_form(ada, f"{BASE}/programme/sessions/panel", having="step", action=status, step="cancel")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/programme?cancelled=panel")
    assert (the_session(session, "Panel").status, the_session(session, "Panel").sequence) == ("cancelled", 1)
    answer = post_form(ada, f"{BASE}/programme?cancelled=panel", having="step", action=status)
    assert answer.status_code == 303
    assert (the_session(session, "Panel").status, the_session(session, "Panel").sequence) == ("confirmed", 2)
    kinds = session.scalars(select(Fact.kind).where(Fact.subject == "session").order_by(Fact.id)).all()
    assert kinds == ["agenda.session_cancelled", "agenda.session_confirmed"]


def test_what_the_public_saw_is_not_removed(session: Session, ada: FlaskClient, cast: Cast, ours: Event) -> None:
    make_session(ours, "Panel", key="panel")
    draft = make_event(slug="draft", owner=cast.ada, status="draft", published_at=None)
    make_session(draft, "Panel of the draft", key="panel")
    token = form_fields(ada.get(NEW).data)["csrf_token"]
    for slug, code in (("ours", 409), ("draft", 303)):
        url = f"/manage/events/{slug}/programme/sessions/panel/status"
        assert ada.post(url, data={"csrf_token": token, "step": "remove"}).status_code == code
    assert session.scalars(select(AgendaSession.title)).all() == ["Panel"]


def test_the_list_filters_by_day_room_track_state_and_words(session: Session, ada: FlaskClient, ours: Event) -> None:
    hall, track = make_room(ours, "Hall"), None
    with transaction() as writing:
        track = actions.add_track(writing, writing.get_one(Event, ours.id), name="FCT")
    person = make_person(ours, "Søren Kjær")
    make_session(ours, "One", room_id=hall.id)
    two = make_session(ours, "Two", track_id=track.id, starts_at=STARTS_AT + 24 * HOUR)
    make_session(ours, "Three", status="tentative")
    # 23:30 on the third in Brussels is still the third, though it is the evening before in UTC's terms of a day.
    make_session(ours, "Late", starts_at=datetime(2026, 12, 3, 22, 30, tzinfo=UTC))
    with transaction() as writing:
        talk = TalkEntry(
            "STARLIGHT tools", project="STARLIGHT", people=[(writing.get_one(Person, person.id), "presenter")]
        )
        actions.set_talks(writing, writing.get_one(AgendaSession, two.id), [talk])

    def listed(query: str) -> list[str]:
        return re.findall(r'<h3><a href="[^"]*">(.*?)</a></h3>', ada.get(f"{BASE}/programme{query}").text)

    assert listed("") == ["One", "Three", "Late", "Two"]
    assert listed("?day=2026-12-03") == ["One", "Three", "Late"]
    assert listed("?day=2026-12-04") == ["Two"]
    assert listed("?day=1999-01-01") == listed("?day=nonsense") == listed("")
    assert listed("?room=hall") == ["One"]
    assert listed("?room=-&track=-") == ["Three", "Late"]
    assert listed("?track=fct") == ["Two"]
    assert listed("?status=tentative") == ["Three"]
    assert listed("?q=kj%C3%A6r") == listed("?q=starlight+tools") == ["Two"]
    assert listed("?q=%25") == []


@pytest.mark.parametrize("listing", ["programme", "people", "rooms", "tracks"])
def test_a_list_costs_the_same_for_one_and_thirty(
    listing: str, session: Session, ada: FlaskClient, ours: Event
) -> None:
    def more(number: int) -> None:
        room = make_room(ours, f"Room {number}")
        person = make_person(ours, f"Person {number}")
        entry = make_session(ours, f"Session {number}", room_id=room.id, starts_at=STARTS_AT + number * HOUR)
        with transaction() as writing:
            found, who = writing.get_one(AgendaSession, entry.id), writing.get_one(Person, person.id)
            found.track = actions.add_track(writing, writing.get_one(Event, ours.id), name=f"Track {number}")
            actions.set_session_people(writing, found, [(who, "chair")])
            actions.set_talks(writing, found, [TalkEntry("Talk", people=[(who, "presenter")])])

    more(1)
    one = queries_of(ada, f"{BASE}/{listing}")
    for number in range(2, 31):
        more(number)
    assert queries_of(ada, f"{BASE}/{listing}") == one


def test_rooms_are_named_counted_ordered_and_taken_away(session: Session, ada: FlaskClient, ours: Event) -> None:
    url = f"{BASE}/rooms"
    token = form_fields(ada.get(url).data)["csrf_token"]

    def rooms() -> list[tuple[str, int | None]]:
        session.rollback()
        return [tuple(row) for row in session.execute(select(Room.name, Room.seats).order_by(Room.position))]

    for name, seats in (("Hall", "200"), ("Annex", "")):
        assert ada.post(url, data={"csrf_token": token, "name": name, "seats": seats}).status_code == 303
    assert rooms() == [("Hall", 200), ("Annex", None)]
    ada.post(f"{url}/annex", data={"csrf_token": token, "step": "up"})
    assert rooms() == [("Annex", None), ("Hall", 200)]
    ada.post(f"{url}/annex", data={"csrf_token": token, "step": "up"})
    assert rooms() == [("Annex", None), ("Hall", 200)]
    ada.post(url, data={"csrf_token": token, "room": "annex", "name": "Annex B", "seats": "30"})
    assert rooms() == [("Annex B", 30), ("Hall", 200)]
    answer = ada.post(url, data={"csrf_token": token, "room": "annex", "name": "", "seats": "many"})
    assert answer.status_code == 422
    ada.post(f"{url}/hall", data={"csrf_token": token, "step": "remove"})
    assert rooms() == [("Annex B", 30)]


def test_a_track_takes_colours_only(session: Session, ada: FlaskClient, ours: Event) -> None:
    url = f"{BASE}/tracks"
    token = form_fields(ada.get(url).data)["csrf_token"]
    assert ada.post(url, data={"csrf_token": token, "name": "FCT", "colour": "#0B5394"}).status_code == 303
    assert ada.post(url, data={"csrf_token": token, "name": "BM", "colour": "red;x"}).status_code == 422
    assert [tuple(row) for row in session.execute(select(Track.name, Track.colour))] == [("FCT", "#0b5394")]


def test_people_are_written_down_merged_and_taken_out(session: Session, ada: FlaskClient, ours: Event) -> None:
    entry = make_session(ours, "Panel", key="panel")
    values = {
        "name": "Ioanna Papadaki",
        "affiliation": "KEMEA",
        "email": "io@example.org",
        "links": "https://a.example\r\n",
    }
    assert post_form(ada, f"{BASE}/people/new", having="biography", **values).status_code == 303
    answer = post_form(ada, f"{BASE}/people/new", having="biography", name="X", links="javascript:alert(1)")
    assert (answer.status_code, "is no web address" in answer.text) == (422, True)
    make_person(ours, "I. Papadaki", key="i")
    with transaction() as writing:
        found = writing.get_one(AgendaSession, entry.id)
        other = writing.scalars(select(Person).where(Person.key == "i")).one()
        actions.set_session_people(writing, found, [(other, "chair")])
    url = f"{BASE}/people/ioanna-papadaki"
    for name, code in (("Nobody", 422), ("Ioanna Papadaki", 422), ("i. papadaki", 303)):
        answer = post_form(ada, url, having="other", action=f"{url}/merge", other=name)
        assert answer.status_code == code
    assert outline(the_session(session, "Panel"))["roles"] == [("Ioanna Papadaki", "chair")]
    assert "io@example.org" in ada.get(f"{BASE}/people").text
    answer = post_form(ada, url, action=f"{url}/remove")
    assert answer.status_code == 303
    assert session.scalar(select(Person)) is None
    assert outline(the_session(session, "Panel"))["roles"] == []


def test_what_a_programme_says_cannot_run_in_a_page(session: Session, ada: FlaskClient, ours: Event) -> None:
    evil = '"><script>alert(1)</script>'
    make_room(ours, evil, key="r")
    person = make_person(ours, evil, key="p", affiliation=evil, biography=evil)
    entry = make_session(ours, evil, key="s", abstract=evil)
    with transaction() as writing:
        actions.add_track(writing, writing.get_one(Event, ours.id), name=evil)
        found, who = writing.get_one(AgendaSession, entry.id), writing.get_one(Person, person.id)
        actions.set_session_people(writing, found, [(who, "chair")])
        actions.set_talks(writing, found, [TalkEntry(evil, project=evil, people=[(who, "presenter")])])
    for path in (
        "programme",
        "programme/sessions/s",
        "programme/sessions/new",
        "rooms",
        "tracks",
        "people",
        "people/p",
    ):
        page = ada.get(f"{BASE}/{path}").text
        assert "<script>alert" not in page
        assert "alert(1)" in page


def test_empty_places_say_how_to_begin(ada: FlaskClient, ours: Event) -> None:
    said = {path: re.findall(r'class="empty-title">(.*?)<', ada.get(f"{BASE}/{path}").text)
            for path in ("programme", "rooms", "tracks", "people")}  # fmt: skip
    assert said == {
        "programme": ["No session yet"], "rooms": ["No room yet"], "tracks": ["No track yet"], "people": ["Nobody yet"],
    }  # fmt: skip
    assert f'href="{NEW}"' in ada.get(f"{BASE}/programme").text
