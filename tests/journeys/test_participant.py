"""A participant's way: from the home page to a ticket, a change of mind, and a place in the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from tests.factories import make_event, make_room, make_session
from tests.factories.registration import make_question
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.reading import Post, codes_in_pdf, codes_in_picture, entries, link_in, parts_of, subjects, text_of

TITLE = "Fighting crime and terrorism: projects meet practice"


@pytest.fixture
def event(session: Session) -> Event:
    """One seat on site, any number online, one question, a session; it begins in three weeks."""
    starts_at = (clock.now() + timedelta(days=21)).replace(hour=8, minute=0, second=0, microsecond=0)
    event = make_event(
        slug="ceris-fct", title=TITLE, onsite=1, online=None, summary="Two days.", contact="desk@example.org",
        starts_at=starts_at, ends_at=starts_at + timedelta(days=1, hours=8), themes=("FCT",),
    )  # fmt: skip
    make_session(event, "From pilots to practice", room_id=make_room(event).id)
    make_question(event)
    return event


class Hand:
    """Somebody with a mouse or a finger."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label).fill(words)

    def choose(self, label: str, words: str) -> None:
        self.page.get_by_label(label).select_option(label=words)

    def tick(self, target: Locator) -> None:
        # A card covers its radio: who presses, presses the words.
        self.page.locator(f"label[for='{target.get_attribute('id')}']").click()
        expect(target).to_be_checked()


