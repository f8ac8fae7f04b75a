"""The organisation is suggested while somebody types: by keyboard, by finger, and not in the way of any other name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from tests.factories import make_event
from tests.factories.community import make_organisation
from tests.journeys.conftest import DESKTOP, PHONE


@pytest.fixture
def form(session: Session, server: str) -> str:
    """The address of a registration form; the directory has three organisations."""
    make_organisation("Universität Weserland", short_name="UWL", country="DE", sector="research")
    make_organisation("University of Oosterveen", country="NL", sector="research")
    make_organisation("Police Weserland", country="DE", sector="police")
    return f"{server}/events/{make_event(online=None).slug}/register"


def chosen(page: Page) -> tuple[str, str, str]:
    return (
        page.get_by_role("combobox", name="Organisation").input_value(),
        page.locator("#country").input_value(),
        page.locator("#sector").input_value(),
    )


def test_with_nothing_but_a_keyboard(form: str, browser: Browser, accessible: Callable[[Page], None]) -> None:
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    page.goto(form)
    field, options = (
        page.get_by_role("combobox", name="Organisation"),
        page.locator(".suggestions").get_by_role("option"),
    )
    place = page.locator("#sector").bounding_box()
    field.focus()
    page.keyboard.type("univ")
    expect(options).to_have_text(
        ["Universität WeserlandUWL · Germany · Research", "University of OosterveenNetherlands · Research"]
    )
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="Suggestions: 2.")).to_have_count(1)
    assert page.locator("#sector").bounding_box() == place
    accessible(page)
    # Down to the second, around through the field to the first: each is said as the active one.
    for key, position in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", None), ("ArrowUp", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        active = options.nth(position).get_attribute("id") if position is not None else None
        assert field.get_attribute("aria-activedescendant") == active
        assert options.and_(page.locator("[aria-selected=true]")).count() == (0 if active is None else 1)
    page.keyboard.press("Enter")
    expect(options).to_have_count(0)
    assert chosen(page) == ("Universität Weserland", "DE", "research")
    expect(page.get_by_role("status").filter(has_text="Filled in as well: Country, Sector.")).to_have_count(1)
    # Enter chose and did not send the form.
    assert page.url == form


def test_what_was_chosen_by_hand_stays(form: str, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    page.goto(form)
    page.locator("#country").select_option("BE")
    page.get_by_role("combobox", name="Organisation").press_sequentially("police")
    page.locator(".suggestions").get_by_role("option").click()
    assert chosen(page) == ("Police Weserland", "BE", "police")


def test_escape_and_tab_leave_what_was_written(form: str, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    page.goto(form)
    field = page.get_by_role("combobox", name="Organisation")
    for key in ("Escape", "Tab"):
        field.fill("")
        field.press_sequentially("univ")
        expect(page.locator(".suggestions").get_by_role("option")).to_have_count(2)
        page.keyboard.press("ArrowDown")
        page.keyboard.press(key)
        expect(page.locator(".suggestions").get_by_role("option")).to_have_count(0)
        expect(field).to_have_attribute("aria-expanded", "false")
        assert chosen(page) == ("univ", "", "")
    field.fill("Nobody's Institute")
    expect(page.get_by_role("status").filter(has_text="write the name in full")).to_have_count(1)
    expect(page.locator(".suggestions").get_by_role("option")).to_have_count(0)


def test_a_slow_answer_does_not_hold_up_the_next_letter(form: str, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
    # The first question is never answered.
    page.route("**/organisations/suggest?q=un", lambda route: None)
    page.goto(form)
    field = page.get_by_role("combobox", name="Organisation")
    with page.expect_request("**/organisations/suggest?q=un"):
        field.press_sequentially("un")
    field.press_sequentially("i")
    expect(page.locator(".suggestions").get_by_role("option")).to_have_count(2)


def test_with_a_finger(form: str, browser: Browser, accessible: Callable[[Page], None]) -> None:
    page = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB").new_page()
    page.goto(form)
    page.get_by_role("combobox", name="Organisation").tap()
    page.keyboard.type("weser pol")
    option = page.locator(".suggestions").get_by_role("option")
    expect(option).to_have_count(1)
    accessible(page)
    box = option.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= PHONE["width"]
    option.tap()
    expect(option).to_have_count(0)
    assert chosen(page) == ("Police Weserland", "DE", "police")


def test_without_script_it_is_a_plain_field(form: str, browser: Browser) -> None:
    page = browser.new_context(viewport=DESKTOP, java_script_enabled=False, locale="en-GB").new_page()
    page.goto(form)
    field = page.get_by_role("textbox", name="Organisation")
    field.fill("Anything")
    assert field.input_value() == "Anything"
