"""The door as an app: what a browser needs to install it, what it keeps of it, and how a newer one takes over."""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Request
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.doors import everything_kept, open_door


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now, with Dee at its door."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6)
    )


def test_a_phone_can_install_it(browser: Browser, server: str, tonight: Event, session: Session) -> None:
    """By Chromium's own criteria: a manifest with a start, icons it can load, and a page that works."""
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context()
    page = open_door(context, server, token)
    devtools = context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert (manifest["url"], manifest["errors"]) == (f"{server}/checkin/app.webmanifest", [])
    said = json.loads(manifest["data"])
    assert (said["start_url"], said["scope"], said["display"]) == ("/checkin/device", "/checkin/", "standalone")
    # A window without traces installs nothing: that is all there is against it.
    errors = [one["errorId"] for one in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert [error for error in errors if error != "in-incognito"] == []
    for icon in said["icons"]:
        size = page.evaluate(
            "async (src) => { const image = new Image(); image.src = src; await image.decode();"
            " return `${image.naturalWidth}x${image.naturalHeight}`; }",
            icon["src"],
        )
        assert size == icon["sizes"]


def test_what_is_kept_of_the_page_is_whole_and_names_nobody(
    browser: Browser, server: str, tonight: Event, session: Session, cast: Cast
) -> None:
    make_ticket(tonight, "Bo Quixote")
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context()
    page = open_door(context, server, token)
    asked: list[str] = []

    def note(request: Request) -> None:
        # What the first page was still fetching is cut off by its end, and missed by nobody.
        if request.failure != "net::ERR_ABORTED":
            asked.append(request.url)

    page.on("requestfailed", note)
    context.set_offline(True)
    page.reload()
    page.wait_for_load_state("networkidle")
    # Without a network only the server itself is missed; script, style, font, picture and code reader are here.
    assert [url for url in asked if "/api/" not in url] == []
    kept = everything_kept(page)
    listed = [line for line in kept.splitlines() if line.startswith("eventsys-door-")]
    assert {line.partition(":")[0] for line in listed} == {f"eventsys-door-{version_of(server)}"}
    assert [secret for secret in ("Quixote", token, cast.dee.name, "data-csrf=") if secret in kept] == []


def version_of(server: str) -> str:
    with urllib.request.urlopen(f"{server}/checkin/worker.js", timeout=30) as answer:
        return str(json.loads(answer.read().decode().partition("\n")[0].removeprefix("const KEPT = ")[:-1])["version"])


def test_a_newer_page_takes_over_at_the_next_beginning_and_throws_the_old_one_away(
    browser: Browser, server: str, tonight: Event, session: Session
) -> None:
    _device, token = make_device(tonight, "Desk 1")
    context = browser.new_context()
    page = open_door(context, server, token)
    # As an older edition would have left it.
    page.evaluate("async () => (await caches.open('eventsys-door-0000')).add('/healthz')")
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).unregister()")
    page.reload()
    page.wait_for_function(
        "async () => !(await caches.has('eventsys-door-0000')) && (await caches.keys()).length === 1"
    )