class Keys(Hand):
    """Somebody who has nothing but a keyboard: what Tab does not reach is not there."""

    def reach(self, target: Locator) -> None:
        # Found once: to find it by its role and name again at each stop takes longer than all else here.
        element = target.element_handle()
        for _ in range(80):
            if element.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not lead to {target}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, label: str, words: str) -> None:
        self.reach(self.page.get_by_label(label))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, label: str, words: str) -> None:
        self.reach(self.page.get_by_label(label))
        self.page.keyboard.type(words)

    def tick(self, target: Locator) -> None:
        if target.get_attribute("type") == "radio":
            self.choose_radio(target)
        else:
            self.reach(target)
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def choose_radio(self, target: Locator) -> None:
        """Of a group of radios only one is a stop of Tab; the arrows choose another."""
        group = self.page.locator(f"input[name='{target.get_attribute('name')}']")
        self.reach(group.and_(self.page.locator(":checked")).or_(group).first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")


def state_of(page: Page, state: str) -> None:
    expect(page.locator("main")).to_have_attribute("data-state", state)


def find_the_form(hand: Hand, server: str) -> None:
    page = hand.page
    page.goto(server + "/")
    hand.press(page.get_by_role("link", name=TITLE).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    hand.press(page.get_by_role("link", name="Register", exact=True).locator("visible=true").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Register")


def register(hand: Hand, server: str, name: str, email: str, mode: str = "On site") -> None:
    """From the home page to the personal page."""
    find_the_form(hand, server)
    first, _blank, last = name.partition(" ")
    page = hand.page
    hand.write("First name", first)
    hand.write("Last name", last)
    hand.write("E-mail address", email)
    hand.write("Organisation", "Harbour Police")
    hand.choose("Country", "Greece")
    hand.choose("Sector", page.locator("#sector option").nth(3).inner_text())
    hand.tick(page.get_by_role("radio", name=mode))
    hand.write("Dietary needs", "no nuts")
    hand.tick(page.get_by_role("checkbox", name="I have read the privacy notice"))
    hand.press(page.get_by_role("button", name="Register"))
    expect(page.locator("main[data-state]")).to_be_visible()


def see_what_is_missing(hand: Hand, server: str) -> None:
    """An incomplete form: the summary takes the focus, leads into the field, and nothing is lost."""
    page = hand.page
    find_the_form(hand, server)
    hand.write("First name", "Ioanna")
    hand.write("E-mail address", "ioanna at kemea")
    hand.write("Dietary needs", "no nuts")
    hand.press(page.get_by_role("button", name="Register"))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert summary.get_by_role("listitem").count() == (2 if page.get_by_role("radio", checked=True).count() else 3)
    expect(page.get_by_label("First name")).to_have_value("Ioanna")
    expect(page.get_by_label("E-mail address")).to_have_value("ioanna at kemea")
    expect(page.get_by_label("Dietary needs")).to_have_value("no nuts")
    hand.press(summary.get_by_role("link", name="E-mail address"))
    field = page.get_by_label("E-mail address")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{field.get_attribute('aria-describedby')}")).to_contain_text("e-mail address")


def feed_entry(page: Page, link: str) -> Any:
    """The only entry of a personal feed."""
    [entry] = entries(page.request.get(link + "/calendar.ics").text()).values()
    return entry


def answer_yes(hand: Hand, question: str, yes: str) -> None:
    """Press what asks first, and say yes in the dialog."""
    hand.press(hand.page.locator(".slip-todo summary", has_text=question))
    hand.press(hand.page.get_by_role("dialog").get_by_role("button", name=yes))


def take_the_ticket(page: Page) -> str:
    """The code of the page, which is the one of the PDF."""
    [code] = codes_in_picture(page.locator(".slip-qr").screenshot())
    link = page.get_by_role("link", name="Ticket as PDF")
    answer = page.request.get(str(link.evaluate("link => link.href")))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert codes_in_pdf(answer.body()) == [code]
    return code


def read_the_mail(post: Post, page: Page, code: str, event: Event) -> None:
    """The same page, the same ticket, and the invitation of which the feed tells as well."""
    [letter] = post.work()
    assert subjects([letter]) == [("ioanna@example.org", f"You are in: {TITLE}")]
    assert link_in(letter) == page.url
    [ticket] = parts_of(letter, "application/pdf")
    assert codes_in_pdf(ticket.get_content()) == [code]
    [invitation] = parts_of(letter, "text/calendar")
    assert invitation.get_param("method") == "REQUEST"
    [entry] = entries(text_of(invitation)).values()
    assert (entry.summary.value, entry.dtstart.value) == (TITLE, event.starts_at)
    assert entry.attendee.value == "mailto:ioanna@example.org"
    own = feed_entry(page, page.url)
    assert (own.uid.value, own.status.value) == (entry.uid.value, "CONFIRMED")


def change_her_mind(hand: Hand, link: str) -> None:
    """Another organisation, the other mode and back: the calendar learns of it."""
    page, before = hand.page, feed_entry(hand.page, link)
    hand.press(page.locator("a[href$='/details']"))
    hand.write("Organisation", "KEMEA")
    hand.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Your details are changed.")).to_be_visible()
    expect(page.locator(".slip-who")).to_contain_text("KEMEA")
    answer_yes(hand, "Switch", "Join online instead")
    expect(page.get_by_role("link", name="Join online")).to_be_visible()
    assert page.locator(".slip-qr").count() == 0
    assert feed_entry(page, link).location.value == "Online"
    answer_yes(hand, "Switch", "Come on site instead")
    expect(page.locator(".slip-qr")).to_be_visible()
    state_of(page, "confirmed")
    assert int(feed_entry(page, link).sequence.value) > int(before.sequence.value)


@pytest.mark.parametrize(
    ("size", "kind"), [(PHONE, Hand), (DESKTOP, Keys)], ids=["phone, touch", "desktop, keyboard alone"]
)
def test_from_the_event_to_the_ticket_and_up_the_queue(
    size: dict[str, int], kind: type[Hand], browser: Browser, server: str, event: Event, post: Post
) -> None:
    ioanna, bo = (browser.new_context(viewport=size, reduced_motion="reduce") for _ in range(2))  # type: ignore[arg-type]
    hand, other = kind(ioanna.new_page()), kind(bo.new_page())
    page = hand.page
    see_what_is_missing(hand, server)
    register(hand, server, "Ioanna Papadaki", "ioanna@example.org")
    state_of(page, "confirmed")
    link, code = page.url, take_the_ticket(page)
    read_the_mail(post, page, code, event)
    uid = feed_entry(page, link).uid.value
    change_her_mind(hand, link)
    post.work()

    # The seat is taken: Bo waits, and moves up as soon as Ioanna cancels.
    register(other, server, "Bo Berg", "bo@example.org")
    state_of(other.page, "waiting")
    expect(other.page.get_by_text("You are the next in line.")).to_be_visible()
    assert subjects(post.work()) == [("bo@example.org", f"You are on the waiting list: {TITLE}")]
    answer_yes(hand, "Cancel", "Yes, cancel it")
    state_of(page, "cancelled")
    other.page.reload()
    state_of(other.page, "confirmed")
    assert take_the_ticket(other.page) != code
    assert subjects(post.work()) == [
        ("bo@example.org", f"You have moved up: {TITLE}"),
        ("ioanna@example.org", f"Your registration is cancelled: {TITLE}"),
    ]
    gone = feed_entry(page, link)
    assert (gone.uid.value, gone.status.value) == (uid, "CANCELLED")

    # Whoever cancelled may come again, now behind the others.
    register(hand, server, "Ioanna Papadaki", "ioanna@example.org")
    state_of(page, "waiting")
    for context in (ioanna, bo):
        context.close()
