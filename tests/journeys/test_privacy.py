"""What is held of somebody: a consent taken back, all of it taken along, and being forgotten, by the keys alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.kernel import clock
from eventsys.registration import queries
from eventsys.registration.models import Registration
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.factories.reports import make_certificate
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_participant import Keys
from tests.privacy.test_own_data import make_statement

pytestmark = pytest.mark.usefixtures("session")

Accessible = Callable[[Page], None]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_somebody_withdraws_takes_everything_along_and_is_forgotten(
    browser: Browser, server: str, session: Session, accessible: Accessible, size: dict[str, int], tmp_path: Path
) -> None:
    event = make_event(onsite=1)
    photos, diet = make_statement(event), make_question(event, is_sensitive=True)
    bo = make_registration(
        event, answers={photos.id: True, diet.id: "vegan"}, consents={photos.id: "Photos\n\nI may be photographed."}
    )
    cyd = make_registration(event)
    page = browser.new_context(viewport=size, accept_downloads=True).new_page()  # type: ignore[arg-type]
    keys, own = Keys(page), f"{server}/r/{queries.link_of(bo)}"
    page.goto(own)
    accessible(page)
    keys.press(page.get_by_role("button", name="Withdraw"))
    expect(page.get_by_text("Your consent is withdrawn.")).to_be_visible()
    expect(page.get_by_role("button", name="Agree")).to_be_visible()
    with page.expect_download() as taking:
        keys.press(page.get_by_role("link", name="Download everything"))
    taking.value.save_as(tmp_path / "data.zip")
    assert "data.json" in ZipFile(tmp_path / "data.zip").namelist()
    keys.press(page.get_by_role("link", name="Be forgotten"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Be forgotten?")
    accessible(page)
    keys.press(page.get_by_role("button", name="Yes, forget me"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You are forgotten")
    accessible(page)
    page.goto(own)
    expect(page.get_by_role("main")).to_contain_text("has been erased")
    session.rollback()
    assert session.get_one(Registration, cyd.id, populate_existing=True).state == "confirmed"


def test_whoever_holds_a_certificate_checks_it(browser: Browser, server: str, accessible: Accessible) -> None:
    now = clock.now()
    event = make_event(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    address = f"{server}/certificates/{make_certificate(event, name='Bo Ångström')}"
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    keys = Keys(page)
    for name, answer in (("Cyd", "Not this name"), ("bo angstrom", "This certificate is true")):
        page.goto(address)
        accessible(page)
        keys.write("Name on the certificate", name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(answer)
        accessible(page)


def test_an_organiser_reads_needs_and_who_looked(
    browser: Browser, server: str, cast: Cast, accessible: Accessible, sign_in: Callable[[BrowserContext, User], None]
) -> None:
    event = make_event(owner=cast.ada)
    diet = make_question(event, is_sensitive=True)
    make_registration(event, first_name="Ottoline", last_name="Quill", answers={diet.id: "vegan"})
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    sign_in(context, cast.ada)
    page = context.new_page()
    keys = Keys(page)
    page.goto(f"{server}/manage/events/{event.slug}/needs")
    accessible(page)
    expect(page.get_by_text("Ottoline Quill")).to_have_count(0)
    keys.press(page.get_by_role("button", name="Show names"))
    expect(page.get_by_role("link", name="Ottoline Quill")).to_be_visible()
    accessible(page)
    page.goto(f"{server}/manage/events/{event.slug}/privacy")
    expect(page.get_by_text("in the list of needs, 1 person")).to_be_visible()
    accessible(page)
