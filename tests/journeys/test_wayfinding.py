"""Finding one's way on a phone: the tab one is on is seen, long names widen nothing, filters outlive the language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.agenda.models import AgendaSession, SessionRole
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import make_event, make_person, make_room, make_session
from tests.factories.materials import make_material
from tests.factories.streams import make_stream
from tests.journeys.conftest import PHONE

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftskonferenz_2026"
PAGES = ("", "agenda", "sessions/s1", "speakers", "materials", "live")


def make_long_event(cast: Cast) -> None:
    """An event whose every name is one word that no phone has room for."""
    event = make_event(slug="long", title=LONG, summary=LONG, venue_name=LONG, owner=cast.ada)
    room = make_room(event, LONG, key="long")
    entry = make_session(event, LONG, key="s1", room_id=room.id)
    person = make_person(event, LONG, affiliation=LONG)
    with transaction() as writing:
        writing.get_one(AgendaSession, entry.id).roles.append(SessionRole(person_id=person.id, role="chair"))
    make_material(event, LONG, entry=entry)
    make_stream(event, room)


@pytest.fixture
def phone(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="en-GB")


def overflow(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def test_a_name_without_a_space_widens_no_page(
    server: str, phone: BrowserContext, session: Session, cast: Cast, sign_in: Callable[[BrowserContext, User], None]
) -> None:
    make_long_event(cast)
    page = phone.new_page()
    wide = {}
    for path in ("/", "/events/", *(f"/events/long/{one}" for one in (*PAGES, "register"))):
        page.goto(server + path)
        expect(page.locator("h1")).to_be_visible()
        wide[path] = overflow(page)
    sign_in(phone, cast.ada)
    for path in ("", "programme", "registrations", "edit"):
        page.goto(f"{server}/manage/events/long/{path}")
        wide[f"manage {path}"] = overflow(page)
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


def test_the_tab_one_is_on_is_seen(server: str, phone: BrowserContext, session: Session, cast: Cast) -> None:
    make_long_event(cast)
    page = phone.new_page()
    for tab in ("Overview", "Agenda", "Speakers", "Materials", "Live"):
        page.goto(f"{server}/events/long/{'' if tab == 'Overview' else tab.lower()}")
        here = page.locator(".event-bar .tabs [aria-current]")
        expect(here).to_have_text(tab)
        # Fractions of a pixel aside.
        expect(here).to_be_in_viewport(ratio=0.95)


def test_the_folded_menu_shows_two_lines_of_a_name_and_all_of_it_when_open(
    server: str, phone: BrowserContext, session: Session, cast: Cast, sign_in: Callable[[BrowserContext, User], None]
) -> None:
    title = "A workshop on everything that nobody could say in fewer words " * 3
    make_event(slug="wordy", title=title.strip(), owner=cast.ada)
    sign_in(phone, cast.ada)
    page = phone.new_page()
    page.goto(f"{server}/manage/events/wordy/")
    name = page.locator(".desk-name")
    line = float(name.evaluate("e => parseFloat(getComputedStyle(e).lineHeight)"))
    box = name.bounding_box()
    assert box is not None
    assert (1.5 * line < box["height"] < 2.5 * line, box["x"] + box["width"] <= PHONE["width"]) == (True, True)
    page.locator(".desk-side > summary").click()
    whole = page.locator(".desk-event")
    expect(whole).to_be_in_viewport(ratio=1)
    assert whole.evaluate("e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1")


def test_another_language_keeps_the_filters(server: str, phone: BrowserContext, session: Session) -> None:
    make_event(slug="one")
    page = phone.new_page()
    page.goto(f"{server}/events/?when=all&kind=workshop")
    page.locator(".menu > summary").first.click()
    other = page.locator(".menu a[hreflang='de']")
    other.click()
    expect(page).to_have_url(f"{server}/events/?when=all&kind=workshop&lang=de")
    assert page.locator("html").get_attribute("lang") == "de"
    expect(page.locator("#filter-kind")).to_have_value("workshop")
