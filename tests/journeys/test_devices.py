"""Devices prepared by an organiser and paired by a volunteer, in two browsers; and the hall's certificate."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin import hall
from eventsys.checkin.models import Device
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.checkin.test_hall import Hall
from tests.checkin.test_pairing import make_offer
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.conftest import DESKTOP, PHONE

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6)
    )


def scanned(page: Page, folder: Path) -> str:
    """What a phone reads in the code on this page."""
    shot = folder / "code.png"
    page.locator(".pairing .qr").first.screenshot(path=shot)
    [found] = zxingcpp.read_barcodes(Image.open(shot))
    return found.text


@SIZES
def test_a_volunteer_pairs_a_phone_and_the_organiser_sees_it_come(
    context: BrowserContext, browser: Browser, server: str, cast: Cast, tonight: Event, session: Session,
    sign_in: SignIn, accessible: Check, size: dict[str, int], tmp_path: Path,
) -> None:  # fmt: skip
    make_ticket(tonight, "Bo Berg")
    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/{tonight.slug}/door")
    page.get_by_role("link", name="Add a device").click()
    accessible(page)
    page.get_by_role("radio", name="Kiosk").check()
    page.get_by_label("Name").fill("Foyer")
    page.get_by_role("button", name="Show the code").click()
    expect(page.get_by_role("heading", name="Pair “Foyer”")).to_be_visible()
    expect(page.get_by_text("Waits for a phone")).to_be_visible()
    accessible(page)
    pin = page.locator(".pairing-pin dd").first.inner_text()

    phone = browser.new_context(viewport={"width": 820, "height": 1180})
    tablet = phone.new_page()
    link = scanned(page, tmp_path)
    tablet.goto(link)
    assert link.rpartition("#pair-")[2] not in tablet.url
    wrong = "000000" if pin != "000 000" else "000001"
    tablet.get_by_label("PIN of 6 figures").fill(wrong)
    tablet.get_by_role("button", name="Pair").click()
    expect(tablet.get_by_text("Tries left: 4.")).to_be_visible()
    accessible(tablet)
    tablet.get_by_label("PIN of 6 figures").fill(pin)
    tablet.get_by_role("button", name="Pair").click()
    expect(tablet.get_by_role("heading", name="Ready to stand alone")).to_be_visible()

    # The organiser's page learns of it by itself, and the code is off the screen.
    expect(page.get_by_text("Paired as “Foyer”")).to_be_visible()
    expect(page.locator(".pairing .qr")).to_have_count(0)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="Foyer")).to_contain_text("just now")
    accessible(page)
    page.get_by_role("button", name="Revoke", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("“Foyer” may not scan any more.")).to_be_visible()
    tablet.reload()
    expect(tablet.get_by_role("heading", name="This kiosk has ended")).to_be_visible()
    assert tablet.evaluate("localStorage.getItem('eventsys-kiosk')") is None


@pytest.mark.parametrize("role", ["scanner", "desk", "wall"])
def test_each_kind_of_device_finds_its_page(context: BrowserContext, server: str, tonight: Event, role: str) -> None:
    _device, offer = make_offer(tonight, "Foyer", role=role)
    page = context.new_page()
    page.goto(f"{server}/checkin/device#pair-{offer.secret}")
    page.get_by_label("PIN of this device").fill(f"{offer.pin[:3]} {offer.pin[3:]}")
    page.get_by_role("button", name="Start scanning").click()
    if role == "wall":
        page.wait_for_url(f"{server}/checkin/wall")
        expect(page.get_by_role("heading", name=tonight.title)).to_be_visible()
    else:
        expect(page.locator("[data-door][data-state=ready]")).to_be_visible()


def test_a_sheet_of_codes_works_without_script(
    browser: Browser, server: str, cast: Cast, tonight: Event, sign_in: SignIn
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/{tonight.slug}/door/devices/new")
    page.get_by_label("Name").fill("Desk")
    page.get_by_label("How many").fill("6")
    page.get_by_role("button", name="Show the code").click()
    expect(page.locator(".pairing")).to_have_count(6)
    expect(page.get_by_role("link", name="Look whether the phone has come")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).not_to_be_visible()
    with transaction() as writing:
        # As if a phone had come.
        first = writing.scalars(select(Device).order_by(Device.id)).first()
        assert first is not None
        first.pairing_hash = first.pin_hash = None
        first.paired_at = clock.now()
    page.get_by_role("link", name="Look whether the phone has come").click()
    expect(page.locator(".pairing")).to_have_count(5)


def spki_of(authority: hall.Authority) -> str:
    """A public key as Chromium names it on its command line."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    key = authority.certificate.public_key().public_bytes(serialization.Encoding.DER, form)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def test_in_the_hall_a_phone_has_camera_and_worker_without_a_warning(
    app: Flask, environment: dict[str, str], tmp_path: Path, browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any], tonight: Event,
) -> None:  # fmt: skip
    addresses = hall.addresses_here()
    if not addresses:
        pytest.skip("this machine is in no network")
    served = Hall(environment, tmp_path)
    authority = hall.find_authority(served.data)
    assert authority is not None
    token = make_device(tonight, "Desk 1")[1]
    trusting = f"--ignore-certificate-errors-spki-list={spki_of(authority)}"
    arguments = [*browser_type_launch_args["args"], trusting]
    phone = browser_type.launch_persistent_context(
        str(tmp_path / "phone"), executable_path=browser_type_launch_args["executable_path"], args=arguments
    )
    try:
        page = phone.new_page()
        page.goto(f"https://{addresses[0]}:{served.port}/checkin/device#{token}")
        expect(page.locator("[data-event-name]")).to_have_text(tonight.title)
        assert page.evaluate("isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia)")
        scope = page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)")
        assert scope.startswith(f"https://{addresses[0]}:{served.port}/")
        # The counterpart: a phone that trusts nobody is warned.
        page.goto(f"https://{addresses[0]}:{served.port}/checkin/trust")
        with page.expect_download() as fetched:
            page.get_by_role("link", name="Get the certificate").click()
        assert x509.load_der_x509_certificate(Path(fetched.value.path()).read_bytes()) == authority.certificate
    finally:
        phone.close()
        served.stop()


def test_a_browser_that_trusts_nobody_is_warned_in_the_hall(
    app: Flask, environment: dict[str, str], tmp_path: Path, browser: Browser
) -> None:
    addresses = hall.addresses_here()
    if not addresses:
        pytest.skip("this machine is in no network")
    served = Hall(environment, tmp_path)
    try:
        with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
            browser.new_page().goto(f"https://{addresses[0]}:{served.port}/checkin/trust")
    finally:
        served.stop()
