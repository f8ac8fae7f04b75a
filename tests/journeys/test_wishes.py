"""Wishes for sessions, from the ranking on one's own page to the deal: by key and by finger, without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.kernel import clock
from eventsys.registration import queries
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.breakouts import make_parallel, make_round, wish
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_participant import Keys

Check = Callable[[Page], None]


def rank(keys: Keys, accessible: Check) -> None:
    """First one wish too few, which is said and loses nothing; then both."""
    page = keys.page
    accessible(page)
    keys.choose("First wish", "Drones")
    keys.press(page.get_by_role("button", name="Keep my wishes"))
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(page.get_by_label("First wish").locator("option:checked")).to_have_text("Drones at the border (Room drones)")
    accessible(page)
    keys.choose("Second wish", "Floods")
    keys.press(page.get_by_role("button", name="Keep my wishes"))
    expect(page.locator(".slip-ranking li")).to_have_text(["Drones at the border", "Floods, seen from above"])


def close(keys: Keys, accessible: Check) -> None:
    page = keys.page
    accessible(page)
    keys.press(page.get_by_role("link", name="See what a deal would bring"))
    keys.press(page.get_by_role("button", name="Close the round now"))
    expect(page.get_by_role("status")).to_contain_text("No more wishes are taken")


def deal(keys: Keys) -> None:
    page = keys.page
    expect(page.get_by_label("Seed of the lots")).to_have_value("tombola")
    keys.press(page.get_by_role("button", name="Deal 2 seats").first)
    keys.press(page.get_by_role("button", name="Yes, deal them"))
    expect(page.get_by_text("nobody is told yet")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_ranked_dealt_undone_and_dealt_again_by_keyboard(
    browser: Browser,
    server: str,
    session: Session,
    cast: Cast,
    sign_in: Callable[[BrowserContext, User], None],
    accessible: Check,
    size: ViewportSize,
) -> None:
    start, base = clock.now() + timedelta(days=5), "/manage/events/forum/breakouts/thursday"
    event = make_event(slug="forum", owner=cast.ada, onsite=9, starts_at=start, ends_at=start + timedelta(hours=8))
    make_parallel(event, drones=1, floods=1, data=2)
    breakout = make_round(event, "drones", "floods", "data", name="Thursday", closes_at=start)
    bo, other = make_registration(event), make_registration(event)
    wish(breakout, other, "drones", "floods")
    person = browser.new_context(base_url=server, viewport=size).new_page()
    context = browser.new_context(base_url=server, viewport=size)
    sign_in(context, cast.ada)
    desk = context.new_page()
    hands = Keys(desk)

    person.goto(f"/r/{queries.link_of(bo)}")
    rank(Keys(person), accessible)
    desk.goto(base)
    close(hands, accessible)
    desk.goto(f"{base}/preview?seed=tombola")
    accessible(desk)
    deal(hands)
    accessible(desk)
    person.reload()
    said = person.get_by_text("You got your").text_content() or ""
    accessible(person)

    hands.press(desk.get_by_role("button", name="Undo the deal"))
    expect(desk.get_by_role("status").first).to_contain_text("The deal is undone")
    person.reload()
    expect(person.get_by_text("You got your")).to_have_count(0)
    desk.goto(f"{base}/preview")
    deal(hands)
    hands.press(desk.get_by_role("link", name="Check this run"))
    expect(desk.get_by_text("The same result", exact=True)).to_be_visible()
    accessible(desk)
    person.reload()
    expect(person.get_by_text(said)).to_be_visible()
