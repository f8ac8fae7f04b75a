"""The public list: what is coming, the archive, filters in the database, pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.pages import parts, words


def an_event(title: str, days: int, **values: object) -> Event:
    """An event of one day that begins so many days from now."""
    start = clock.now() + timedelta(days=days)
    return make_event(title=title, starts_at=start, ends_at=start + timedelta(hours=8), **values)  # type: ignore[arg-type]


def listed(client: FlaskClient, query: str = "", path: str = "/events/") -> list[str]:
    answer = client.get(path + query)
    assert answer.status_code == 200
    return [words(one) for one in parts(answer.data, "ul", "dated", "h3")]


@pytest.fixture
def calendar(session: Session) -> None:
    an_event("Next week", 7, kind="workshop", themes=("FCT",), venue_city="Athens")
    an_event("Next month", 30, kind="webinar", venue_city="", summary="Drones over ports")
    an_event("Called off", 10, status="cancelled", status_note="Too few seats")
    an_event("Last year", -365, kind="conference")
    an_event("Last month", -30)
    an_event("Not yet public", 5, status="draft")


@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Next week", "Called off", "Next month"]),
        ("?when=past", ["Last month", "Last year"]),
        ("?when=all", ["Next month", "Called off", "Next week", "Last month", "Last year"]),
        ("?when=nonsense", ["Next week", "Called off", "Next month"]),
        ("?kind=webinar", ["Next month"]),
        ("?theme=FCT", ["Next week"]),
        ("?theme=fct&kind=webinar", []),
        ("?q=athens", ["Next week"]),
        ("?q=ports+drones", ["Next month"]),
        ("?q=100%25", []),
        ("?q=not+yet", []),
        ("?when=past&q=last&kind=conference", ["Last year"]),
    ],
)
def test_the_list_filters_by_time_kind_theme_and_words(client: FlaskClient, query: str, titles: list[str]) -> None:
    assert listed(client, query) == titles


def test_an_event_that_goes_on_is_coming_and_says_so(client: FlaskClient, session: Session) -> None:
    start = clock.now() - timedelta(hours=1)
    make_event(title="Now", starts_at=start, ends_at=start + timedelta(hours=3))
    page = client.get("/events/").data
    assert [words(one) for one in parts(page, "span", "live")] == ["live now"]
    assert listed(client, "?when=past") == []


def test_drafts_are_in_no_list_even_for_their_owners(client: FlaskClient, session: Session, cast: Cast) -> None:
    an_event("Secret plan", 5, status="draft", owner=cast.ada)
    for browser in (client, cast.browser_of(cast.ada), cast.browser_of(cast.eve)):
        for url in ("/", "/events/?when=all", "/events/?q=secret"):
            assert b"Secret plan" not in browser.get(url).data


@pytest.mark.parametrize("path", ["/", "/events/?when=all"])
def test_a_list_costs_the_same_number_of_queries_for_1_and_30_events(
    client: FlaskClient, session: Session, path: str
) -> None:
    costs = []
    for count in (1, 29):
        for number in range(count):
            an_event(f"Event {number}", number + 1, themes=(f"T{count}-{number}",))
        db.session.remove()
        with statements() as found:
            assert client.get(path).status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_the_list_pages_and_keeps_its_filters(client: FlaskClient, session: Session) -> None:
    for number in range(25):
        an_event(f"Event {number:02}", number + 1, kind="seminar")
    assert listed(client, "?kind=seminar") == [f"Event {number:02}" for number in range(12)]
    assert listed(client, "?kind=seminar&page=2") == [f"Event {number:02}" for number in range(12, 24)]
    assert listed(client, "?page=99") == ["Event 24"]
    assert listed(client, "?page=-1") == [f"Event {number:02}" for number in range(12)]
    assert b"/events/?kind=seminar&amp;page=2" in client.get("/events/?kind=seminar").data


@pytest.mark.parametrize("path", ["/", "/events/"])
def test_a_kept_list_costs_one_select_and_shows_changes_at_once(
    client: FlaskClient, session: Session, path: str
) -> None:
    event = an_event("Before", 3)
    assert listed(client, path=path) == ["Before"]
    with statements() as found:
        again = client.get(path)
    assert (len(found), "Set-Cookie" in again.headers) == (1, False)
    with transaction() as writing:
        known = writing.get(Event, event.id)
        assert known is not None
        known.title = "After"
    assert listed(client, path=path) == ["After"]


def test_home_shows_what_goes_on_first(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    an_event("Soon", 1)
    make_event(title="On", starts_at=now - timedelta(hours=2), ends_at=now + timedelta(days=2))
    make_event(title="Off", starts_at=now - timedelta(hours=3), ends_at=now + timedelta(days=2), status="cancelled")
    an_event("Old", -5)
    page = client.get("/").data
    assert [words(one) for one in parts(page, "section", "today", "h3")] == ["On"]
    assert [words(one) for one in parts(page, "ul", "dated", "h3")] == ["On", "Off", "Soon"]
    assert [words(one) for one in parts(page, "ul", "recent", "a")] == ["Old"]


def test_an_empty_house_says_how_to_go_on(client: FlaskClient, session: Session) -> None:
    for path in ("/", "/events/", "/events/?when=past", "/events/?q=x"):
        assert len(parts(client.get(path).data, "div", "empty")) == 1
