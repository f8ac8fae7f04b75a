"""The public pages in a real browser: clean under axe, as wide as the phone, and what script adds to the agenda."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from eventsys.agenda.models import SessionRole, Track
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.factories import make_event, make_person, make_room, make_session
from tests.journeys.conftest import DESKTOP, PHONE


@pytest.fixture
def event(session: Session) -> Event:
    """A workshop that goes on now: two rooms, two tracks, a break, a cancelled and a tentative session."""
    now = clock.now().replace(second=0, microsecond=0)
    event = make_event(
        slug="going-on", starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=6), onsite=50, online=None,
        summary="What eleven projects found.", description="## Why\n\nBecause.", themes=("FCT",),
        # Where it is noon now: the programme lies in one day whenever the test runs.
        timezone=f"Etc/GMT{now.hour - 12:+d}",
    )  # fmt: skip
    rooms = [make_room(event, name, seats=40, position=number) for number, name in enumerate(("Plenary hall", "Meuse"))]
    with transaction() as writing:
        tracks = [Track(event_id=event.id, key=key, name=key.upper(), colour=colour) for key, colour in
                  (("fct", "#0b5394"), ("bm", "#8a5a00"))]  # fmt: skip
        writing.add_all(tracks)
    person = make_person(event, "Grzegorz Brzęczyszczykiewicz", affiliation="Komenda Stołeczna Policji")
    begin = now - timedelta(hours=1)
    for number, (title, room, track, status) in enumerate(
        (
            ("Ethics by design in police research", 0, 0, "confirmed"),
            ("Standardisation clinic", 1, 1, "tentative"),
            ("Crowded places: three city trials", 0, 1, "cancelled"),
            ("Breakout: disaster-resilient societies in the mountain regions of the Union", 1, 0, "confirmed"),
            ("Uptake: why good prototypes die", 0, 0, "confirmed"),
            ("Hands-on: shared situational picture", 1, 1, "confirmed"),
            ("Conclusions and next steps", 0, 0, "confirmed"),
        )
    ):
        start = begin + timedelta(hours=2 * (number // 2))
        entry = make_session(
            event, title, key=f"s{number}", room_id=rooms[room].id, track_id=tracks[track].id, status=status,
            kind="panel", starts_at=start, ends_at=start + timedelta(hours=2 if number < 2 else 1),
        )  # fmt: skip
        with transaction() as writing:
            writing.add(SessionRole(session_id=entry.id, person_id=person.id, role="chair"))
    make_session(event, "Coffee", kind="break", starts_at=begin - timedelta(minutes=30), ends_at=begin)
    return event


PAGES = ("/", "/events/", "/events/going-on/", "/events/going-on/agenda", "/events/going-on/speakers",
         "/events/going-on/sessions/s0")  # fmt: skip


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_the_public_pages_are_clean_and_fit(
    server: str, browser: Browser, accessible: Callable[[Page], None], size: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        page.goto(server + path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        assert said == []
        accessible(page)
        # What axe itself tried is not the page's.
        said.clear()
    context.close()


@pytest.mark.usefixtures("event")
def test_script_adds_stars_the_own_zone_and_the_present(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP, timezone_id="Australia/Darwin", locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server + "/events/going-on/agenda")
    ethics = page.locator("#s0")
    expect(ethics.locator(".state")).to_have_text("on now")
    expect(page.locator("#s3 .state")).to_have_count(0)
    expect(page.locator(".now-line")).to_have_count(1)
    at_the_venue = ethics.locator(".s-when").inner_text()
    ethics.get_by_role("button", name="Star: Ethics").click()
    page.get_by_role("button", name="Starred only").click()
    expect(page.locator("#s1")).to_be_hidden()
    page.get_by_role("button", name="Your time").click()
    assert ethics.locator(".s-when").inner_text() != at_the_venue
    page.reload()
    expect(page.locator("#s1")).to_be_hidden()
    expect(ethics).to_be_visible()
    expect(page.locator(".zone-words")).to_have_text("Your time (Darwin)")
    context.close()


@pytest.mark.usefixtures("event")
def test_filters_work_at_once_and_keep_their_state_in_the_address(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server + "/events/going-on/agenda")
    page.get_by_label("Track").select_option("bm")
    expect(page.locator(".s h3")).to_have_count(3)
    assert page.url.endswith("/agenda?track=bm")
    page.get_by_role("searchbox").fill("clinic")
    expect(page.locator(".s h3")).to_have_text(["Standardisation clinic"])
    page.reload()
    expect(page.locator(".s h3")).to_have_text(["Standardisation clinic"])
    context.close()


@pytest.mark.usefixtures("event")
def test_without_script_the_filters_are_a_form(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server + "/events/going-on/agenda")
    expect(page.locator(".star")).to_have_count(0)
    page.get_by_label("Room").select_option("meuse")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".s h3")).to_have_count(4)
    context.close()
