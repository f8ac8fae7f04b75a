"""Our badges before a camera as people hold them: tilted, blurred, in the dark, far away, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Scan
from eventsys.events.models import Event
from tests.cast import Cast
from tests.factories.checkin import make_ticket
from tests.journeys.conftest import PHONE
from tests.journeys.films import HELD, badge, chromium_seeing, film, scene
from tests.journeys.test_door import SignIn, answered, opened, tonight  # noqa: F401  The event that goes on now.


@pytest.fixture
def seeing(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Callable[[Path], BrowserContext]]:
    """A browser whose camera sees a film; one a launch."""
    browsers: list[Browser] = []

    def launch(path: Path) -> BrowserContext:
        args = [*browser_type_launch_args["args"], *chromium_seeing(path)]
        browsers.append(browser_type.launch(**{**browser_type_launch_args, "args": args}))
        return browsers[-1].new_context(permissions=["camera"], viewport=PHONE)  # type: ignore[arg-type]

    yield launch
    for browser in browsers:
        browser.close()


def test_badges_are_read_however_they_are_held(
    seeing: Callable[[Path], BrowserContext], server: str, cast: Cast, tonight: Event, session: Session,  # noqa: F811
    sign_in: SignIn, tmp_path: Path,
) -> None:  # fmt: skip
    tickets = {held: make_ticket(tonight, f"Ioanna {held}") for held in HELD}
    # The film begins again and again: whom a busy machine misses comes back.
    takes = [(show(tickets[held]), 30) for held, show in HELD.items()]
    context = seeing(film(tmp_path / "camera.mjpeg", takes))
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    with suppress(AssertionError):
        expect(page.locator("[data-in]")).to_have_text(str(len(HELD)), timeout=60_000)
    session.rollback()
    let_in = set(session.scalars(select(Scan.registration_id).where(Scan.outcome == "admitted")))
    assert {held for held, ticket in tickets.items() if ticket.registration_id not in let_in} == set()


def test_two_who_pass_one_after_the_other_are_each_let_in_once(
    seeing: Callable[[Path], BrowserContext], server: str, cast: Cast, tonight: Event, session: Session,  # noqa: F811
    sign_in: SignIn, tmp_path: Path,
) -> None:  # fmt: skip
    first, second = make_ticket(tonight, "Ioanna Papadaki"), make_ticket(tonight, "Bo Berg")
    takes = [
        (scene(badge(first), turned=5), 25),
        (scene(None), 6),
        (scene(badge(second), turned=-8), 25),
        (scene(None), 6),
    ]
    context = seeing(film(tmp_path / "camera.mjpeg", takes))
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    # Each interrupts the answer before it, without a touch.
    expect(page.locator("[data-latest] li", has_text="Ioanna Papadaki").first).to_be_attached()
    expect(page.locator("[data-latest] li", has_text="Bo Berg").first).to_be_attached()
    expect(page.locator("[data-unsent]")).to_have_text("0")
    expect(page.locator("[data-in]")).to_have_text("2")
    session.rollback()
    let_in = Counter(session.scalars(select(Scan.registration_id).where(Scan.outcome == "admitted")))
    assert let_in == {first.registration_id: 1, second.registration_id: 1}


def test_the_camera_reads_on_without_a_network_even_after_a_reload(
    seeing: Callable[[Path], BrowserContext], server: str, cast: Cast, tonight: Event, session: Session,  # noqa: F811
    sign_in: SignIn, tmp_path: Path,
) -> None:  # fmt: skip
    ticket = make_ticket(tonight, "Ioanna Papadaki")
    context = seeing(film(tmp_path / "camera.mjpeg", [(scene(badge(ticket), turned=7), 12)]))
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    answered(page, "admitted")
    expect(page.locator("[data-door][data-known='1']")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.reload()
    # It had been scanning, so it goes on by itself.
    answer = answered(page, "already_in")
    expect(answer.locator("[data-local]")).to_be_visible()
    expect(answer.locator("[data-person]")).to_have_text("Ioanna Papadaki")
    # A machine that looks at few pictures a second takes the badge for one held up again.
    expect(page.locator("[data-unsent]")).not_to_have_text("0")
    context.set_offline(False)
    expect(page.locator("[data-unsent]")).to_have_text("0")
    session.rollback()
    outcomes = session.scalars(select(Scan.outcome).order_by(Scan.id)).all()
    assert outcomes[0] == "admitted"
    assert set(outcomes[1:]) == {"already_in"}


def test_a_camera_that_is_taken_away_is_taken_back(
    seeing: Callable[[Path], BrowserContext], server: str, cast: Cast, tonight: Event,  # noqa: F811
    sign_in: SignIn, tmp_path: Path,
) -> None:  # fmt: skip
    ticket = make_ticket(tonight, "Ioanna Papadaki")
    context = seeing(film(tmp_path / "camera.mjpeg", [(scene(None), 60), (scene(badge(ticket)), 20)]))
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    expect(page.locator("[data-door][data-lens=on]")).to_be_visible()
    before = page.evaluate("document.querySelector('[data-video]').srcObject.id")
    page.evaluate(
        """() => { const [track] = document.querySelector('[data-video]').srcObject.getVideoTracks();
        track.stop(); track.dispatchEvent(new Event('ended')); }"""
    )
    answered(page, "admitted")
    assert page.evaluate("document.querySelector('[data-video]').srcObject.id") != before
