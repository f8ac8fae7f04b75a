"""A volunteer who is quicker than the page: the button waits until it is known which device this is."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Browser, Route, expect
from sqlalchemy.orm import Session

from tests.factories import make_event
from tests.factories.checkin import make_device
from tests.journeys.conftest import PHONE


def test_pressing_start_before_the_device_is_known_starts_this_device(
    app: Flask, browser: Browser, server: str, session: Session
) -> None:
    _device, token = make_device(make_event(), "Desk 1")
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/checkin/device", hold)
    page.goto(f"{server}/checkin/device#{token}")
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("[data-start]")).to_have_attribute("aria-busy", "true")
    expect(page.locator("[data-start-wrong]")).to_be_empty()
    held[0].continue_()
    expect(page.locator("[data-door]")).to_have_attribute("data-state", "ready")
    context.close()
