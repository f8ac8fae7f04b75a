"""Who sees which stream, who learns why not, and that an address is nowhere it should not be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.access import LET_IN
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.registration import actions
from eventsys.registration.models import Registration
from eventsys.registration.queries import link_of
from eventsys.streams.actions import change_stream, remove_stream
from eventsys.streams.models import Stream
from tests.cast import Cast
from tests.factories import make_event, make_room, make_session
from tests.factories.registration import make_registration
from tests.factories.streams import SECRET, make_stream
from tests.forms import csrf_token, post_form

AUDIENCES = ("public", "registered", "online", "onsite", "staff")
HOUR = timedelta(hours=1)


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    """An event going on now."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, slug="today", onsite=1, online=None, contact="desk@example.org",
        starts_at=now - HOUR, ends_at=now + 8 * HOUR,
    )  # fmt: skip


def browser(app: Flask, *registrations: Registration) -> FlaskClient:
    """A browser that has opened these people's personal links."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[LET_IN] = [registration.id for registration in registrations]
    return client


def on_now(event: Event, title: str = "Now", **values: Any) -> Any:
    return make_session(event, title, starts_at=clock.now() - HOUR / 2, ends_at=clock.now() + HOUR, **values)


@pytest.fixture
def visitors(app: Flask, event: Event, cast: Cast) -> dict[str, FlaskClient]:
    """Everyone who may ask, by what they are."""
    onsite = make_registration(event, mode="onsite")
    waiting = make_registration(event, mode="onsite")
    online = make_registration(event, mode="online")
    elsewhere = make_registration(make_event(slug="another", online=None), mode="online")
    assert [one.state for one in (onsite, waiting, online)] == ["confirmed", "waiting", "confirmed"]
    return {
        "stranger": app.test_client(),
        "waiting": browser(app, waiting),
        "online": browser(app, online),
        "onsite": browser(app, onsite),
        "elsewhere": browser(app, elsewhere),
        "other organiser": cast.browser_of(cast.al),
        "door": cast.browser_of(cast.dee),
        "owner": cast.browser_of(cast.ada),
        "administrator": cast.browser_of(cast.eve),
    }


MAY = {
    "stranger": {"public"},
    # Who waits for a seat takes part online meanwhile.
    "waiting": {"public", "registered", "online"},
    "elsewhere": {"public"},
    "other organiser": {"public"},
    "online": {"public", "registered", "online"},
    "onsite": {"public", "registered", "onsite"},
    "door": set(AUDIENCES),
    "owner": set(AUDIENCES),
    "administrator": set(AUDIENCES),
}


def test_each_audience_gets_in_and_nobody_else(event: Event, visitors: dict[str, FlaskClient]) -> None:
    streams = {
        audience: make_stream(event, on_now(event), url=f"https://meet.example.org/{audience}", audience=audience)
        for audience in AUDIENCES
    }
    for who, client in visitors.items():
        offered = {
            audience
            for audience, stream in streams.items()
            if f'action="/events/today/live/{stream.id}/join"' in client.get("/events/today/live").text
        }
        entered = {audience: join(client, stream).status_code for audience, stream in streams.items()}
        assert (who, offered) == (who, MAY[who])
        assert (who, entered) == (who, {each: 303 if each in MAY[who] else 403 for each in AUDIENCES})


def join(client: FlaskClient, stream: Stream) -> Any:
    """Post the form as a page would, also where no page offers it."""
    return client.post(f"/events/today/live/{stream.id}/join", data={"csrf_token": csrf_token(client)})


def test_joining_leads_there_and_tells_nobody_where_from(event: Event, client: FlaskClient) -> None:
    stream = make_stream(event, on_now(event), audience="public")
    page = client.get("/events/today/live")
    assert "https:" in directive(page, "form-action")
    answer = post_form(client, "/events/today/live", action=f"/events/today/live/{stream.id}/join")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"https://meet.example.org/{SECRET}")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_joining_takes_a_form_of_ours(event: Event, client: FlaskClient) -> None:
    stream = make_stream(event, on_now(event), audience="public")
    assert client.post(f"/events/today/live/{stream.id}/join").status_code == 400
    assert client.get(f"/events/today/live/{stream.id}/join").status_code == 405


@pytest.mark.parametrize("minutes", [-16, 16])
def test_nobody_joins_before_it_opens_or_after_it_is_over(event: Event, client: FlaskClient, minutes: int) -> None:
    starts_at = clock.now() + timedelta(minutes=minutes) - (HOUR if minutes < 0 else timedelta())
    entry = make_session(event, "Then", starts_at=starts_at, ends_at=starts_at + HOUR)
    stream = make_stream(event, entry, audience="public")
    assert join(client, stream).status_code == 409
    assert "/join" not in client.get("/events/today/live").text


def test_a_stream_of_another_event_is_unknown_here(event: Event, client: FlaskClient) -> None:
    other = make_event(slug="other", starts_at=clock.now() - HOUR, ends_at=clock.now() + HOUR)
    stream = make_stream(other, on_now(other), audience="public")
    assert join(client, stream).status_code == 404


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("stranger", "this browser does not know you yet"),
        ("elsewhere", "this browser does not know you yet"),
        ("onsite", "you are registered on site"),
    ],
)
def test_who_may_not_see_it_learns_why_and_what_to_do(
    event: Event, visitors: dict[str, FlaskClient], who: str, sentence: str
) -> None:
    make_stream(event, on_now(event, "The panel"), audience="online")
    page = visitors[who].get("/events/today/live").text
    assert "The panel" in page
    assert sentence in page
    assert "How to get in" in page
    assert "desk@example.org" in page
    assert ('href="/events/today/register">Register</a>, then' in page) == (who in ("stranger", "elsewhere"))


def test_who_waits_where_nobody_looks_on_meanwhile_learns_why(app: Flask, event: Event) -> None:
    with transaction() as session:
        actions.change_settings(session, session.get_one(Event, event.id), now=clock.now(), waits_online=False)
    make_stream(event, on_now(event, "The panel"), audience="online")
    make_registration(event, mode="onsite")
    page = browser(app, make_registration(event, mode="onsite")).get("/events/today/live").text
    assert "You are on the waiting list" in page
    assert "How to get in" in page


def test_the_live_page_says_where_it_leads_before_it_loads_anything(event: Event, client: FlaskClient) -> None:
    stream = make_stream(event, on_now(event), url="https://youtu.be/abcDEF12345", audience="public")
    page = client.get("/events/today/live")
    assert ("YouTube" in page.text, "iframe" in page.text, "abcDEF12345" in page.text) == (True, False, False)
    assert directive(page, "frame-src") == ""
    watched = client.get(f"/events/today/live?watch={stream.id}")
    frame = html.fromstring(watched.data).xpath("//iframe")[0]
    assert frame.get("src") == "https://www.youtube-nocookie.com/embed/abcDEF12345"
    assert frame.get("title") == "Stream: Now"
    assert frame.get("sandbox") == "allow-scripts allow-same-origin allow-presentation allow-popups"
    assert frame.get("referrerpolicy") == "strict-origin-when-cross-origin"
    assert directive(watched, "frame-src") == "https://www.youtube-nocookie.com"
    assert directive(watched, "form-action") == "'self'"


def test_a_video_stream_loads_from_its_own_site_alone(event: Event, client: FlaskClient) -> None:
    stream = make_stream(event, on_now(event), url="https://cdn.example.org/live.m3u8", audience="public")
    watched = client.get(f"/events/today/live?watch={stream.id}")
    assert html.fromstring(watched.data).xpath("//video/@data-hls") == ["https://cdn.example.org/live.m3u8"]
    assert directive(watched, "connect-src") == "'self' https://cdn.example.org"
    assert directive(watched, "media-src") == "'self' blob: https://cdn.example.org"
    assert "vendor/hls" not in client.get("/events/today/live").text


def directive(answer: Any, name: str) -> str:
    found: dict[str, str] = {}
    for part in answer.headers["Content-Security-Policy"].split(";"):
        key, _, value = part.strip().partition(" ")
        found[key] = value
    return found.get(name, "")


def test_the_page_is_never_kept_by_anything_between(event: Event, client: FlaskClient) -> None:
    assert client.get("/events/today/live").headers["Cache-Control"] == "private, no-store"


def test_drafts_have_no_live_page_for_strangers(session: Session, client: FlaskClient, cast: Cast) -> None:
    draft = make_event(owner=cast.ada, slug="draft", status="draft", published_at=None)
    make_stream(draft, on_now(draft), audience="public")
    assert client.get("/events/draft/live").status_code == 404
    assert cast.browser_of(cast.al).get("/events/draft/live").status_code == 404
    assert cast.browser_of(cast.ada).get("/events/draft/live").status_code == 200


def test_a_cancelled_session_and_a_cancelled_event_are_not_streamed(event: Event, client: FlaskClient) -> None:
    cancelled = make_stream(event, on_now(event, "Struck", status="cancelled"), audience="public")
    assert join(client, cancelled).status_code == 409
    page = client.get("/events/today/live").text
    assert ("Struck" in page, "cancelled" in page, "/join" in page) == (True, True, False)
    stream = make_stream(event, on_now(event), audience="public")
    assert "/join" in client.get("/events/today/live").text
    with transaction() as session:
        session.merge(event).status = "cancelled"
    assert "/join" not in client.get("/events/today/live").text
    assert join(client, stream).status_code == 409


def test_a_room_and_an_empty_event_say_so(event: Event, client: FlaskClient) -> None:
    assert "Nothing is streamed at this event" in client.get("/events/today/live").text
    make_stream(event, make_room(event, "Meuse"), audience="public")
    page = client.get("/events/today/live").text
    assert ("Meuse" in page, "Nothing is planned in this room yet" in page) == (True, True)


def test_thirty_streams_cost_as_many_questions_as_one(event: Event, client: FlaskClient, session: Session) -> None:
    make_stream(event, on_now(event), audience="public")
    client.get("/events/today/live")
    few = count_statements(session, lambda: client.get("/events/today/live"))
    for _ in range(29):
        make_stream(event, on_now(event), audience="public")
    assert count_statements(session, lambda: client.get("/events/today/live")) == few


def count_statements(session: Session, ask: Any) -> int:
    from sqlalchemy import event as listen

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    listen.listen(session.get_bind(), "before_cursor_execute", note)
    assert ask().status_code == 200
    listen.remove(session.get_bind(), "before_cursor_execute", note)
    return len(seen)


# Where the address may be, for whom it may be: the page that plays it. A meeting's stands on no page at all.
def public_addresses(app: Flask, values: dict[str, Any]) -> Iterator[str]:
    """Every address a visitor may ask for, filled with what is known."""
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/manage", "/admin", "/static")):
            yield adapter.build(rule.endpoint, {name: values.get(name, 1) for name in rule.arguments})


# Each with a secret of its own: {} is filled with "now" and "late".
KINDS = {"meet": "https://meet.example.org/{}meet", "tube": "https://youtu.be/{}tube",
         "hls": "https://cdn.example.org/{}hls/live.m3u8"}  # fmt: skip


def test_no_address_of_the_site_tells_a_stream_to_whom_it_is_not_for(
    app: Flask, event: Event, visitors: dict[str, FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    room = make_room(event, "Meuse")
    streams, entries = {}, {}
    for kind, url in KINDS.items():
        entries["now" + kind] = on_now(event, "Now " + kind, room_id=room.id)
        entries["late" + kind] = make_session(event, "Late " + kind, starts_at=clock.now() + HOUR)
        for when in ("now", "late"):
            entry = entries[when + kind]
            streams[when + kind] = make_stream(event, entry, url=url.format("s3cret" + when), audience="online")
    with app.app_context():
        # Whoever opens it becomes one who waits without taking part meanwhile, which opens nothing.
        with transaction() as session:
            actions.change_settings(session, session.get_one(Event, event.id), now=clock.now(), waits_online=False)
        token = link_of(make_registration(event, mode="onsite"))
    addresses = {
        address
        for secret, entry in entries.items()
        for address in public_addresses(
            app, {"slug": "today", "key": entry.key, "number": streams[secret].id, "token": token, "filename": "x"}
        )
    } | {f"/events/today/live?watch={stream.id}" for stream in streams.values()}
    assert {"/events/today/live", "/events/today/schedule.xml", "/events/today/agenda.ics", f"/r/{token}"} <= addresses
    playing = {f"/events/today/live?watch={streams['now' + kind].id}": f"now{kind}" for kind in ("tube", "hls")}
    for who, client in visitors.items():
        told = {
            address: secret
            for address in sorted(addresses)
            for answer in [everything_of(client.get(address))]
            for secret in streams
            if f"s3cret{secret}" in answer
        }
        # The page that plays it, and nothing else, and only for those it is for: a meeting's address is on no page.
        may = who in ("waiting", "online", "door", "owner", "administrator")
        assert (who, told) == (who, playing if may else {})
    assert "s3cret" not in caplog.text


def everything_of(answer: Any) -> str:
    return f"{answer.status} {answer.headers} {answer.get_data().decode('utf-8', 'replace')}"


def test_what_happened_to_a_stream_is_told_without_its_address(event: Event, session: Session) -> None:
    stream = make_stream(event, on_now(event))
    with transaction() as writing:
        change_stream(
            writing, writing.merge(stream), url=f"https://meet.example.org/{SECRET}2", audience="staff",
            opens_minutes_before=5, now=clock.now(),
        )  # fmt: skip
        remove_stream(writing, writing.merge(stream), now=clock.now())
    facts = session.scalars(select(Fact).where(Fact.subject == "stream").order_by(Fact.id)).all()
    assert [fact.kind for fact in facts] == ["stream.added", "stream.changed", "stream.removed"]
    assert all(SECRET not in str(vars(fact)) for fact in facts)
