"""An organiser finds one of many check-in points, by the keyboard, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin.models import Point
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import make_event
from tests.journeys.conftest import DESKTOP, PHONE

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_one_of_many_points_is_found_by_a_part_of_its_name(
    context: BrowserContext, server: str, cast: Cast, session: Session, sign_in: SignIn, accessible: Check,
    size: dict[str, int],
) -> None:  # fmt: skip
    event = make_event(owner=cast.ada)
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key="entrance", name="Entrance"))
        for number in range(1, 14):
            name = f"Café {number}" if number % 2 else f"Workshop {number}"
            writing.add(Point(event_id=event.id, key=f"p{number}", name=name, kind="item", position=number))
    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/{event.slug}/door")
    expect(page.get_by_role("rowheader", name="Entrance")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Café 3")).to_be_hidden()
    accessible(page)
    page.get_by_label("Find a point").fill("cafe 1")
    names = page.locator("[data-point-name]:visible")
    expect(names).to_have_text(["Café 1", "Café 11", "Café 13"])
    expect(page.locator(".point-search output")).to_have_text("3")
    accessible(page)
    page.get_by_label("Find a point").fill("")
    expect(names).to_have_text(["Entrance"])
