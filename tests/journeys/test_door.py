"""Door staff at work: a badge before the camera, a handheld's keys, a name, a mistake taken back, no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin import actions
from eventsys.checkin.models import Admission, Device, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import Ticket
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.films import HELD, chromium_seeing, film
from tests.journeys.handhelds import handheld

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])

# The camera has shown as many pictures more as it takes in a second.
MORE_FRAMES = """() => new Promise((shown) => {
    const video = document.querySelector("[data-video]");
    let left = 30;
    const count = () => { left -= 1; if (left) video.requestVideoFrameCallback(count); else shown(); };
    video.requestVideoFrameCallback(count);
})"""


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now, with Dee at its door."""
    now = clock.now()
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6)
    )


def opened(context: BrowserContext, server: str, event: Event, size: dict[str, int]) -> Page:
    """The scanner after its first press."""
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/checkin/{event.slug}/")
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("[data-door][data-state=ready]")).to_be_visible()
    return page


def answered(page: Page, outcome: str) -> Any:
    """The answer on the screen, once it is there."""
    answer = page.locator(f"[data-answer][data-outcome={outcome}]")
    expect(answer).to_be_visible()
    return answer


def admitted(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Admission)) or 0


@pytest.fixture
def with_camera(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[Callable[[Ticket], BrowserContext]]:
    """A browser whose camera sees the badge of a ticket."""
    browsers: list[Browser] = []

    def launch(ticket: Ticket) -> BrowserContext:
        seen = chromium_seeing(film(tmp_path / "camera.mjpeg", [(HELD["askew"](ticket), 12)]))
        launch_args = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *seen]}
        browsers.append(browser_type.launch(**launch_args))
        return browsers[-1].new_context(permissions=["camera"], viewport=PHONE)  # type: ignore[arg-type]

    yield launch
    for browser in browsers:
        browser.close()


@SIZES
def test_a_badge_before_the_camera_is_admitted_once(
    with_camera: Callable[[Ticket], BrowserContext], server: str, cast: Cast, tonight: Event, session: Session,
    sign_in: SignIn, size: dict[str, int],
) -> None:  # fmt: skip
    ticket = make_ticket(tonight, "Ioanna Papadaki", organisation="Hellenic Centre", sector="research")
    context = with_camera(ticket)
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, size)
    answer = answered(page, "admitted")
    expect(answer.locator("[data-person]")).to_have_text("Ioanna Papadaki")
    expect(answer.locator("[data-word]")).to_have_text("Welcome")
    # The badge stays in view while the answer goes: nobody is scanned twice by holding still.
    expect(answer).to_be_hidden()
    page.evaluate(MORE_FRAMES)
    session.rollback()
    assert session.scalars(select(Scan.outcome)).all() == ["admitted"]
    expect(page.locator("[data-in]")).to_have_text("1")


@SIZES
def test_a_handheld_a_name_and_an_undo(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn,
    accessible: Check, size: dict[str, int],
) -> None:  # fmt: skip
    bo = make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Ιωάννα Παπαδάκη", organisation="Κέντρο Μελετών")
    waiting = make_ticket(tonight, "Léa Moreau", state="waiting", organisation="Ville de Liège")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, size)
    accessible(page)

    handheld(page, bo.code)
    answer = answered(page, "admitted")
    expect(answer.locator("[data-person]")).to_have_text("Bo Berg")
    accessible(page)

    handheld(page, bo.code)
    expect(answered(page, "already_in").locator("[data-word]")).to_contain_text("Already in")
    accessible(page)

    handheld(page, waiting.code)
    word = answered(page, "not_confirmed").locator("[data-word]")
    expect(word).to_have_text("Not confirmed: still on the waiting list")
    accessible(page)

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Name or code").click()
    page.get_by_role("searchbox").fill("ioana papadaki")
    accessible(page)
    page.get_by_role("button", name="Let in: Ιωάννα Παπαδάκη").click()
    answer = answered(page, "admitted")
    expect(answer.locator("[data-person]")).to_have_text("Ιωάννα Παπαδάκη")
    assert admitted(session) == 2

    answer.get_by_role("button", name="Undo").click()
    page.get_by_label("Wrong person").check()
    accessible(page)
    page.get_by_role("button", name="Undo the scan").click()
    expect(page.locator("#undo")).to_be_hidden()
    assert admitted(session) == 1
    assert session.scalars(select(Scan.undone_reason).where(Scan.undone_at.is_not(None))).all() == ["Wrong person"]


