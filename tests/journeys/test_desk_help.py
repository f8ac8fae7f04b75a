"""A volunteer helps at the desk by the keyboard alone: somebody new, a wrong name, somebody refused, no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.checkin.models import Admission, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.registration.models import Registration
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import a_scan, make_desk, make_ticket
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.reading import Post, subjects

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])

# What a volunteer may take for somebody new, in seconds; typing is counted at three keys a second, with two fingers.
MOST_SECONDS = 20
KEYS_A_SECOND = 3


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    now = clock.now()
    return make_event(owner=cast.ada, door=cast.dee, onsite=6, privacy_notice="We keep your **name** for a month.",
                      starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))  # fmt: skip


@pytest.fixture
def page(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn, size: dict[str, int]
) -> Page:
    """The scanner of Dee, who signed in and so may help."""
    make_ticket(tonight, "Bo Berg", organisation="Ville de Liège")
    sign_in(context, cast.dee)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/checkin/{tonight.slug}/")
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("[data-desk-open]")).to_be_visible()
    return page


class Keyboard:
    """Presses keys as a volunteer does, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.strokes += len(words)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1


def opened_new(page: Page, keys: Keyboard) -> None:
    page.locator("[data-desk-open]").focus()
    keys.press("Enter")
    expect(page.locator("dialog#desk")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#desk-first")).to_be_focused()


def people(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Registration.first_name).order_by(Registration.id)))


@SIZES
def test_somebody_new_is_in_within_a_few_keys(
    page: Page, session: Session, accessible: Check, tonight: Event, size: dict[str, int]
) -> None:
    keys = Keyboard(page)
    opened_new(page, keys)
    accessible(page)
    keys.type("Ioanna")
    keys.press("Tab")
    keys.type("Papadaki")
    keys.press("Tab")
    keys.type("Ville de L")
    keys.press("Tab", "Space")
    keys.press("Enter")
    sheet = page.locator("dialog#desk-person")
    expect(sheet.get_by_role("heading", name="Ioanna Papadaki")).to_be_visible()
    session.rollback()
    [person] = session.scalars(select(Registration).where(Registration.first_name == "Ioanna"))
    assert (person.state, person.mode, len(person.privacy_text_hash)) == ("confirmed", "onsite", 64)
    assert session.scalars(select(Admission.registration_id)).all() == [person.id]
    # From the press on Help to the last Enter: what is typed, and seven keys.
    assert keys.strokes == len("IoannaPapadakiVille de L") + 7
    assert keys.strokes / KEYS_A_SECOND < MOST_SECONDS
    accessible(page)


@SIZES
def test_the_form_says_what_is_missing_and_keeps_what_was_typed(
    page: Page, session: Session, accessible: Check, size: dict[str, int]
) -> None:
    keys = Keyboard(page)
    opened_new(page, keys)
    sheet = page.locator("dialog#desk-new")
    keys.press("Enter")
    expect(sheet.locator("[data-desk-wrong]")).to_have_text("Please give the name.")
    keys.type("Iva")
    keys.press("Enter")
    expect(sheet.locator("[data-desk-wrong]")).to_contain_text("privacy notice")
    expect(sheet.locator("[data-desk-accepts]")).to_be_focused()
    accessible(page)
    sheet.get_by_text("Show the privacy notice", exact=True).click()
    expect(sheet.get_by_text("We keep your")).to_be_visible()
    accessible(page)
    expect(sheet.locator("#desk-first")).to_have_value("Iva")
    assert people(session) == ["Bo"]


@SIZES
def test_who_was_refused_is_helped_with_a_reason(
    page: Page, session: Session, tonight: Event, accessible: Check, size: dict[str, int]
) -> None:
    ticket = make_ticket(tonight, "Léa Moreau", state="applied")
    page.keyboard.type(ticket.code)
    page.keyboard.press("Enter")
    answer = page.locator("[data-answer][data-outcome=not_confirmed]")
    expect(answer).to_be_visible()
    answer.get_by_role("button", name="Exception").press("Enter")
    sheet = page.locator("dialog#desk-person")
    sheet.get_by_role("button", name="Give them a free seat").press("Enter")
    expect(sheet.locator("#desk-solve-reason")).to_be_focused()
    accessible(page)
    page.keyboard.press("Enter")
    expect(sheet.locator("[data-desk-wrong]")).to_contain_text("reason")
    page.keyboard.type("Invited by the chair")
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer][data-outcome=admitted]")).to_be_visible()
    session.rollback()
    assert session.scalars(select(Scan.outcome).order_by(Scan.id)).all() == ["not_confirmed", "admitted"]


def more_about(page: Page, name: str) -> Locator:
    """The sheet of a person who was found by name."""
    page.locator(".door-tools [data-open=find]").click()
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("button", name=f"More: {name}").press("Enter")
    sheet = page.locator("dialog#desk-person")
    expect(sheet.get_by_text("Confirmed")).to_be_visible()
    return sheet


