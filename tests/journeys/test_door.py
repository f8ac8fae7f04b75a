"""Door staff at work: a badge before the camera, a handheld's keys, a name, a mistake taken back, no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.badges.faces import BadgeFace
from eventsys.badges.sheets import badge_pdf
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

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


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


def badge_before_the_camera(ticket: Ticket, folder: Path) -> Path:
    """A video of a badge held up a little askew and out of focus: what a phone sees of our own PDF."""
    import pypdfium2
    from PIL import Image, ImageFilter

    face = BadgeFace(
        name="Ioanna Papadaki", code=ticket.code, short_code=ticket.short_code, affiliation="Hellenic Centre"
    )
    document = pypdfium2.PdfDocument(badge_pdf([face]))
    badge = document[0].render(scale=2.2).to_pil().convert("RGB")
    document.close()
    badge = badge.rotate(7, expand=True, fillcolor=(96, 98, 96), resample=Image.Resampling.BICUBIC)
    badge.thumbnail((1200, 700))
    scene = Image.new("RGB", (1280, 720), (96, 98, 96))
    scene.paste(badge, ((1280 - badge.width) // 2, (720 - badge.height) // 2))
    out = BytesIO()
    scene.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=88)
    path = folder / "camera.mjpeg"
    path.write_bytes(out.getvalue() * 12)
    return path


@pytest.fixture
def with_camera(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[Callable[[Ticket], BrowserContext]]:
    """A browser whose camera sees the badge of a ticket."""
    browsers: list[Browser] = []

    def launch(ticket: Ticket) -> BrowserContext:
        film = badge_before_the_camera(ticket, tmp_path)
        seen = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}"]  # fmt: skip
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
    page.wait_for_timeout(1000)
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

    page.keyboard.type(bo.code)
    page.keyboard.press("Enter")
    answer = answered(page, "admitted")
    expect(answer.locator("[data-person]")).to_have_text("Bo Berg")
    accessible(page)

    page.keyboard.type(bo.code)
    page.keyboard.press("Enter")
    expect(answered(page, "already_in").locator("[data-word]")).to_contain_text("Already in")
    accessible(page)

    page.keyboard.type(waiting.code)
    page.keyboard.press("Enter")
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


def test_a_scan_without_a_network_is_kept_and_sent_later(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn
) -> None:
    bo = make_ticket(tonight, "Bo Berg")
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    context.set_offline(True)
    page.keyboard.type(bo.code)
    page.keyboard.press("Enter")
    expect(answered(page, "kept").locator("[data-word]")).to_have_text("No network: kept, 1 unsent")
    expect(page.locator("[data-unsent]")).to_have_text("1")
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
    page.keyboard.type(bo.short_code.lower())
    page.keyboard.press("Enter")
    expect(answered(page, "admitted").locator("[data-person]")).to_have_text("Bo Berg")


def test_a_revoked_device_is_told_and_keeps_what_it_holds(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn
) -> None:
    sign_in(context, cast.dee)
    page = opened(context, server, tonight, PHONE)
    with transaction() as writing:
        [device] = writing.scalars(select(Device))
        actions.revoke(writing, device, now=clock.now())
    page.keyboard.type("EV1:0123456789ABCDEFGHJKMNPQ")
    page.keyboard.press("Enter")
    expect(answered(page, "kept").locator("[data-word]")).to_contain_text("may not scan any more")
    expect(page.locator("[data-unsent]")).to_have_text("1")


@SIZES
def test_an_organiser_prepares_a_device(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, session: Session, sign_in: SignIn,
    accessible: Check, size: dict[str, int],
) -> None:  # fmt: skip
    make_ticket(tonight, "Bo Berg")
    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/{tonight.slug}/door")
    accessible(page)
    page.get_by_label("Name").fill("Desk 2")
    page.get_by_role("button", name="Add a device").click()
    expect(page.get_by_role("heading", name="“Desk 2” is ready")).to_be_visible()
    accessible(page)
    link = page.locator(".device-link code").inner_text()
    phone = context.browser.new_context() if context.browser else context
    door = phone.new_page()
    door.goto(link)
    expect(door.locator("[data-event-name]")).to_have_text(tonight.title)
    accessible(door)
    phone.close()
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("“Desk 2” may not scan any more.")).to_be_visible()