def test_a_scan_without_a_network_is_answered_here_and_sent_later(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn,
    accessible: Check,
) -> None:  # fmt: skip
    bo = make_ticket(tonight, "Bo Berg")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    expect(page.locator("[data-door][data-known='1']")).to_be_visible()
    context.set_offline(True)
    handheld(page, bo.code)
    answer = answered(page, "admitted")
    expect(answer.locator("[data-word]")).to_have_text("Welcome")
    expect(answer.locator("[data-local]")).to_have_text("Without network")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    expect(answer.locator("[data-answer-figures]")).to_contain_text("1 unsent")
    accessible(page)
    assert admitted(session) == 0
    context.set_offline(False)
    expect(page.locator("[data-unsent]")).to_have_text("0", timeout=15_000)
    assert admitted(session) == 1
    session.rollback()
    assert session.scalars(select(Scan.is_offline)).all() == [True]


def test_a_link_opens_a_device_without_an_account_and_leaves_no_token_behind(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    _device, token = make_device(tonight, "Desk 7")
    page = context.new_page()
    page.goto(f"{server}/checkin/device#{token}")
    expect(page.locator("[data-event-name]")).to_have_text(tonight.title)
    assert token not in page.url
    page.reload()
    page.get_by_role("button", name="Start scanning").click()
    handheld(page, bo.short_code.lower())
    expect(answered(page, "admitted").locator("[data-person]")).to_have_text("Bo Berg")


def test_a_revoked_device_is_told_and_keeps_what_it_holds(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn
) -> None:
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    with transaction() as writing:
        [device] = writing.scalars(select(Device))
        actions.revoke(writing, device, now=clock.now())
    page.evaluate("dispatchEvent(new Event('online'))")
    ended = page.get_by_role("region", name="This device scans no more")
    expect(ended.get_by_role("status")).to_have_text("No scan is left unsent.")
    handheld(page, "EV1:0123456789ABCDEFGHJKMNPQ")
    expect(answered(page, "kept").locator("[data-word]")).to_contain_text("may not scan any more")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    expect(page.locator("[data-ended-unsent]")).to_contain_text("Scans still unsent: 1.")


# The question of a scan gets lost; others wait until it is asked, and are told that the device was revoked.
LOST_WHILE_ENDED = """() => {
    const ask = globalThis.fetch;
    const panel = document.querySelector("[data-ended]");
    let begin;
    const isAsked = new Promise((asked) => { begin = asked; });
    globalThis.fetch = async (path, options) => {
        if (!String(path).endsWith("/scans")) return isAsked.then(() => ask(path, { ...options, signal: undefined }));
        const isOver = new Promise((over) => {
            new MutationObserver(() => { if (!panel.hidden) over(); }).observe(panel, { attributes: true });
        });
        begin();
        dispatchEvent(new Event("online"));
        await isOver;
        throw new TypeError("the line was cut");
    };
}"""


def test_an_end_that_is_told_while_a_scan_is_asked_is_its_answer(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn
) -> None:
    """Nobody is judged by a device that has ended, nor said to be unknown by one that forgot them."""
    sign_in(context, cast.dee)
    make_ticket(tonight, "Bo Berg")
    page = opened(context, server, tonight, PHONE)
    expect(page.get_by_text("0 inside of 1")).to_be_visible()
    page.evaluate(LOST_WHILE_ENDED)
    with transaction() as writing:
        [device] = writing.scalars(select(Device))
        actions.revoke(writing, device, now=clock.now())
    handheld(page, "EV1:0123456789ABCDEFGHJKMNPQ")
    expect(answered(page, "kept").locator("[data-word]")).to_contain_text("may not scan any more")
    expect(page.locator("[data-ended-unsent]")).to_contain_text("Scans still unsent: 1.")
