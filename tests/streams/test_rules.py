"""When a stream is open, to the second; for whom; how an address is shown; what is no address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.registration.models import Registration
from eventsys.registration.rules import Viewer
from eventsys.streams.errors import StreamAddressNotTaken
from eventsys.streams.models import Stream
from eventsys.streams.rules import Moment, Way, barrier, checked_address, player_of, showing

START = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)


def event_of(**values: Any) -> Event:
    return Event(**({"timezone": "Europe/Brussels", "status": "published"} | values))


def entry_of(number: int = 1, *, start: datetime = START, hours: float = 1, **values: Any) -> AgendaSession:
    defaults = {"id": number, "room_id": 7, "status": "confirmed", "starts_at": start, "ends_at": start + hours * HOUR}
    return AgendaSession(**(defaults | values))


def on_session(number: int = 1, minutes: int = 15) -> Stream:
    return Stream(id=1, session_id=number, audience="public", opens_minutes_before=minutes)


def on_room(minutes: int = 15) -> Stream:
    return Stream(id=1, room_id=7, audience="public", opens_minutes_before=minutes)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (START - QUARTER - SECOND, Moment.LATER),
        (START - QUARTER, Moment.OPEN),
        (START, Moment.OPEN),
        (START + HOUR + QUARTER - SECOND, Moment.OPEN),
        (START + HOUR + QUARTER, Moment.OVER),
    ],
)
def test_a_stream_opens_and_closes_to_the_second(now: datetime, moment: Moment) -> None:
    assert showing(on_session(), [entry_of()], event_of(), now=now).moment == moment


def test_a_stream_that_opens_at_the_start_opens_at_the_start() -> None:
    assert showing(on_session(minutes=0), [entry_of()], event_of(), now=START - SECOND).moment == Moment.LATER
    assert showing(on_session(minutes=0), [entry_of()], event_of(), now=START).moment == Moment.OPEN


def test_what_is_on_ends_with_its_end_though_the_stream_stays_open_a_little() -> None:
    shown = showing(on_session(), [entry_of()], event_of(), now=START + HOUR)
    assert (shown.current, shown.moment) == (None, Moment.OPEN)
    assert shown.entry is not None
    assert shown.entry.id == 1


def test_a_cancelled_session_is_not_streamed() -> None:
    shown = showing(on_session(), [entry_of(status="cancelled")], event_of(), now=START)
    assert (shown.moment, shown.is_open) == (Moment.CANCELLED, False)


def test_nothing_is_streamed_of_a_cancelled_event() -> None:
    assert showing(on_session(), [entry_of()], event_of(status="cancelled"), now=START).moment == Moment.CANCELLED


def test_a_room_without_sessions_is_not_open() -> None:
    assert showing(on_room(), [entry_of(room_id=8)], event_of(), now=START).moment == Moment.UNPLANNED


def test_a_room_stays_open_through_its_breaks_and_closes_for_the_night() -> None:
    entries = [entry_of(1), entry_of(2, start=START + 3 * HOUR), entry_of(3, start=START + 24 * HOUR)]
    at_lunch = showing(on_room(), entries, event_of(), now=START + 2 * HOUR)
    assert (at_lunch.moment, at_lunch.current) == (Moment.OPEN, None)
    assert at_lunch.entry is entries[1]
    at_night = showing(on_room(), entries, event_of(), now=START + 10 * HOUR)
    assert (at_night.moment, at_night.opens_at) == (Moment.LATER, START + 24 * HOUR - QUARTER)
    assert at_night.entry is entries[2]


def test_a_room_opens_for_the_first_session_that_is_held() -> None:
    entries = [entry_of(1, status="cancelled"), entry_of(2, start=START + 3 * HOUR)]
    assert showing(on_room(), entries, event_of(), now=START).moment == Moment.LATER


def test_a_room_names_what_is_on_and_what_is_next() -> None:
    entries = [entry_of(1), entry_of(2, start=START + HOUR)]
    shown = showing(on_room(), entries, event_of(), now=START + HOUR - SECOND)
    assert (shown.current, shown.coming) == (entries[0], entries[1])
    shown = showing(on_room(), entries, event_of(), now=START + HOUR)
    assert (shown.current, shown.coming) == (entries[1], None)


def test_on_the_day_the_clocks_go_back_a_day_of_25_hours_is_one_day() -> None:
    """In Brussels 25 October 2026 lasts from 22:00 to 23:00 UTC of the next day."""
    first = entry_of(1, start=datetime(2026, 10, 24, 22, 30, tzinfo=UTC))
    last = entry_of(2, start=datetime(2026, 10, 25, 21, 30, tzinfo=UTC))
    shown = showing(on_room(), [first, last], event_of(), now=datetime(2026, 10, 25, 12, 0, tzinfo=UTC))
    assert (shown.moment, shown.closes_at) == (Moment.OPEN, last.ends_at)
    # The hour that comes twice: a quarter before 02:00 UTC is a quarter of an hour, not an hour and a quarter.
    twice = entry_of(1, start=datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
    assert showing(on_session(), [twice], event_of(), now=twice.starts_at).opens_at == twice.starts_at - QUARTER


def person(mode: str = "online", state: str = "confirmed", kind: str = "participant") -> Registration:
    return Registration(mode=mode, state=state, type=kind)


VIEWERS = {
    "stranger": Viewer(),
    "waiting": Viewer(registrations=[person(state="waiting")]),
    "applied": Viewer(registrations=[person(state="applied")]),
    "offered": Viewer(registrations=[person(state="offered")]),
    "cancelled": Viewer(registrations=[person(state="cancelled")]),
    "online": Viewer(registrations=[person("online")]),
    "onsite": Viewer(registrations=[person("onsite")]),
    "both": Viewer(registrations=[person("onsite"), person("online")]),
    "registered as staff": Viewer(registrations=[person("onsite", kind="staff")]),
    "team": Viewer(is_staff=True),
}
# Why not, for public, registered, online, onsite, staff; None where they may.
REASONS = {
    "stranger": [None, "stranger", "stranger", "stranger", "team"],
    "waiting": [None, "waiting", "waiting", "waiting", "team"],
    "applied": [None, "applied", "applied", "applied", "team"],
    "offered": [None, "offered", "offered", "offered", "team"],
    "cancelled": [None, "ended", "ended", "ended", "team"],
    "online": [None, None, None, "onsite_only", "team"],
    "onsite": [None, None, "online_only", None, "team"],
    "both": [None, None, None, None, "team"],
    "registered as staff": [None, None, "online_only", None, None],
    "team": [None, None, None, None, None],
}


@pytest.mark.parametrize("who", VIEWERS)
def test_everyone_is_told_the_right_reason(who: str) -> None:
    audiences = ("public", "registered", "online", "onsite", "staff")
    assert [barrier(audience, VIEWERS[who]) for audience in audiences] == REASONS[who]


@pytest.mark.parametrize(
    ("url", "way", "shown", "origin"),
    [
        ("https://www.youtube.com/watch?v=abcDEF12345&t=3", Way.FRAME,
         "https://www.youtube-nocookie.com/embed/abcDEF12345", "https://www.youtube-nocookie.com"),
        ("https://youtu.be/abcDEF12345", Way.FRAME,
         "https://www.youtube-nocookie.com/embed/abcDEF12345", "https://www.youtube-nocookie.com"),
        ("https://youtube.com/live/abcDEF12345?si=x", Way.FRAME,
         "https://www.youtube-nocookie.com/embed/abcDEF12345", "https://www.youtube-nocookie.com"),
        ("https://vimeo.com/123456", Way.FRAME, "https://player.vimeo.com/video/123456?dnt=1",
         "https://player.vimeo.com"),
        ("https://tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv", Way.FRAME,
         "https://tube.example.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv", "https://tube.example.org"),
        ("https://cdn.example.org:8443/a/live.m3u8?t=1", Way.HLS,
         "https://cdn.example.org:8443/a/live.m3u8?t=1", "https://cdn.example.org:8443"),
        ("https://cdn.example.org/a.mp4", Way.VIDEO, "https://cdn.example.org/a.mp4", "https://cdn.example.org"),
        ("https://meet.example.org/room?pwd=1", Way.JOIN, "https://meet.example.org/room?pwd=1",
         "https://meet.example.org"),
        ("https://youtube.com.evil.example/watch?v=abcDEF12345", Way.JOIN,
         "https://youtube.com.evil.example/watch?v=abcDEF12345", "https://youtube.com.evil.example"),
        ("https://www.youtube.com/watch?v=%22%3E%3Cscript%3E", Way.JOIN,
         "https://www.youtube.com/watch?v=%22%3E%3Cscript%3E", "https://www.youtube.com"),
        ("https://bücher.example/x.m3u8", Way.HLS, "https://bücher.example/x.m3u8",
         "https://xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_an_address_is_shown_as_its_site_allows(url: str, way: Way, shown: str, origin: str) -> None:
    player = player_of(checked_address(url))
    assert (player.way, player.url, player.origin) == (way, shown, origin)


@pytest.mark.parametrize(
    "url",
    [
        "", "meet.example.org", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/x", "https://", "https:///x",
        "https://a.example/x y", "//a.example/x", "https://user:secret@a.example/", "https://a.example;script-src/x.m3u8",
        "https://a.example,b.example/x", "https://'self'/x.m3u8", "https://a.example:99999/x", "https://[::1/x",
        "https://a.example/" + "x" * 2000, "https://*/x.m3u8",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_stream_is_refused(url: str) -> None:
    with pytest.raises(StreamAddressNotTaken):
        checked_address(url)
