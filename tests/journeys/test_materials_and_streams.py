"""In a real browser: a recording is heard from the middle, a meeting is joined, a frame waits for a click."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from tests.factories import make_event, make_session
from tests.factories.materials import make_material
from tests.factories.streams import make_stream

# Two minutes of silence: MPEG-1 layer III, 128 kbit/s at 44.1 kHz, 417 bytes and 26 ms a frame.
SILENCE = (b"\xff\xfb\x90\x64" + b"\0" * 413) * 4600


@pytest.fixture
def event(session: Session) -> Event:
    now = clock.now()
    return make_event(slug="heard", online=None, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=3))


def test_a_recording_is_heard_from_the_middle(
    event: Event, server: str, page: Page, accessible: Callable[[Page], None]
) -> None:
    material = make_material(event, "Recording", kind="recording", content=SILENCE, filename="talk.mp3")
    ranges: list[tuple[int, str]] = []
    page.on(
        "response",
        lambda answer: (
            ranges.append((answer.status, answer.headers.get("content-range", "")))
            if material.key in answer.url
            else None
        ),
    )
    page.goto(f"{server}/events/heard/materials")
    accessible(page)
    reached = page.evaluate(
        """async (address) => {
            const sound = new Audio(address);
            await new Promise((go, fail) => { sound.onloadedmetadata = go; sound.onerror = () => fail(sound.error); });
            sound.currentTime = 100;
            await new Promise((go) => { sound.onseeked = go; });
            return [Math.round(sound.currentTime), sound.duration > 115, sound.seekable.end(0) > 115];
        }""",
        f"/events/heard/materials/{material.key}",
    )
    assert reached == [100, True, True]
    assert {status for status, _ in ranges} == {206}


class Meeting(http.server.BaseHTTPRequestHandler):
    """A meeting site that sends people on to another of its servers, as the big ones do."""

    seen: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Referer")))
        self.send_response(302 if self.path == "/j/s3cret" else 200)
        if self.path == "/j/s3cret":
            self.send_header("Location", f"http://localhost:{self.server.server_port}/room")  # type: ignore[attr-defined]
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Meeting</title>In the meeting")

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def meeting() -> Iterator[str]:
    Meeting.seen = []
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Meeting)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}/j/s3cret"
    site.shutdown()
    site.server_close()


def test_a_meeting_is_joined_though_its_site_sends_people_on(
    event: Event, meeting: str, server: str, page: Page
) -> None:
    entry = make_session(event, starts_at=clock.now() - timedelta(minutes=5))
    make_stream(event, entry, url=meeting, audience="public")
    page.goto(f"{server}/events/heard/live")
    assert "s3cret" not in page.content()
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/room")
    assert Meeting.seen[:2] == [("/j/s3cret", None), ("/room", None)]


def test_nothing_foreign_is_asked_before_the_click(
    event: Event, server: str, page: Page, accessible: Callable[[Page], None]
) -> None:
    entry = make_session(event, starts_at=clock.now() - timedelta(minutes=5))
    make_stream(event, entry, url="https://youtu.be/abcDEF12345", audience="public")
    asked: list[tuple[str, str | None]] = []

    def answer(route: object, request: object) -> None:
        asked.append((request.url, request.headers.get("referer")))  # type: ignore[attr-defined]
        route.fulfill(body="the player", content_type="text/html")  # type: ignore[attr-defined]

    page.route(lambda url: not url.startswith(server), answer)
    page.goto(f"{server}/events/heard/live")
    assert asked == []
    accessible(page)
    page.get_by_role("link", name="Watch").click()
    page.frame_locator("iframe").get_by_text("the player").wait_for()
    # The player's site learns the site it is shown on, and no page of it.
    assert asked == [("https://www.youtube-nocookie.com/embed/abcDEF12345", f"{server}/")]
