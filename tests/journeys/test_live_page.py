"""The live page in a browser: what is scanned shows by itself, and a lost line is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.kernel import clock
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import a_scan, make_desk, make_ticket
from tests.journeys.conftest import DESKTOP

SignIn = Callable[[BrowserContext, User], None]


def test_an_arrival_shows_without_a_hand(
    context: BrowserContext, server: str, cast: Cast, session: Session, sign_in: SignIn, client: FlaskClient,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    now = clock.now()
    event = make_event(owner=cast.ada, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))
    tickets = [make_ticket(event, f"Person {n}", sector="police") for n in range(3)]
    desk = make_desk(client, event, "Desk 7")
    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/{event.slug}/door/live")
    came = page.locator("[data-figure=came]")
    expect(came).to_have_text("0")
    desk.scan(*(a_scan(ticket, at=now) for ticket in tickets[:2]))
    expect(came).to_have_text("2")
    expect(page.locator("[data-part=doors]")).to_contain_text("Desk 7")
    expect(page.locator("[data-part=sectors]")).to_contain_text("2 / 3")
    accessible(page)


def test_a_lost_line_is_told_and_found_again(
    context: BrowserContext, server: str, cast: Cast, session: Session, sign_in: SignIn, client: FlaskClient
) -> None:
    now = clock.now()
    event = make_event(owner=cast.ada, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))
    ticket, desk = make_ticket(event), make_desk(client, event)
    sign_in(context, cast.ada)
    page = context.new_page()
    page.route("**/door/live/stream", lambda route: route.abort())
    page.goto(f"{server}/manage/events/{event.slug}/door/live")
    expect(page.get_by_text("No connection.")).to_be_visible()
    desk.scan(a_scan(ticket, at=now))
    page.unroute("**/door/live/stream")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-figure=came]")).to_have_text("1")
    expect(page.get_by_text("No connection.")).to_be_hidden()
