"""The desk without a network: who comes anew is kept sealed and registered later, and whoever is found is judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.actions.desk_watching import watch
from eventsys.checkin.models import DeviceRole, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import Registration
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.factories.registration import make_registration
from tests.journeys.conftest import PHONE
from tests.journeys.doors import everything_kept, open_door, ready, synced, with_door

Check = Callable[[Page], None]


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now, with two seats on site."""
    now = clock.now()
    return make_event(owner=cast.ada, door=cast.dee, onsite=2, online=5,
                      starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))  # fmt: skip


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    # Whoever wants no motion sees the name as large as everybody.
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    yield context
    context.close()


def desk_page(phone: BrowserContext, server: str, event: Event, role: DeviceRole = DeviceRole.DESK) -> Page:
    """The page of a device, once it knows everybody and what a walk-in is asked."""
    page = open_door(phone, server, make_device(event, "Desk 1", role=role)[1])
    with_door(page, "for (let n = 0; n < 400 && door.device.role === 'desk' && !door.deskForm; n += 1)"
                    " await new Promise((go) => setTimeout(go, 25));")  # fmt: skip
    return page


def typed_in(page: Page, first_name: str, last_name: str) -> Locator:
    """The form for somebody new, filled in and sent by the keyboard."""
    page.locator("[data-desk-open]").press("Enter")
    page.get_by_role("button", name="Register a new person").press("Enter")
    form = page.locator("dialog#desk-new")
    expect(form.locator("#desk-first")).to_be_focused()
    page.keyboard.type(first_name)
    page.keyboard.press("Tab")
    page.keyboard.type(last_name)
    form.locator("[data-desk-accepts]").press("Space")
    form.locator("[data-desk-submit]").press("Enter")
    return form


def people(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(Registration.last_name, Registration.state).order_by(Registration.id))
    return [(name, state) for name, state in rows]


def test_somebody_new_is_kept_and_registered_when_the_network_is_back(
    phone: BrowserContext, server: str, tonight: Event, session: Session, accessible: Check
) -> None:
    page = desk_page(phone, server, tonight)
    phone.set_offline(True)
    form = typed_in(page, "Ioanna", "Papadaki")
    answer = page.locator("[data-answer][data-outcome=kept]")
    expect(answer).to_contain_text("Ioanna Papadaki")
    expect(answer).to_contain_text("Let in by eye.")
    accessible(page)
    expect(page.locator("[data-unsent]")).to_have_text("1")
    assert people(session) == []
    assert "Papadaki" not in everything_kept(page)

    # The page is loaded anew without a network: what was kept is there, and another one can be kept.
    page.keyboard.press("Escape")
    page.reload()
    ready(page)
    expect(page.locator("[data-unsent]")).to_have_text("1")
    typed_in(page, "Cyd", "Cole")
    expect(form.locator("[data-desk-seats]")).to_contain_text("No network.")
    expect(form.locator("[data-desk-seats]")).to_contain_text(re.compile(r"Seats left at \d\d:\d\d: 2"))
    page.keyboard.press("Escape")
    left_at = clock.now()
    page.locator("[data-desk-open]").press("Enter")
    page.get_by_role("button", name="Kept without network").press("Enter")
    expect(page.locator("dialog#desk-kept li")).to_have_count(2)
    accessible(page)
    page.keyboard.press("Escape")

    phone.set_offline(False)
    assert synced(page) == 0
    assert people(session) == [("Papadaki", "confirmed"), ("Cole", "confirmed")]
    scans = session.scalars(select(Scan).order_by(Scan.at)).all()
    assert [(scan.outcome, scan.is_offline) for scan in scans] == [("admitted", True)] * 2
    # They came when they came, not when the network did.
    assert all(scan.at < left_at for scan in scans)
    assert with_door(page, "return [door.kept.length, door.notices.length];") == [0, 0]
    page.locator(".door-tools [data-open=latest]").press("Enter")
    expect(page.locator("dialog#latest .scan-line", has_text="Cyd Cole")).to_contain_text("Welcome")


