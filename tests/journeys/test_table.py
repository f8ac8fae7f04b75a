"""An organiser finds people, acts on many by keyboard alone and takes it back, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.registration.models import Registration
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE

SignIn = Callable[[BrowserContext, User], None]
Accessible = Callable[[Page], None]


def press_through(page: Page, name: str, *, key: str = "Enter", most: int = 80) -> None:
    """Tab until the control of this name has the focus, then press."""
    for _step in range(most):
        page.keyboard.press("Tab")
        words = page.evaluate(
            "() => { const e = document.activeElement; if (e.matches('div')) return '';"
            " return (e.labels?.[0] ?? e).textContent.trim() + '|' + (e.getAttribute('aria-label') ?? ''); }"
        )
        if name in words:
            page.keyboard.press(key)
            return
    raise AssertionError(f"the Tab key does not lead to {name!r}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_many_are_cancelled_and_restored_by_keyboard(
    browser: Browser,
    server: str,
    cast: Cast,
    session: Session,
    size: dict[str, int],
    sign_in: SignIn,
    accessible: Accessible,
) -> None:
    event = make_event(owner=cast.ada, onsite=10)
    for name in ("Ann", "Bo", "Cyd"):
        make_registration(event, first_name=name, last_name="Berg")
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/{event.slug}/registrations?sort=name&country=BE")
    accessible(page)
    for name in ("Choose Ann Berg", "Choose Cyd Berg"):
        press_through(page, name, key="Space")
    expect(page.locator("[data-ticked]")).to_have_text("2 chosen")
    page.get_by_label("With those chosen").focus()
    page.keyboard.type("Cancel")
    press_through(page, "Go on")
    expect(page.get_by_role("heading", name="Cancel", level=1)).to_be_visible()
    expect(page.get_by_text("2 people are concerned")).to_be_visible()
    accessible(page)
    press_through(page, "Cancel: 2 people")
    expect(page.get_by_text("Cancelled: 2 people.")).to_be_visible()
    states = select(Registration.state).order_by(Registration.id)
    session.rollback()
    assert session.scalars(states).all() == ["cancelled", "confirmed", "cancelled"]
    accessible(page)
    press_through(page, "Undo")
    expect(page.get_by_text("Undone for 2 people.")).to_be_visible()
    session.rollback()
    assert session.scalars(states).all() == ["confirmed"] * 3
    context.close()


def test_a_list_is_tried_and_brought_in(
    browser: Browser, server: str, cast: Cast, session: Session, sign_in: SignIn, accessible: Accessible
) -> None:
    event = make_event(owner=cast.ada, onsite=10)
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/{event.slug}/registrations/import")
    table = "first_name,email,mode\nBo,bo@example.org,\n,x@,balcony\n"
    file: FilePayload = {"name": "people.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look what it would do").click()
    expect(page.get_by_text("1 row cannot be taken")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Leave them out, register 1 person").click()
    expect(page.get_by_text("1 person is registered.")).to_be_visible()
    session.rollback()
    assert session.scalars(select(Registration.first_name)).all() == ["Bo"]
    context.close()