@SIZES
def test_a_companion_comes_along_and_somebody_comes_instead(
    page: Page, session: Session, accessible: Check, size: dict[str, int]
) -> None:
    more_about(page, "Bo Berg").get_by_role("button", name="Add a companion").press("Enter")
    form = page.locator("dialog#desk-new")
    expect(form.get_by_role("heading", name="Companion of Bo Berg")).to_be_visible()
    accessible(page)
    page.keyboard.type("Iva")
    form.locator("[data-desk-accepts]").check()
    page.keyboard.press("Enter")
    sheet = page.locator("dialog#desk-person")
    expect(sheet.get_by_role("heading", name="Iva")).to_be_visible()
    expect(sheet.locator("[data-desk-facts]")).to_contain_text("Bo Berg")
    accessible(page)
    sheet.get_by_role("button", name="Back").click()
    more_about(page, "Bo Berg").get_by_role("button", name="Somebody else comes instead").press("Enter")
    expect(form.get_by_role("heading", name="Instead of Bo Berg")).to_be_visible()
    page.keyboard.type("Cyd")
    form.locator("[data-desk-accepts]").check()
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("heading", name="Cyd")).to_be_visible()
    session.rollback()
    rows = session.execute(select(Registration.first_name, Registration.state, Registration.type).order_by("id")).all()
    assert [tuple(row) for row in rows] == [
        ("Bo", "cancelled", "participant"), ("Iva", "confirmed", "guest"), ("Cyd", "confirmed", "participant"),
    ]  # fmt: skip


@SIZES
def test_a_swap_waits_on_the_screen_for_the_network(
    page: Page, context: BrowserContext, session: Session, size: dict[str, int]
) -> None:
    """Whose seat it is only the server knows: nobody is let in for somebody else without it."""
    more_about(page, "Bo Berg").get_by_role("button", name="Somebody else comes instead").press("Enter")
    form = page.locator("dialog#desk-new")
    expect(form.locator("#desk-first")).to_be_focused()
    page.keyboard.type("Cyd")
    form.locator("[data-desk-accepts]").check()
    context.set_offline(True)
    form.locator("[data-desk-submit]").press("Enter")
    expect(form.locator("[data-desk-wrong]")).to_contain_text("No network: nobody was registered.")
    expect(form.locator("#desk-first")).to_have_value("Cyd")
    assert people(session) == ["Bo"]
    context.set_offline(False)
    form.locator("[data-desk-submit]").press("Enter")
    expect(page.locator("dialog#desk-person").get_by_role("heading", name="Cyd")).to_be_visible()
    assert people(session) == ["Bo", "Cyd"]


@SIZES
def test_a_full_event_is_said_before_a_letter_is_typed(
    page: Page, session: Session, tonight: Event, accessible: Check, size: dict[str, int]
) -> None:
    for _number in range(6):
        make_registration(tonight)
    keys = Keyboard(page)
    opened_new(page, keys)
    form = page.locator("dialog#desk-new")
    expect(form.locator("[data-desk-seats]")).to_contain_text("No seat is left.")
    expect(form.locator("[data-desk-submit]")).to_have_text("Put on the waiting list")
    accessible(page)
    keys.type("Iva")
    form.locator("[data-desk-accepts]").check()
    keys.press("Enter")
    expect(page.locator("dialog#desk-person").get_by_text("On the waiting list", exact=True)).to_be_visible()
    session.rollback()
    assert session.scalars(select(Registration.state).where(Registration.first_name == "Iva")).all() == ["waiting"]


# What the form sends waits to be let go. The page does it itself: while its worker takes the page over, a request may
# pass unseen by who listens from outside.
HELD = """() => {
    const ask = globalThis.fetch;
    globalThis.fetch = async (path, options) => {
        if (String(path).endsWith("/walk-ins")) {
            globalThis.fetch = ask;
            await new Promise((go) => { globalThis.letGo = go; });
        }
        return ask(path, options);
    };
}"""


@SIZES
def test_the_last_seat_that_went_meanwhile_is_said_and_the_waiting_list_offered(
    page: Page, session: Session, tonight: Event, accessible: Check, size: dict[str, int]
) -> None:
    keys = Keyboard(page)
    opened_new(page, keys)
    form = page.locator("dialog#desk-new")
    expect(form.locator("[data-desk-seats]")).to_have_text("Seats left: 6")
    page.evaluate(HELD)
    keys.type("Iva")
    form.locator("[data-desk-accepts]").check()
    keys.press("Enter")
    page.wait_for_function("() => globalThis.letGo")
    for _number in range(6):
        make_registration(tonight)
    page.evaluate("() => globalThis.letGo()")
    expect(form.locator("[data-desk-wrong]")).to_contain_text("No seat is left.")
    expect(form.locator("#desk-first")).to_have_value("Iva")
    accessible(page)
    form.get_by_role("button", name="Put them on the waiting list").press("Enter")
    expect(page.locator("dialog#desk-person").get_by_text("On the waiting list", exact=True)).to_be_visible()
    session.rollback()
    assert session.scalars(select(Registration.state).where(Registration.first_name == "Iva")).all() == ["waiting"]