def test_what_is_sent_twice_registers_nobody_twice(
    phone: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    """The server registers, and its answer is lost on the way."""
    page = desk_page(phone, server, tonight)
    page.route("**/desk/walk-ins", lambda route: (route.fetch(), route.abort()))
    typed_in(page, "Ioanna", "Papadaki")
    expect(page.locator("[data-answer][data-outcome=kept]")).to_be_visible()
    assert people(session) == [("Papadaki", "confirmed")]
    page.unroute_all(behavior="wait")
    assert synced(page) == 0
    assert people(session) == [("Papadaki", "confirmed")]
    assert session.scalars(select(Scan.outcome)).all() == ["admitted"]


def test_whom_the_server_will_not_seat_stays_with_why_until_somebody_decides(
    phone: BrowserContext, server: str, tonight: Event, session: Session, accessible: Check
) -> None:
    page = desk_page(phone, server, tonight)
    phone.set_offline(True)
    for name in ("Papadaki", "Cole"):
        typed_in(page, "Io", name)
        expect(page.locator("[data-answer][data-outcome=kept]")).to_be_visible()
        page.keyboard.press("Escape")
    for _number in range(2):
        make_registration(tonight)
    phone.set_offline(False)
    assert synced(page) == 0
    notices = page.locator("[data-notices]")
    expect(notices).to_contain_text("Io Papadaki, kept without network: No seat is left.")
    accessible(page)
    for _notice in range(2):
        page.get_by_role("button", name="Understood").press("Enter")
    page.locator("[data-desk-open]").press("Enter")
    page.get_by_role("button", name="Kept without network 2").press("Enter")
    kept = page.locator("dialog#desk-kept")
    kept.get_by_role("button", name="Throw away: Io Cole").press("Enter")
    kept.get_by_role("button", name="Throw away for good").press("Enter")
    expect(kept.locator("li")).to_have_count(1)
    accessible(page)
    kept.get_by_role("button", name="Open: Io Papadaki").press("Enter")
    form = page.locator("dialog#desk-new")
    expect(form.locator("#desk-last")).to_have_value("Papadaki")
    expect(form.locator("[data-desk-wrong]")).to_contain_text("No seat is left.")
    accessible(page)
    form.get_by_role("button", name="Put on the waiting list").press("Enter")
    expect(page.locator("dialog#desk-person").get_by_text("On the waiting list", exact=True)).to_be_visible()
    assert people(session)[2:] == [("Papadaki", "waiting")]
    assert with_door(page, "return door.kept.length;") == 0


def test_whoever_is_found_is_judged_beside_the_name(
    phone: BrowserContext, server: str, tonight: Event, session: Session, accessible: Check
) -> None:
    make_ticket(tonight, "Bo Berg")
    make_registration(tonight, first_name="Cyd", last_name="Cole", mode="online")
    page = desk_page(phone, server, tonight)
    page.locator(".door-tools [data-open=find]").press("Enter")
    page.keyboard.type("c")
    line = page.locator("[data-found] li", has_text="Cyd Cole")
    expect(line).to_contain_text("Registered to take part online, not on site")
    expect(line.get_by_role("button")).to_have_text(["Help"])
    accessible(page)
    # Enter leads to the only thing that helps.
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    sheet = page.locator("dialog#desk-person")
    expect(sheet.locator("[data-desk-against]")).to_contain_text("Registered to take part online")
    expect(sheet.locator("[data-desk-first]")).to_contain_text("Seats left: 2")
    expect(sheet.get_by_role("button", name="Let in")).to_have_count(0)
    accessible(page)
    sheet.get_by_role("button", name="Change to on site").press("Enter")
    page.keyboard.type("Came after all")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer][data-outcome=admitted]")).to_contain_text("Cyd Cole")


def test_who_only_scans_sends_them_to_the_desk(
    phone: BrowserContext, server: str, tonight: Event, session: Session
) -> None:
    make_registration(tonight, first_name="Cyd", last_name="Cole", mode="online")
    page = desk_page(phone, server, tonight, DeviceRole.SCANNER)
    page.locator(".door-tools [data-open=find]").press("Enter")
    page.keyboard.type("cyd")
    page.get_by_role("button", name="Send to the desk: Cyd Cole").press("Enter")
    expect(page.locator("[data-answer][data-outcome=wrong_mode]")).to_contain_text("Cyd Cole")


def test_who_is_waited_for_is_known_without_a_network(
    phone: BrowserContext, server: str, tonight: Event, cast: Cast
) -> None:
    vip, silent = make_ticket(tonight, "Ioanna Papadaki", notes="Give the headset"), make_ticket(tonight, "Bo Berg")
    page = desk_page(phone, server, tonight)
    with transaction() as writing:
        for ticket, words in ((vip, "Bring to the speaker room"), (silent, "")):
            person = writing.get_one(Registration, ticket.registration_id)
            watch(writing, person, words, user_id=cast.ada.id, now=clock.now())
    synced(page)
    assert "speaker room" not in everything_kept(page)
    phone.set_offline(True)
    for ticket, notes in (
        (vip, ["Bring to the speaker room", "Give the headset"]),
        (silent, ["Somebody waits for them"]),
    ):
        first, again = (with_door(page, "return door.scan({ code: given });", ticket.code)["result"] for _n in range(2))
        assert (first["outcome"], first["attendee"]["notes"]) == ("admitted", notes)
        # Once they are in, nobody waits any more.
        assert (again["outcome"], again["attendee"]["notes"]) == ("already_in", notes[1:])
    phone.set_offline(False)
    assert synced(page) == 0
    phone.set_offline(True)
    third = with_door(page, "return door.scan({ code: given });", vip.code)["result"]
    assert third["attendee"]["notes"] == ["Give the headset"]


def test_one_person_is_shown_as_this_device_knows_them(
    phone: BrowserContext, server: str, tonight: Event, accessible: Check
) -> None:
    make_ticket(tonight, "Outi Väisälä-Hämäläinen", notes="Give the headset")
    page = desk_page(phone, server, tonight)
    phone.set_offline(True)
    page.locator(".door-tools [data-open=find]").press("Enter")
    page.keyboard.type("outi")
    page.get_by_role("button", name="More: Outi Väisälä-Hämäläinen").press("Enter")
    sheet = page.locator("dialog#desk-person")
    expect(sheet.locator("[data-desk-wrong]")).to_contain_text("No network")
    expect(sheet.locator("[data-desk-facts]")).to_contain_text("Komenda Stołeczna")
    expect(sheet).to_contain_text("Give the headset")
    accessible(page)
    sheet.get_by_role("button", name="Let in").press("Enter")
    expect(page.locator("[data-answer][data-outcome=admitted]")).to_be_visible()
    sizes = page.locator("[data-person]").evaluate(
        "(name) => [parseFloat(getComputedStyle(name).fontSize), name.scrollWidth <= name.clientWidth]"
    )
    assert sizes[0] > 40
    assert sizes[1] is True
