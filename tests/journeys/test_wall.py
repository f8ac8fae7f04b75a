"""The wall of a hall in a browser: what an unpaired, a paired, a deaf, a revoked and a broken screen show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.models import Device
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import a_scan, make_desk, make_device, make_ticket

FIGURES = "[data-wall=figures]"


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    now = clock.now()
    return make_event(owner=cast.ada, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))


@pytest.fixture
def said(context: BrowserContext) -> list[str]:
    """What the console and the scripts of all pages complain of."""
    heard: list[str] = []
    context.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    context.on("weberror", lambda error: heard.append(str(error.error)))
    return heard


def paired(context: BrowserContext, server: str, token: str) -> Page:
    """A browser that became a wall, before its page of figures has begun."""
    page = context.new_page()
    page.goto(f"{server}/checkin/device#{token}")
    page.wait_for_url(f"{server}/checkin/wall")
    return page


def test_a_screen_that_nobody_paired_says_what_to_do_and_complains_of_nothing(
    app: object, context: BrowserContext, server: str, said: list[str], accessible: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.goto(f"{server}/checkin/wall")
    expect(page.get_by_role("status").filter(has_text="This screen is not paired yet.")).to_be_visible()
    expect(page.locator(FIGURES)).to_be_hidden()
    assert said == []
    accessible(page)


def test_an_arrival_shows_on_the_wall_by_itself(
    context: BrowserContext, server: str, tonight: Event, client: FlaskClient, said: list[str]
) -> None:
    ticket, desk = make_ticket(tonight), make_desk(client, tonight)
    page = paired(context, server, make_device(tonight, "Foyer", role="wall")[1])
    expect(page.get_by_role("heading", name=tonight.title)).to_be_visible()
    expect(page.locator("[data-figure=came]")).to_have_text("0")
    desk.scan(a_scan(ticket, at=clock.now()))
    expect(page.locator("[data-figure=came]")).to_have_text("1")
    assert said == []


def test_without_a_network_a_wall_waits_and_then_begins(context: BrowserContext, server: str, tonight: Event) -> None:
    warned: list[str] = []
    context.on("console", lambda message: warned.append(message.text) if message.type == "warning" else None)
    context.route("**/checkin/live", lambda route: route.abort())
    page = paired(context, server, make_device(tonight, "Foyer", role="wall")[1])
    expect(page.get_by_text("The figures come by themselves once there is one.")).to_be_visible()
    context.unroute("**/checkin/live")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name=tonight.title)).to_be_visible()
    expect(page.locator(FIGURES)).to_be_visible()
    assert warned == []


def test_who_leaves_a_wall_while_it_loads_hears_no_complaint(
    context: BrowserContext, server: str, tonight: Event, said: list[str]
) -> None:
    context.route("**/checkin/live", lambda route: None)
    with context.expect_event("request", lambda request: request.url.endswith("/checkin/live")):
        page = paired(context, server, make_device(tonight, "Foyer", role="wall")[1])
    page.goto(f"{server}/checkin/trust")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert said == []


def test_a_wall_that_was_revoked_shows_no_figures_and_whom_to_ask(
    context: BrowserContext, server: str, tonight: Event
) -> None:
    device, token = make_device(tonight, "Foyer", role="wall")
    page = paired(context, server, token)
    expect(page.locator(FIGURES)).to_be_visible()
    with transaction() as writing:
        actions.revoke(writing, writing.get_one(Device, device.id), now=clock.now())
    page.reload()
    expect(page.get_by_text("its device was revoked or has ended")).to_be_visible()
    expect(page.locator(FIGURES)).to_be_hidden()


def test_a_wall_that_cannot_begin_says_so_on_the_page_and_in_the_console(
    app: object, context: BrowserContext, server: str, said: list[str]
) -> None:
    context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('the disk is full'); };")
    page = context.new_page()
    page.goto(f"{server}/checkin/wall")
    expect(page.get_by_text("This screen could not begin.")).to_be_visible()
    assert [one for one in said if "the disk is full" in one] != []
