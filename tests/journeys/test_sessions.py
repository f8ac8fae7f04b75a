"""Sessions with seats of their own, and what organisers count seats by: with the keyboard alone, phone and desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.registration import queries
from tests.cast import Cast
from tests.factories import make_event, make_session
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_participant import Keys

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])


@SIZES
def test_the_last_seat_of_a_session_goes_from_one_hand_to_the_next(
    size: ViewportSize, browser: Browser, server: str, session: Session, accessible: Callable[[Page], None]
) -> None:
    event = make_event(title="Border days")
    make_session(event, "Hands-on lab", key="lab", seats=1)
    links = [f"{server}/r/{queries.link_of(make_registration(event))}" for _ in range(2)]
    page = browser.new_context(viewport=size).new_page()
    keys, lab = Keys(page), page.locator("#session-lab")
    page.goto(links[0])
    keys.press(lab.get_by_role("button", name="Sign up Hands-on lab"))
    expect(lab).to_contain_text("You are signed up.")
    page.goto(links[1])
    keys.press(lab.get_by_role("button", name="Wait for a seat Hands-on lab"))
    expect(lab).to_contain_text("You are number 1 in line.")
    accessible(page)
    page.goto(links[0])
    keys.press(lab.get_by_role("button", name="Leave Hands-on lab"))
    expect(lab).to_contain_text("All seats are taken.")
    page.goto(links[1])
    expect(lab).to_contain_text("You are signed up.")


@SIZES
def test_seats_are_counted_by_sector_after_what_will_happen_was_read(
    size: ViewportSize,
    browser: Browser,
    server: str,
    cast: Cast,
    session: Session,
    sign_in: Callable[[BrowserContext, User], None],
    accessible: Callable[[Page], None],
) -> None:
    event = make_event(owner=cast.ada, onsite=10)
    for _ in range(2):
        make_registration(event, sector="police")
    context = browser.new_context(viewport=size)
    sign_in(context, cast.ada)
    page = context.new_page()
    keys = Keys(page)
    page.goto(f"{server}/manage/events/{event.slug}/registration-form")
    keys.press(page.get_by_role("link", name="Count by one thing more"))
    keys.choose("Count seats by", "Police")
    keys.reach(page.get_by_role("spinbutton", name="Seats"))
    page.keyboard.type("1")
    keys.press(page.get_by_role("button", name="See what will happen"))
    expect(page.get_by_role("status")).to_contain_text("2 people who are registered belong there and are counted.")
    accessible(page)
    keys.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator("main")).to_contain_text("2 of 1 taken, 1 beyond the seats")
    accessible(page)
