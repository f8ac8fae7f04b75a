"""The desk of an event in a real browser: readable by everyone, small and large, in each of its three stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.kernel import clock
from tests.cast import Cast
from tests.factories import make_event, make_room, make_session
from tests.factories.checkin import a_scan, make_desk, make_ticket
from tests.factories.materials import make_material
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE


def make_lively_event(client: FlaskClient, cast: Cast, slug: str, *, begins_in: timedelta) -> None:
    """An event with people, scans, slides and things to do that begins (or began) so far from now."""
    start = clock.now() + begins_in
    event = make_event(
        slug=slug, owner=cast.ada, onsite=40, online=None, starts_at=start, ends_at=start + timedelta(hours=7)
    )
    room = make_room(event, "Meuse")
    shown = make_session(event, "Shown", room_id=room.id, starts_at=start, ends_at=start + timedelta(minutes=30))
    make_session(event, "Nowhere", starts_at=start + timedelta(hours=1))
    make_material(event, "Deck", entry=shown)
    make_ticket(event, "Far Away", mode="online", sector="research", country="GR")
    with clock.set_to(start - timedelta(days=4)):
        make_registration(event)
    with clock.set_to(start + timedelta(minutes=5)):
        make_desk(client, event).scan(
            a_scan(make_ticket(event, "Bo Berg"), at=start), a_scan("nobody", at=start + timedelta(minutes=4))
        )


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def test_the_desk_is_for_everyone(
    server: str,
    browser: Browser,
    client: FlaskClient,
    session: Session,
    cast: Cast,
    sign_in: Callable[[BrowserContext, User], None],
    accessible: Callable[[Page], None],
    size: ViewportSize,
    scheme: str,
) -> None:
    context = browser.new_context(viewport=size, color_scheme="dark" if scheme == "dark" else "light", locale="en-GB")
    sign_in(context, cast.ada)
    page = context.new_page()
    for slug, begins_in, chart in (
        ("before", timedelta(days=9), "Registrations"),
        ("during", timedelta(hours=-2), "Arrivals"),
        ("after", timedelta(days=-9), "At the door, day by day"),
    ):
        make_lively_event(client, cast, slug, begins_in=begins_in)
        page.goto(f"{server}/manage/events/{slug}/")
        expect(page.locator(".desk-lead")).to_contain_text(chart)
        # What needs somebody is read before the charts, wherever it stands.
        heads = page.locator("main :is(h2, .desk-lead figcaption)").all_inner_texts()
        assert heads[0] == "Needs you"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        accessible(page)
    context.close()
