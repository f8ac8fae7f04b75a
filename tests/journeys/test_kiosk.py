"""People before a kiosk: a code, "Is this you?", in; and nothing of anybody else, whatever they press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.models import Admission, Device
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.conftest import PHONE
from tests.journeys.films import badge, chromium_seeing, film, scene

Check = Callable[[Page], None]
TABLET = {"width": 1440, "height": 900}
SIZES = pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])


@pytest.fixture
def tonight(session: Session) -> Event:
    """An event whose entrance is open."""
    now = clock.now()
    return make_event(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))


def begun(context: BrowserContext, server: str, event: Event, size: dict[str, int] | None = None) -> Page:
    """A kiosk that waits for its first visitor."""
    token = make_device(event, "Kiosk", role="kiosk")[1]
    page = context.new_page()
    page.set_viewport_size(size or TABLET)  # type: ignore[arg-type]
    page.goto(f"{server}/checkin/kiosk#{token}")
    expect(page.get_by_role("heading", name="Ready to stand alone")).to_be_visible()
    assert token not in page.url
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-kiosk][data-state=start]")).to_be_visible()
    return page


def admitted(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Admission)) or 0


def type_code(page: Page, code: str) -> None:
    """As a finger does: on the keys of the screen."""
    page.get_by_role("button", name="Type the code instead").click()
    for letter in code:
        page.get_by_role("button", name=letter, exact=True).click()
    page.get_by_role("button", name="Continue").click()


@SIZES
def test_who_types_their_code_says_yes_and_is_in(
    context: BrowserContext, server: str, tonight: Event, session: Session, accessible: Check, size: dict[str, int]
) -> None:
    ticket = make_ticket(tonight, "Zdzisława Berg", organisation="Komenda Stołeczna")
    make_ticket(tonight, "Cyd Secret")
    page = begun(context, server, tonight, size)
    accessible(page)
    page.get_by_role("button", name="Type the code instead").click()
    accessible(page)
    page.get_by_role("button", name="Back").click()
    type_code(page, ticket.short_code)
    heading = page.get_by_role("heading", name="Is this you? Zdzisława Komenda Stołeczna")
    expect(heading).to_be_focused()
    accessible(page)
    assert admitted(session) == 0
    page.get_by_role("button", name="Yes, check me in").click()
    expect(page.get_by_role("heading", name="Welcome, Zdzisława")).to_be_visible()
    expect(page.get_by_text("You are checked in.")).to_be_visible()
    accessible(page)
    assert admitted(session) == 1
    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-kiosk][data-state=start]")).to_be_visible()
    # Nothing of the one before is left for the next, nor was there ever anything of anybody else.
    assert [word in page.content() for word in ("Zdzisława", "Berg", "Stołeczna", "Cyd", "Secret")] == [False] * 5


def test_who_says_no_leaves_no_trace(context: BrowserContext, server: str, tonight: Event, session: Session) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    page = begun(context, server, tonight)
    type_code(page, bo.short_code)
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.locator("[data-kiosk][data-state=start]")).to_be_visible()
    assert (admitted(session), "Bo" in page.locator("main").inner_text()) == (0, False)


def test_who_may_not_in_is_sent_to_the_desk_in_the_same_words(
    context: BrowserContext, server: str, tonight: Event, session: Session, accessible: Check
) -> None:
    waiting = make_ticket(tonight, "Bo Berg", state="waiting")
    page = begun(context, server, tonight)
    said = []
    for code in (waiting.short_code, "K7PM2QX"):
        type_code(page, code)
        expect(page.get_by_role("heading", name="Please go to the desk")).to_be_visible()
        said.append(page.locator("[data-part=desk]").inner_text())
        accessible(page)
        page.get_by_role("button", name="Back").click()
    assert said[0] == said[1]


def test_a_handheld_scanner_types_and_the_next_one_need_not_wait(
    context: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    people = [make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Cyd Dahl")]
    page = begun(context, server, tonight)
    for ticket, name in zip(people, ("Bo", "Cyd"), strict=True):
        page.keyboard.type(ticket.code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=f"Is this you? {name}")).to_be_visible()
        # Somebody else's badge changes nothing while this one is asked.
        page.keyboard.type(people[0].code if name == "Cyd" else people[1].code)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Yes, check me in").click()
        expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    assert admitted(session) == 2


def test_the_language_changes_in_place_and_returns_with_the_next_visitor(
    context: BrowserContext, server: str, tonight: Event
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    page = begun(context, server, tonight)
    page.evaluate("window.isTheSame = true")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate("window.isTheSame")
    page.keyboard.type(bo.code)
    page.keyboard.press("Enter")
    page.locator("[data-yes]").click()
    expect(page.locator("[data-kiosk][data-state=done]")).to_be_visible()
    page.locator("[data-part=done] [data-restart]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_without_a_network_the_desk_is_named_and_the_kiosk_comes_back(
    context: BrowserContext, server: str, tonight: Event
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    page = begun(context, server, tonight)
    context.set_offline(True)
    page.keyboard.type(bo.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text("This kiosk has no connection at the moment.")).to_be_visible()
    context.set_offline(False)
    expect(page.locator("[data-kiosk][data-state=start]")).to_be_visible()


def test_a_revoked_kiosk_ends_and_a_reload_keeps_a_good_one(
    context: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    page = begun(context, server, tonight)
    page.reload()
    page.get_by_role("button", name="Begin").click()
    with transaction() as writing:
        [device] = writing.scalars(select(Device))
        actions.revoke(writing, device, now=clock.now())
    page.keyboard.type(make_ticket(tonight, "Bo Berg").code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="This kiosk has ended")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="This is no kiosk yet")).to_be_visible()


def test_a_device_of_another_kind_is_no_kiosk(context: BrowserContext, server: str, tonight: Event) -> None:
    page = context.new_page()
    page.goto(f"{server}/checkin/kiosk#{make_device(tonight)[1]}")
    expect(page.get_by_role("main").get_by_text("This device was added for something else.")).to_be_visible()


def test_there_is_no_way_out_of_a_kiosk(context: BrowserContext, server: str, tonight: Event) -> None:
    page = begun(context, server, tonight)
    assert page.locator("main a").count() == 0
    prevented = page.evaluate(
        "!document.body.dispatchEvent(new MouseEvent('contextmenu', {cancelable: true, bubbles: true}))"
    )
    assert prevented
    assert page.evaluate("Boolean(document.fullscreenElement)")


def test_a_badge_held_up_to_the_camera_is_enough(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], server: str, tonight: Event, tmp_path: Path
) -> None:
    ticket = make_ticket(tonight, "Ioanna Papadaki")
    seen = film(tmp_path / "camera.mjpeg", [(scene(badge(ticket), turned=7), 12)])
    arguments = [*browser_type_launch_args["args"], *chromium_seeing(seen)]
    browser = browser_type.launch(executable_path=browser_type_launch_args["executable_path"], args=arguments)
    try:
        context = browser.new_context(permissions=["camera"])
        page = begun(context, server, tonight)
        expect(page.get_by_role("heading", name="Is this you? Ioanna")).to_be_visible()
    finally:
        browser.close()