@pytest.mark.parametrize("size", [DESKTOP], ids=["desktop"])
def test_the_browser_prints_the_badge_where_no_printer_is_near(
    page: Page, context: BrowserContext, size: dict[str, int]
) -> None:
    sheet = more_about(page, "Bo Berg")
    with page.expect_response("**/checkin/badge/*.pdf") as drawn, context.expect_page():
        sheet.get_by_role("button", name="Print the badge").press("Enter")
    assert (drawn.value.status, drawn.value.headers["content-type"]) == (200, "application/pdf")
    expect(sheet.locator("[data-desk-said]")).to_have_text("The badge opens in a new tab, to be printed there.")


@pytest.fixture
def organisers(
    context: BrowserContext, server: str, cast: Cast, tonight: Event, sign_in: SignIn, size: dict[str, int]
) -> Page:
    """The organiser's desk page, as Ada sees it."""
    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/{tonight.slug}/door/desk")
    return page


@SIZES
def test_an_arrival_that_is_waited_for_is_told_by_mail(
    organisers: Page, tonight: Event, client: FlaskClient, cast: Cast, post: Post, accessible: Check,
    size: dict[str, int],
) -> None:  # fmt: skip
    ticket = make_ticket(tonight, "Ioanna Papadaki")
    organisers.get_by_label("Who").focus()
    organisers.keyboard.type("papadaki ioanna")
    organisers.keyboard.press("Tab")
    organisers.keyboard.type("Bring to the speaker room")
    organisers.keyboard.press("Enter")
    expect(organisers.get_by_text("You get a mail as soon as Ioanna Papadaki is let in.")).to_be_visible()
    accessible(organisers)
    make_desk(client, tonight).scan(a_scan(ticket, at=clock.now()))
    [letter] = post.work()
    assert subjects([letter]) == [(cast.ada.email, "Ioanna Papadaki has arrived")]
    text = letter.get_body(("plain",))
    assert text is not None
    assert "You noted: Bring to the speaker room" in text.get_content()
    assert post.work() == []


@SIZES
def test_a_paper_list_is_entered_by_the_keyboard(
    organisers: Page, tonight: Event, session: Session, accessible: Check, size: dict[str, int]
) -> None:
    ticket = make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Ιωάννα Παπαδάκη")
    organisers.get_by_role("link", name="Enter a paper list").press("Enter")
    organisers.get_by_label("Codes or names").focus()
    organisers.keyboard.type(f"{ticket.short_code.lower()}\npapadaki ioanna\nxyz")
    organisers.keyboard.press("Tab")
    expect(organisers.get_by_role("button", name="Check the lines")).to_be_focused()
    organisers.keyboard.press("Enter")
    expect(organisers.get_by_text("1 line is not entered")).to_be_visible()
    accessible(organisers)
    session.rollback()
    assert session.scalars(select(Scan.id)).all() == []
    organisers.get_by_role("button", name="Enter these people").press("Enter")
    expect(organisers.get_by_role("heading", name="Entered")).to_be_visible()
    expect(organisers.get_by_label("Codes or names")).to_have_value("xyz")
    accessible(organisers)
    session.rollback()
    assert session.scalars(select(Scan.outcome)).all() == ["admitted", "admitted"]


@SIZES
def test_a_name_is_corrected_and_a_note_left(
    page: Page, session: Session, tonight: Event, accessible: Check, size: dict[str, int]
) -> None:
    page.locator(".door-tools [data-open=find]").click()
    page.get_by_role("searchbox").fill("bo berg")
    page.get_by_role("button", name="More: Bo Berg").press("Enter")
    sheet = page.locator("dialog#desk-person")
    expect(sheet.get_by_text("Confirmed")).to_be_visible()
    accessible(page)
    sheet.get_by_role("button", name="Correct the name").press("Enter")
    expect(sheet.locator("#desk-fix-first")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Bodo")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("heading", name="Bodo Berg")).to_be_visible()
    sheet.get_by_role("button", name="Note for the desks").press("Enter")
    page.keyboard.type("Bring to the speaker room")
    sheet.get_by_role("button", name="Save").press("Enter")
    expect(sheet.locator("[data-desk-notes]")).to_have_text("Bring to the speaker room")
    session.rollback()
    [person] = session.scalars(select(Registration))
    assert (person.name, person.notes) == ("Bodo Berg", "Bring to the speaker room")
