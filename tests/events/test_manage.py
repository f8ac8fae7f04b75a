"""Organisers write, publish and cancel events through the pages they see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Person, Room
from eventsys.events.models import Event, FormerSlug
from tests.cast import Cast
from tests.counting import statements
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.forms import form_fields, post_form

NEW = {
    "kind": "workshop",
    "title": "Fighting crime & terrorism",
    "starts_on": "2026-12-03",
    "starts_time": "09:00",
    "ends_on": "2026-12-04",
    "ends_time": "17:30",
    "timezone": "Europe/Brussels",
}


def the_event(session: Session, slug: str) -> Event:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Event).where(Event.slug == slug)).one()


def queries_of(client: Any, url: str) -> int:
    """How many statements a page costs, once what is kept in the process is there."""
    client.get(url)
    with statements() as ran:
        assert client.get(url).status_code == 200
    return len(ran)


def test_an_event_is_made_from_a_title_and_its_days(session: Session, cast: Cast) -> None:
    ada = cast.browser_of(cast.ada)
    answer = post_form(ada, "/manage/events/new", having="title", **NEW, new_themes="FCT, Border management")
    assert (answer.status_code, answer.location) == (303, "/manage/events/fighting-crime-terrorism-2026/publish")
    event = the_event(session, "fighting-crime-terrorism-2026")
    assert (event.starts_at, event.ends_at) == (
        datetime(2026, 12, 3, 8, tzinfo=UTC), datetime(2026, 12, 4, 16, 30, tzinfo=UTC),
    )  # fmt: skip
    assert (event.status, event.title, [theme.name for theme in event.themes]) == (
        "draft", "Fighting crime & terrorism", ["Border management", "FCT"],
    )  # fmt: skip
    assert event.privacy_notice.startswith("We use what you enter")
    assert "Fighting crime &amp; terrorism" in ada.get("/manage/").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts_on": "2026-03-29", "starts_time": "02:30"}, "2026-03-29 02:30 does not exist in Europe/Brussels"),
        ({"ends_on": "2026-12-02"}, "The end must come after the start."),
        ({"timezone": "Mars/Olympus"}, "There is no time zone “Mars/Olympus”."),
        ({"slug": "taken"}, "Another event already has the address “taken”."),
        ({"slug": "Not An Address"}, "cannot be an address"),
        ({"slug": "new"}, "“new” cannot be an address"),
        ({"title": "   "}, "Give it a title."),
        ({"starts_on": "soon"}, "Not a valid date value."),
        ({"kind": "party"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(
    session: Session, cast: Cast, change: dict[str, str], sentence: str
) -> None:
    make_event(slug="taken")
    ada = cast.browser_of(cast.ada)
    answer = post_form(ada, "/manage/events/new", having="title", **(NEW | {"venue_city": "Gent"} | change))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "There is a problem" in answer.text
    assert 'value="Gent"' in answer.text
    assert session.scalars(select(Event.slug)).all() == ["taken"]


def test_saving_without_a_change_changes_nothing(session: Session, cast: Cast) -> None:
    make_event(
        slug="same", owner=cast.ada, themes=("FCT",), organisers=["DG HOME", "KEMEA"], contact="desk@example.org",
        summary="One.\n\nTwo.", description="# Why\n\n- because", language="fr", venue_address="Rue Félix Hap 11",
    )  # fmt: skip
    before = the_event(session, "same")
    version, sequence = before.version, before.sequence
    answer = post_form(cast.browser_of(cast.ada), "/manage/events/same/edit", having="title")
    assert answer.status_code == 303
    after = the_event(session, "same")
    assert (after.version, after.sequence) == (version, sequence)


def test_an_event_moves_and_is_renamed_by_its_form(session: Session, cast: Cast) -> None:
    make_event(slug="first", owner=cast.ada)
    values = {"starts_time": "10:00", "slug": "second", "organisers": "DG HOME\r\n\r\n  KEMEA ", "themes": []}
    answer = post_form(cast.browser_of(cast.ada), "/manage/events/first/edit", having="title", **values)
    assert (answer.status_code, answer.location) == (303, "/manage/events/second/edit")
    event = the_event(session, "second")
    assert (event.starts_at, event.sequence, event.organisers) == (
        STARTS_AT + timedelta(hours=1),
        1,
        ["DG HOME", "KEMEA"],
    )
    assert session.scalars(select(FormerSlug.slug)).all() == ["first"]


def test_the_checklist_tells_what_is_missing_and_publishes_all_the_same(session: Session, cast: Cast) -> None:
    make_event(slug="soon", owner=cast.ada, status="draft", published_at=None)
    ada = cast.browser_of(cast.ada)
    page = ada.get("/manage/events/soon/publish").text
    missing = re.findall(r'<li class="is-missing">.*?<strong>(.*?)</strong>', page, re.S)
    assert missing == ["Summary", "Organisers", "Contact", "Privacy", "Programme"]
    answer = post_form(ada, "/manage/events/soon/publish", action="/manage/events/soon/publish")
    assert answer.status_code == 303
    assert the_event(session, "soon").status == "published"
    assert cast.app.test_client().get("/events/soon/").status_code == 200


def test_a_draft_is_seen_by_its_team_only(session: Session, cast: Cast) -> None:
    make_event(slug="soon", owner=cast.ada, door=cast.dee, status="draft", published_at=None)
    seen = {
        name: cast.browser_of(getattr(cast, name)).get("/events/soon/").status_code
        for name in ("ada", "al", "dee", "eve")
    }
    assert seen == {"ada": 200, "al": 404, "dee": 404, "eve": 200}
    assert cast.app.test_client().get("/events/soon/").status_code == 404


def test_cancelling_says_why_and_what_instead_and_is_taken_back(session: Session, cast: Cast) -> None:
    event = make_event(slug="off", owner=cast.ada)
    instead = make_event(slug="instead", title="The same in spring", starts_at=event.starts_at + timedelta(days=90),
                         ends_at=event.ends_at + timedelta(days=90))  # fmt: skip
    make_event(slug="hidden", title="Hidden draft", status="draft", starts_at=event.starts_at + timedelta(days=1),
               ends_at=event.ends_at + timedelta(days=1))  # fmt: skip
    ada = cast.browser_of(cast.ada)
    assert "Hidden draft" not in ada.get("/manage/events/off/cancel").text
    answer = post_form(
        ada, "/manage/events/off/cancel", having="note", note="The hall burnt down.", replaced_by="instead"
    )
    assert answer.status_code == 303
    found = the_event(session, "off")
    assert (found.status, found.status_note, found.replaced_by_id) == ("cancelled", "The hall burnt down.", instead.id)
    status = "/manage/events/off/status"
    answer = post_form(ada, "/manage/events/off/edit", having="step", action=status, step="publish")
    assert answer.status_code == 303
    assert the_event(session, "off").status == "published"


def test_a_replacement_that_was_not_offered_is_refused(session: Session, cast: Cast) -> None:
    make_event(slug="off", owner=cast.ada)
    make_event(slug="hidden", status="draft")
    ada = cast.browser_of(cast.ada)
    for slug in ("hidden", "off", "nowhere"):
        answer = post_form(ada, "/manage/events/off/cancel", having="note", replaced_by=slug)
        assert answer.status_code == 422
    assert the_event(session, "off").status == "published"


def test_the_list_filters_searches_and_pages_in_the_database(session: Session, cast: Cast) -> None:
    now = datetime.now(UTC)
    for number in range(30):
        start = now + timedelta(days=number - 4.5)
        values: dict[str, Any] = {"kind": "webinar"} if number % 2 else {"status": "draft", "venue_city": "Gent"}
        make_event(slug=f"e{number:02}", title=f"Event {number:02}", owner=cast.ada, starts_at=start,
                   ends_at=start + timedelta(hours=2), **values)  # fmt: skip
    make_event(slug="als", title="Event of Al", owner=cast.al)
    ada = cast.browser_of(cast.ada)

    def listed(query: str = "") -> list[str]:
        return re.findall(r'<th scope="row"><a href="[^"]*">Event (.*?)</a>', ada.get(f"/manage/{query}").text)

    assert listed()[:3] == ["05", "06", "07"]
    assert listed("?page=2") == ["04", "03", "02", "01", "00"]
    assert listed("?when=past") == ["04", "03", "02", "01", "00"]
    assert listed("?when=past&kind=webinar") == ["03", "01"]
    assert listed("?when=past&status=draft") == ["04", "02", "00"]
    assert listed("?q=gent+event+06") == ["06"]
    assert listed("?q=%25") == []
    assert listed("?kind=party&page=nonsense")[:1] == ["05"]
    assert "of Al" in re.findall(r'">Event (.*?)</a>', cast.browser_of(cast.eve).get("/manage/?q=of+Al").text)


def test_the_list_costs_the_same_for_one_and_thirty(session: Session, cast: Cast) -> None:
    make_event(owner=cast.ada, themes=("FCT",))
    ada = cast.browser_of(cast.ada)
    one = queries_of(ada, "/manage/")
    for _number in range(29):
        make_event(owner=cast.ada)
    assert queries_of(ada, "/manage/") == one


def test_what_organisers_write_cannot_run_in_a_page(session: Session, cast: Cast) -> None:
    evil = '"><script>alert(1)</script>'
    make_event(
        slug="evil", owner=cast.ada, title=evil, venue_name=evil, summary=evil, organisers=[evil], contact=evil,
        description=f"{evil}\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>", privacy_notice=evil,
    )  # fmt: skip
    ada = cast.browser_of(cast.ada)
    for url in ("/manage/", "/manage/events/evil/edit", "/manage/events/evil/publish", "/manage/events/evil/cancel",
                "/manage/events/evil/team", "/events/evil/"):  # fmt: skip
        page = ada.get(url).text
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page
        assert "<img src=x" not in page
        assert "alert(1)" in page


def test_a_draft_is_removed_with_all_that_belongs_to_it(session: Session, cast: Cast) -> None:
    event = make_event(slug="gone", owner=cast.ada, status="draft", published_at=None, themes=("FCT",))
    room = make_room(event)
    make_session(event, room_id=room.id)
    make_person(event)
    kept = make_event(slug="kept", owner=cast.ada)
    make_session(kept)
    url = "/manage/events/gone/status"
    answer = post_form(cast.browser_of(cast.ada), "/manage/events/gone/edit", having="step", action=url, step="remove")
    assert (answer.status_code, answer.location) == (303, "/manage/")
    session.rollback()
    assert session.scalars(select(Event.slug)).all() == ["kept"]
    assert session.scalars(select(AgendaSession.event_id)).all() == [kept.id]
    assert session.scalar(select(Room)) is None
    assert session.scalar(select(Person)) is None


def test_removing_what_was_public_is_refused(session: Session, cast: Cast) -> None:
    make_event(slug="seen", owner=cast.ada, status="draft")
    ada = cast.browser_of(cast.ada)
    token = form_fields(ada.get("/manage/events/seen/edit").data)["csrf_token"]
    answer = ada.post("/manage/events/seen/status", data={"csrf_token": token, "step": "remove"})
    assert answer.status_code == 409
    assert ada.post("/manage/events/seen/status", data={"csrf_token": token, "step": "explode"}).status_code == 400
    assert session.scalars(select(Event.slug)).all() == ["seen"]


def test_two_who_write_at_once_overwrite_nothing_unknowingly(session: Session, cast: Cast) -> None:
    """Ada and Eve have the same form open; Ada saves a title, then Eve a summary, knowing nothing of it."""
    event = make_event(owner=cast.ada)
    url = f"/manage/events/{event.slug}/edit"
    ada, eve = cast.browser_of(cast.ada), cast.browser_of(cast.eve)
    first, second = (form_fields(one.get(url).data, having="title") for one in (ada, eve))
    assert ada.post(url, data=first | {"title": "Ada's title"}).status_code == 303
    refused = eve.post(url, data=second | {"summary": "Eve's summary"})
    assert (refused.status_code, "Somebody else saved this" in refused.text) == (422, True)
    assert (the_event(session, event.slug).title, the_event(session, event.slug).summary) == ("Ada's title", "")
    again = form_fields(refused.data, having="title")
    assert again["summary"].strip() == "Eve's summary"
    assert eve.post(url, data=again).status_code == 303
