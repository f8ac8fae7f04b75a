"""The whole life of a delegation: registered by its head, accepted, replaced, completed, a seat handed on.

Each of its pages is looked at by test_pages_are_accessible.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import RegistrationSettings, SeatPool
from tests.factories import make_event
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.reading import Post, link_in
from tests.journeys.test_participant import Hand, Keys, state_of, take_the_ticket


@pytest.fixture
def event(session: Session) -> Event:
    """Four seats on site; groups of up to six more may come."""
    starts_at = (clock.now() + timedelta(days=21)).replace(hour=8, minute=0, second=0, microsecond=0)
    event = make_event(
        slug="together", title="Together", onsite=4, starts_at=starts_at, ends_at=starts_at + timedelta(days=1)
    )
    with transaction() as writing:
        writing.get_one(RegistrationSettings, event.id).group_most = 6
    return event


def letters_of(post: Post) -> dict[str, str]:
    """The personal links that the letters brought, by address."""
    return {str(letter["To"].addresses[0].addr_spec): link_in(letter) for letter in post.work()}


def write(hand: Hand, label: str, words: str) -> None:
    """Into the field of exactly this label."""
    field = hand.page.locator("input").and_(hand.page.get_by_label(label, exact=True))
    if isinstance(hand, Keys):
        hand.reach(field)
        hand.page.keyboard.press("Control+a")
        hand.page.keyboard.type(words)
        hand.page.keyboard.press("Escape")
    else:
        field.fill(words)


def name_people(hand: Hand, *names: str) -> None:
    for number, name in enumerate(names, 1):
        write(hand, f"Name of person {number}", f"{name} Doe")
        write(hand, f"E-mail address of person {number}", f"{name.lower()}@example.org")


def gather(hand: Hand, server: str) -> str:
    """Too many first: the sentence says how many seats are left. Returns the head's page."""
    page = hand.page
    page.goto(server + "/events/together/register")
    hand.press(page.get_by_role("link", name="Register a group of colleagues"))
    write(hand, "First name", "Bo")
    write(hand, "Last name (optional)", "Berg")
    write(hand, "E-mail address", "bo@example.org")
    write(hand, "Organisation (optional)", "Harbour Police")
    name_people(hand, "Cyd", "Dan", "Eli", "Fay")
    hand.tick(page.get_by_role("checkbox", name="I have read the privacy notice"))
    hand.press(page.get_by_role("button", name="Register the group"))
    expect(page.get_by_role("alert")).to_contain_text("Only 4 seats are left, and your group needs 5.")
    for label in ("Name of person 4", "E-mail address of person 4"):
        page.get_by_label(label, exact=True).fill("")
    hand.press(page.get_by_role("button", name="Register the group"))
    state_of(page, "confirmed")
    return page.url


def accept(hand: Hand, link: str) -> None:
    """From the letter to the ticket."""
    page = hand.page
    page.goto(link)
    state_of(page, "invited")
    hand.press(page.get_by_role("link", name="Accept"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Accept the invitation")
    hand.press(page.get_by_role("button", name="Accept"))
    expect(page.get_by_role("alert")).to_be_focused()
    hand.tick(page.get_by_role("checkbox", name="I have read the privacy notice"))
    hand.press(page.get_by_role("button", name="Accept"))
    state_of(page, "confirmed")


def hand_on(hand: Hand, post: Post) -> str:
    """From the own page to the colleague's; returns the colleague's."""
    page, old = hand.page, take_the_ticket(hand.page)
    post.work()
    hand.press(page.get_by_role("link", name="Hand on"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand your seat to a colleague")
    write(hand, "Name", "Hal Hill")
    write(hand, "E-mail address", "hal@example.org")
    hand.press(page.get_by_role("button", name="Hand the seat on"))
    state_of(page, "cancelled")
    handed = letters_of(post)
    assert sorted(handed) == ["gus@example.org", "hal@example.org"]
    page.goto(handed["hal@example.org"])
    state_of(page, "confirmed")
    assert take_the_ticket(page) != old
    return page.url


def complete(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("link", name="Complete your details"))
    hand.tick(hand.page.get_by_role("checkbox", name="I have read the privacy notice"))
    hand.press(hand.page.get_by_role("button", name="Save"))
    expect(hand.page.get_by_text("Your details are complete.")).to_be_visible()


def replace_eli(hand: Hand, post: Post) -> dict[str, str]:
    """Instead of Eli comes Gus, whose seat was Eli's; he is reminded. Returns the links of the letters."""
    page, party = hand.page, hand.page.locator("#group")
    hand.press(party.get_by_role("link", name="Replace Eli Doe"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Somebody else instead of Eli Doe")
    write(hand, "Name", "Gus Gray")
    write(hand, "E-mail address", "gus@example.org")
    hand.press(page.get_by_role("button", name="Invite this person"))
    expect(party).to_contain_text("Gus Gray")
    letters = letters_of(post)
    assert sorted(letters) == ["cyd@example.org", "dan@example.org", "eli@example.org", "gus@example.org"]
    hand.press(party.get_by_role("button", name="Remind").first)
    expect(page.get_by_text("Gus Gray is reminded by mail.")).to_be_visible()
    return letters


@pytest.mark.parametrize(
    ("size", "kind"), [(PHONE, Hand), (DESKTOP, Keys)], ids=["phone, touch", "desktop, keyboard alone"]
)
def test_the_whole_life_of_a_delegation(
    size: dict[str, int],
    kind: type[Hand],
    browser: Browser,
    server: str,
    event: Event,
    post: Post,
    session: Session,
) -> None:
    head, member = (
        kind(browser.new_context(viewport=size, reduced_motion="reduce").new_page())  # type: ignore[arg-type]
        for _ in range(2)
    )
    page = head.page
    home = gather(head, server)
    links = letters_of(post)
    assert sorted(links) == ["bo@example.org", "cyd@example.org", "dan@example.org", "eli@example.org"]
    party = page.locator("#group")
    expect(party).to_contain_text("0 of 3 people have confirmed.")

    # Cyd confirms; Dan refuses; instead of Eli comes Gus, whose seat was Eli's.
    accept(member, links["cyd@example.org"])
    take_the_ticket(member.page)
    member.page.goto(links["dan@example.org"])
    member.press(member.page.get_by_role("button", name="Refuse"))
    state_of(member.page, "cancelled")
    page.goto(home)
    expect(party).to_contain_text("1 of 2 people have confirmed.")
    letters = replace_eli(head, post)
    member.page.goto(letters["eli@example.org"])
    state_of(member.page, "cancelled")
    accept(member, letters["gus@example.org"])

    # Gus cannot come after all and hands the seat to Hal, who completes it.
    hand_on(member, post)
    complete(member)
    page.goto(home)
    expect(party).to_contain_text("Hal Hill")
    session.rollback()
    on_site = select(SeatPool.taken).where(SeatPool.event_id == event.id, SeatPool.key == "onsite")
    assert session.scalar(on_site) == 3
